# SPDX-License-Identifier: GPL-2.0-only
"""Images laid out like the real kernels (make IMAGE=bootmem, nobootmem, alloctrace, numa; the tables are
tests/linux/layout), and then nothing masked: `diff` of the logs prints nothing, the state
after mem_init() is the one that a debugger found, and each allocation gets Linux's page frame.

Each test says what it has compared; the run ends with the sums (conftest.py).
"""

import pathlib
import re

import pytest

import test_alloctrace as alloctrace
from boot import BUILD, BUILD_NODES, LINUX, TIMEOUT, assert_same, boot_well, cases, image, lines_of, words
from memdawn.emulators import machine as machines, stepping
from memdawn.logs import bootlog
from uefi_reference import uefi_reference

IMAGES = {"bootmem": BUILD, "nobootmem": BUILD, "alloctrace": BUILD, "numa": BUILD_NODES}
READER = pathlib.Path(__file__).resolve().parent / "lib" / "gdb_state.py"

# Behind the span, in the log of the kernel whose layout is bootmem.map.
LAST_LINES = ["Freeing unused kernel memory: 132k freed",
              "Write protecting the kernel text: 912k",
              "Write protecting the kernel read-only data: 184k"]

# What a debugger finds in the real kernel and not here, and why.
EXCEPTIONS = {
    "sizeof(struct zone)": "Linux's has the lists of page reclaim, which is not a part of the boot",
    "sizeof(pg_data_t)": "it holds four zones; and Linux's has kswapd's thread",
    "dma_reserve": "only x86-64 sets it; a constant here",
    "percpu_pagelist_fraction": "only a sysctl sets it, and there is no user space",
    "__FIXADDR_TOP": "only reservetop=, for hypervisors, moves it; a constant here",
}


@pytest.fixture(name="compared")
def what_was_compared(record_property):
    """A function that notes how much was found equal, of what."""
    return lambda count, unit: record_property("equal", [count, unit])


def log_of(path, name, *more):
    """The log of a reference case's boot with one of the images."""
    machine = machines.from_case(path.with_suffix(".json"))
    machine.words = words(*more)
    return boot_well(machine, name=name)


@pytest.mark.parametrize("name", IMAGES)
def test_layout(name, compared):
    """Every line of the table holds in the image."""
    symbols = image(IMAGES[name], name).symbols
    table = [line.split() for line in lines_of(LINUX / "layout" / f"{name}.map")]
    assert {line[2]: line[0] for line in table} == {
        line[2]: f"{symbols.get(line[2], 0):08x}" for line in table}
    compared(len(table), "addresses")


def check_span(log, want, compared):
    """The memory span, as it is."""
    assert_same(bootlog.span(log), want, "no field masked")
    compared(len(want), "lines of logs")


@pytest.mark.parametrize("path", cases("bootmem", "bootmem_debug", "maps"))
def test_bootmem(path, compared):
    """The main matrix; and, after the span, what is given back and protected."""
    log = log_of(path, "bootmem")
    check_span(log, lines_of(path), compared)
    assert [line for line in log if line.startswith(("Freeing ", "Write protecting "))] == LAST_LINES


@pytest.mark.parametrize("path", cases("numa"))
def test_nodes(path, compared):
    """The kernel for several nodes: ACPI's tables, KVA, zones of each node, CPUs, per-CPU areas."""
    check_span(log_of(path, "numa"), lines_of(path), compared)


@pytest.mark.parametrize("path", cases("uefi"))
def test_uefi(path, compared):
    """The same under UEFI, of 64 bits and of 32."""
    log = log_of(path, "bootmem")
    check_span(log, uefi_reference(path, log), compared)


@pytest.mark.parametrize("path", cases("nobootmem", "nobootmem-maps"))
def test_nobootmem(path, compared):
    """The kernel without bootmem; no word says which allocator is to serve."""
    check_span(log_of(path, "nobootmem"), lines_of(path), compared)


@pytest.mark.parametrize("path", cases("initrd"))
def test_initrd(path, tmp_path, compared):
    """With a RAM disk where Linux's loader had put it."""
    want = lines_of(path)
    address = re.search(r"^RAMDISK: ([0-9a-f]{8}) - ", "\n".join(want), re.MULTILINE)[1]
    (tmp_path / "initrd").write_bytes(bytes(10240))
    machine = machines.from_case(path.with_suffix(".json"))
    machine.modules = [(tmp_path / "initrd", "initrd")]
    machine.words = words(f"memdawn.initrd=0x{address}")
    check_span(boot_well(machine, name="bootmem"), want, compared)


def without_exceptions(lines):
    """The lines that have to be equal, and the names of the others."""
    names = [line[:33].strip() for line in lines]
    return ([line for line, name in zip(lines, names) if name not in EXCEPTIONS],
            {name for name in names if name in EXCEPTIONS})


@pytest.mark.parametrize("notes", [pytest.param(path, id=path.stem)
                                   for path in sorted((LINUX / "gdb").glob("*.txt"))])
def test_state(notes, compared):
    """All variables, fields, lists, by their names: read by GDB at the same moment."""
    machine = machines.from_case(notes.with_suffix(".json"))
    machine.words = ()
    try:
        with stepping.stopped(machine, BUILD / "memdawn-bootmem.iso",
                              BUILD / "memdawn-bootmem.elf") as stopped:
            said = stopped.gdb([f"source {READER}"], TIMEOUT).stdout
    except stepping.DebuggerError as error:
        pytest.skip(str(error))
    have = [line.removeprefix("STATE ") for line in said.splitlines() if line.startswith("STATE ")]
    assert have, said
    want, left_out = without_exceptions(lines_of(notes))
    assert left_out == set(EXCEPTIONS) and len(EXCEPTIONS) <= 5
    assert_same(without_exceptions(have)[0], want, "the state after mem_init()")
    compared(len(want), "lines of states")


@pytest.mark.parametrize("path", cases("alloctrace"))
def test_alloctrace(path, compared):
    """Right after mem_init(): every page frame and every list, in all zones. At the end of the
    boot Linux's drivers have taken pages of the Normal zone: all of DMA and HighMem."""
    ours = [line for line in log_of(path, "alloctrace") if alloctrace.TRACE.match(line)]
    linux = lines_of(path)
    assert len(alloctrace.steps(linux)) == alloctrace.STEPS
    if not path.stem.endswith(("-late", "-latepress")):
        assert_same(ours, linux, "all zones")
        compared(alloctrace.STEPS, "page frames")
        return
    alloctrace.test_same_page_frames((ours, linux))
    alloctrace.test_same_state_of_zones((ours, linux))
    normal = alloctrace.zone_borders(linux)["Normal"]
    compared(sum(pfn not in normal for _, pfn in alloctrace.steps(linux)), "page frames")
