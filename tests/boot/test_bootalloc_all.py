# SPDX-License-Identifier: GPL-2.0-only
"""memdawn.bootalloc=all: the kernel starts itself again with each generation of boot allocator in
turn, on one machine that isn't reset, and shows them side by side."""

import subprocess

import pytest

from boot import BUILD, PAGE_SIZE, boot, boot_well, failure, page_up, words
from memdawn.emulators import bochs, machine as machines, runner
from memdawn.logs import bootalloc
from session import session
from test_bootalloc import OBJECTS, check_record

TITLES = {
    "low pages reserved": "reserved", "low pages free": "free",
    "bookkeeping, bytes": "bookkeeping", "table entries in use": "entries",
    "allocations served": "allocations", "bytes asked for": "bytes", "free pieces": "pieces",
    "largest piece, pages": "largest", "ticks to hand over": "ticks",
}

MACHINES = {
    "64M": {"mem": 64},
    "q35-2048M": {"mem": 2048, "machine": "q35"},
    "qemu32-32M": {"mem": 32, "cpu": "qemu32"},
}


def parse_table(lines):
    """The comparison, as a list of records like those of scripts/compare-bootalloc."""
    names, *rows = lines
    records = [{"name": name, "blocks": []} for name in names.split()]
    for row in rows:
        title, values = row[:26].rstrip(), [int(value) for value in row[26:].split()]
        assert len(values) == len(records), row
        for record, value in zip(records, values):
            if title.startswith("blocks of order "):
                assert title == f"blocks of order {len(record['blocks'])}"
                record["blocks"].append(value)
            else:
                record[TITLES[title]] = value
    return records


def split_boots(log):
    """The lines of each start of the kernel."""
    boots = []
    for line in log:
        if runner.BANNER.match(line):
            boots.append([])
        boots[-1].append(line)
    return boots


def firmware_lines(log):
    """What the machine said of itself."""
    return [line for line in log
            if line.startswith((" BIOS-e820", "MTRR", "  MTRR", "memdawn: loaded by"))
            or line.startswith(("last_pfn", "NX "))]


@pytest.mark.parametrize("name", MACHINES)
def test_all_in_turn(name, tmp_path):
    """Four boots of one machine without a reset, each with its own allocator; then the prompt."""
    machine = machines.Machine(**MACHINES[name], words=("memdawn.bootalloc=all",
                                                        "memdawn.dump=zones,balance"))
    with session(machine, tmp_path) as monitor:
        records = parse_table(monitor.ask("bootalloc"))
        assert monitor.ask("balance")[-1] == "balance: ok"
        boots = split_boots(monitor.log)
    assert [record["name"] for record in records] == list(OBJECTS)
    assert len(boots) == len(records)
    for previous, log in zip(boots, boots[1:]):
        assert firmware_lines(log) == firmware_lines(previous)
        assert len(firmware_lines(log)) >= 8
    high = [check_record(record, log).get("HighMem") for record, log in zip(records, boots)]
    assert len({(one.start, one.spanned, one.free) if one else None for one in high}) == 1
    assert (high[0] is not None) == (MACHINES[name]["mem"] == 2048)
    assert all(record["ticks"] > 0 for record in records)


def test_bochs():
    """The CPU's state is one that another emulator takes as well."""
    machine = bochs.BochsMachine(memory="guest=64, host=64", words=words("memdawn.bootalloc=all"))
    log = boot_well(machine)
    assert sum(1 for line in log if runner.BANNER.match(line)) == len(OBJECTS)
    assert sum(1 for line in log if runner.END_LINE.match(line)) == len(OBJECTS)


def owned(log, owner):
    """How many pages the balance sheet says are somebody's."""
    return sum(int(line.split()[2]) for line in log
               if line.startswith("balance: owner ") and line.endswith(f"] {owner}"))


def size_on_disc(path, directory):
    """The bytes of a file on the boot disc."""
    copy = directory / "copy"
    subprocess.run(["xorriso", "-osirrox", "on", "-indev", BUILD / "memdawn.iso", "-extract", path,
                    copy], check=True, capture_output=True)
    return copy.stat().st_size


