# SPDX-License-Identifier: GPL-2.0-only
"""Boots for the tests: one emulator each, with a time limit, and an outcome with a name."""

import dataclasses
import functools
import os
import pathlib

import pytest

from memdawn import elf
from memdawn.emulators import bochs, machine as machines, runner
from memdawn.logs import bootlog

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
LINUX = ROOT / "tests" / "linux"
BUILD = ROOT / os.environ.get("MEMDAWN_BUILD", "build")
BUILD_NODES = BUILD / "numa"             # of the kernel for several nodes, which is on the same disc
BUILD_CLANG = ROOT / "build-clang"
BUILD_DEBUG = ROOT / "build-debug"      # with the page allocator's assertions
TIMEOUT = 600

PAGE_SIZE = 4096
PAGE_OFFSET = 0xC0000000
LARGE_PAGE = 512 * PAGE_SIZE
LOAD_PFN = 0x1000
# head maps its image and as much after it as the page tables of 1 GiB can need.
MAPPING_BEYOND_END = (0x40000 // 512 + 4) * PAGE_SIZE


def page_up(address):
    """The first page frame at or above a physical address."""
    return -(-address // PAGE_SIZE)


@dataclasses.dataclass(frozen=True)
class Image:
    """What the symbols of the booted ELF file say. Addresses with pa in their name are
    physical."""
    symbols: dict

    def pa(self, name):
        """The physical address of a symbol."""
        return self.symbols[name] - PAGE_OFFSET

    def kilobytes(self, first, last):
        """The distance of two symbols as the log prints it."""
        return (self.symbols[last] - self.symbols[first]) >> 10

    @property
    def head_tables(self):
        """How many page tables head builds: whole ones, until its image and what is needed
        after it are mapped."""
        return -(-(self.pa("_end") + MAPPING_BEYOND_END) // LARGE_PAGE)

    @property
    def mapped_pa(self):
        """Where head's mapping ends."""
        return self.head_tables * LARGE_PAGE

    @property
    def brk_end_pa(self):
        """Where what head took of .brk ends."""
        return self.pa("__brk_base") + self.head_tables * PAGE_SIZE


@functools.lru_cache(maxsize=None)
def image(build=BUILD, name=None):
    """The image that is booted; `name`: of those that are laid out like another kernel."""
    return Image(elf.Elf(build / f"{image_name(name)}.elf").symbol_values())


def image_name(name):
    """An image's file, without what it ends in."""
    return f"memdawn-{name}" if name else "memdawn"


class RealMachine(machines.Machine):
    """Without the device by which a kernel leaves QEMU: a machine like others."""

    def qemu_command(self, disc, qmp=None, serial="stdio"):
        command = super().qemu_command(disc, qmp, serial)
        at = command.index("isa-debug-exit,iobase=0xf4,iosize=4")
        return command[:at - 1] + command[at + 1:]


def boot(machine, build=BUILD, timeout=TIMEOUT, name=None):
    """Boots a Machine in QEMU, a BochsMachine in Bochs. Where the emulator is missing the
    test is skipped, and says so."""
    iso = build / f"{image_name(name)}.iso"
    if isinstance(machine, bochs.BochsMachine):
        result = bochs.run_bochs(machine, iso, timeout)
    else:
        result = runner.run_qemu(machine, iso, timeout)
    if result.outcome == runner.Outcome.NO_TOOL:
        pytest.skip(result.reason)
    return result


def boot_well(machine, build=BUILD, timeout=TIMEOUT, name=None):
    """The log of a boot that has to reach its end."""
    result = boot(machine, build, timeout, name)
    assert result.outcome == runner.Outcome.PASSED, failure(result)
    return result.log


def failure(result):
    """A boot's outcome and last words, for a test's report."""
    tail = "\n".join((result.log or runner.clean(result.serial))[-40:])
    return f"{result.outcome.name}: {result.reason}\n--- end of the log ---\n{tail}"


def words(*ours):
    """Words of ours for a Machine, the one that ends the run among them."""
    return (*ours, machines.EXIT_WORD)


def cases(*directories):
    """Reference cases (paths of their logs) of tests/linux, as pytest parameters."""
    paths = [path for directory in directories
             for path in sorted((LINUX / directory).glob("*.log"))]
    assert paths, f"no reference cases in {directories}"
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in paths]


def lines_of(path):
    """A reference log's lines."""
    return path.read_text(encoding="ascii").splitlines()


def assert_same(have, want, what):
    """Two lists of lines are equal; where they are not, the report shows the difference."""
    diff = bootlog.differences(have, want)
    assert not diff, f"{what}:\n" + "\n".join(diff)


def runs_qemu(pid):
    """Is a QEMU below a process?"""
    try:
        process = pathlib.Path("/proc") / str(pid)
        return (process / "comm").read_text(encoding="utf-8").startswith("qemu-system") or any(
            runs_qemu(child) for child in (process / f"task/{pid}/children").read_text(encoding="ascii").split())
    except OSError:                 # it has ended
        return False
