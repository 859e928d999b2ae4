# SPDX-License-Identifier: GPL-2.0-only
"""Boots with an initrd: where Linux's loader puts it, and where GRUB's multiboot2 does.

memdawn.initrd=ADDRESS places it before anything is reserved, so that the reference's lines
come out with the reference's addresses.
"""

import re

import pytest

from boot import PAGE_SIZE, assert_same, boot_well, cases, image, lines_of, page_up, words
from dumps import parse_balance
from expected import Translation
from memdawn.emulators import machine as machines
from memdawn.logs import bootlog

SIZE = 10240


@pytest.fixture(name="initrd")
def an_initrd(tmp_path):
    """A file of the references' size."""
    path = tmp_path / "initrd"
    path.write_bytes(bytes(range(256)) * (SIZE // 256))
    return path


@pytest.mark.parametrize("reference", cases("initrd"))
def test_where_linux_had_it(reference, initrd):
    """The same lines and addresses: one that may stay, one that is moved to low memory."""
    lines = lines_of(reference)
    address = re.fullmatch(r"RAMDISK: ([0-9a-f]{8}) - [0-9a-f]{8}",
                           next(line for line in lines if line.startswith("RAMDISK: ")))[1]
    machine = machines.from_case(reference.with_suffix(".json"))
    machine.modules = [(initrd, "initrd")]
    machine.words = words(f"memdawn.initrd=0x{address}", "memdawn.dump=balance")
    log = boot_well(machine)
    diff, _ = bootlog.compare(log, lines)
    assert not diff, "\n".join(diff)
    assert_same(bootlog.span(log), Translation(image(), lines).span(), "without masks")
    check_owner(log)


def check_owner(log):
    """The initrd's pages are kept, and have its name."""
    balance = parse_balance(log)
    owners = [(pages, name) for pages, _, _, name in balance.owners if "RAMDISK" in name]
    assert len(owners) == 1 and owners[0][0] == page_up(SIZE), balance.owners
    assert balance.verdict == "ok"


@pytest.mark.parametrize("module_words", ["initrd", ""])
@pytest.mark.parametrize("mem", [64, 2048])
def test_where_grub_puts_it(mem, module_words, initrd):
    """In low memory, so it stays there; a module without words is an initrd too."""
    machine = machines.Machine(mem=mem, modules=[(initrd, module_words)],
                               words=words("memdawn.dump=balance"))
    log = boot_well(machine)
    found = [match for match in (re.fullmatch(r"RAMDISK: ([0-9a-f]{8}) - ([0-9a-f]{8})", line)
                                 for line in log) if match]
    assert len(found) == 1
    start, end = (int(text, 16) for text in found[0].groups())
    assert start % PAGE_SIZE == 0 and end - start == page_up(SIZE) * PAGE_SIZE
    assert not any("new RAMDISK" in line for line in log)
    check_owner(log)