def test_as_alone(tmp_path):
    """What each did is what it does in a boot of its own; only the kernel's second file and the
    loader's information, which have to stay, are reserved as well."""
    log = boot_well(machines.Machine(mem=64, words=words("memdawn.bootalloc=all",
                                                         "memdawn.dump=balance,bootalloc")))
    last = split_boots(log)[-1]
    start = next(number for number, line in enumerate(last) if line.split() == list(OBJECTS))
    records = parse_table(last[start:start + 1 + len(TITLES) + 11])
    file_pages = page_up(size_on_disc("/boot/memdawn.elf", tmp_path))
    assert owned(last, "KERNEL MODULE") == file_pages
    # One page or two; the first may be the module's last one.
    assert owned(last, "BOOT INFO") in (0, 1, 2)
    more = file_pages + owned(last, "BOOT INFO")
    for record in records:
        alone = bootalloc.parse(boot_well(machines.Machine(mem=64, words=words(
            f"memdawn.bootalloc={record['name']}", "memdawn.dump=bootalloc"))))
        for field in ("allocations", "bytes", "bookkeeping"):
            assert record[field] == alone[field], (record["name"], field)
        assert record["reserved"] == alone["reserved"] + more, record["name"]
        assert record["free"] == alone["free"] - more, record["name"]


class WithoutModule(machines.Machine):
    """Started by a GRUB configuration of one's own, which forgets the module."""

    def grub_config(self):
        return f"multiboot2 /boot/memdawn.elf {self.command_line()}\nboot\n"


def one_boot(machine):
    """The log of a machine that can't start again: the first generation's boot is the only one."""
    result = boot(machine)
    assert result.outcome == runner.Outcome.PASSED, failure(result)
    assert sum(1 for line in result.log if runner.BANNER.match(line)) == 1
    assert bootalloc.parse(result.log)["name"] == "bootmem"
    assert not any(runner.KEXEC_LINE.match(line) for line in result.log)
    return [line for line in result.log if line.startswith("memdawn: kexec: ")]


ALL = words("memdawn.bootalloc=all", "memdawn.dump=bootalloc")


def test_without_module():
    """It is said what is missing; the boot goes on as it is."""
    said = one_boot(WithoutModule(mem=64, words=ALL))
    assert said == ["memdawn: kexec: the kernel is needed once more, as a module; in GRUB: "
                    "module2 /boot/memdawn.elf kernel"]


def changed(elf, offset, content):
    """A file with some of its bytes changed."""
    return elf[:offset] + content + elf[offset + len(content):]


# Files that are not the kernel that runs, made of its own; offsets are those of the ELF header, and
# of code that is in the first page of segments.
OTHER_FILES = {
    "empty-page": lambda elf: bytes(PAGE_SIZE),
    "short": lambda elf: elf[:40],
    "headers-cut": lambda elf: elf[:60],
    "cut": lambda elf: elf[:len(elf) // 64],
    "one-byte": lambda elf: changed(elf, 0x1040, bytes([elf[0x1040] ^ 1])),
    "many-headers": lambda elf: changed(elf, 44, b"\xff\xff"),
    "far-headers": lambda elf: changed(elf, 28, b"\xf0\xff\xff\xff"),
    "another-image": lambda elf: (BUILD / "memdawn-bootmem.elf").read_bytes(),
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_another_file(name, tmp_path):
    """Anything but the running kernel's own file is refused."""
    if name == "another-image" and not (BUILD / "memdawn-bootmem.elf").exists():
        pytest.skip("build/memdawn-bootmem.elf has not been built (make IMAGE=bootmem iso)")
    path = tmp_path / "file"
    path.write_bytes(OTHER_FILES[name]((BUILD / "memdawn.elf").read_bytes()))
    said = one_boot(machines.Machine(mem=64, modules=[(str(path), "kernel")], words=ALL))
    assert len(said) == 1 and "isn't the file of this very kernel" in said[0]
