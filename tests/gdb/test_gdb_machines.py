# SPDX-License-Identifier: GPL-2.0-only
"""Other machines, all boot allocators, cores, panics, wrong arguments, and stops in the middle of
things."""

import json
import re

import pytest

from boot import BUILD, BUILD_CLANG, LINUX, assert_same, image
from debugged import SHOWING, Prompt, debugged, run
from memdawn import elf
from memdawn.emulators import machine as machines
from memdawn.logs import bootalloc
from memdawn.state import milestones, pages
from test_gdb_session import compare_with_linux

CORE_CASE = LINUX / "gdb" / "pc-64M.json"
# What a core is compared by: everything, as JSON.
READ = [f"memdawn-{command} --json" for command in SHOWING]

# Functions in which something is half done, each stopped in a few instructions after its begin.
MIDDLES = ("sanitize_e820_map", "add_active_range", "reserve_early", "init_bootmem_node",
           "free_area_init_nodes", "build_all_zonelists", "__free_pages_bootmem",
           "kmem_cache_init", "kmem_cache_create", "setup_per_cpu_pageset", "free_init_pages")


def case_machine(path, *more):
    """A reference case's machine, with words of ours."""
    machine = machines.from_case(path)
    machine.words = more
    return machine


# --- against the real kernel, on other machines --------------------------------------------


@pytest.mark.parametrize("name", ["pc-4096M-map-06", "pc-2048M-kernelcore512M"])
def test_against_linux(name):
    """A map with many holes; a machine with a Movable zone."""
    path = LINUX / "gdb" / f"{name}.txt"
    with debugged(case_machine(path.with_suffix(".json"))) as vm:
        found = run(vm, ["memdawn-next buddy", "memdawn-zones --json", "memdawn-buddyinfo --json",
                         "memdawn-freelist --json", "memdawn-balance"])
    compare_with_linux(path.read_text(encoding="ascii").splitlines(), found.json("zones"),
                       found.json("buddyinfo"), found.json("freelist"))
    assert found.lines("memdawn-balance")[-1] == "balance: ok"


def test_layout_says_which_words_count():
    """Each parameter that moves a border, as the kernel's own prompt quotes it."""
    machine = machines.Machine()
    machine.cmdline += " mem=1800M vmalloc=200M highmem=512M kernelcore=1G memmap=64K$1G"
    machine.words = ("memdawn.fixmap=100", "memdawn.highmem=4G", "memdawn.before=e621bd1")
    with debugged(machine, serial=Prompt.SERIAL) as vm:
        prompt = Prompt(vm)
        run(vm, ["detach"])
        prompt.wait()
        found = run(vm, ["memdawn-layout", "detach"])
        said = prompt.ask("layout")
    assert_same(found.lines("memdawn-layout"), said, "layout")
    for word in ("mem=1800M", "vmalloc=200M", "highmem=512M", "kernelcore=1G", *machine.words):
        assert sum(word in line for line in said if not line.startswith("not used:")) == 1, said
    assert [line.split()[-1] for line in said if line.startswith("not used:")] == [
        "mem=1800M", "highmem=512M"]


def test_mem_map_ends_before_max_pfn():
    """A last page frame that is RAM in part only: what lies between has no struct page."""
    machine = machines.Machine()
    machine.cmdline += (" memmap=exactmap memmap=0x9f000@0 memmap=0x13b00000@0x100000 "
                        "memmap=1@0x6a3e0800")
    machine.words = ()
    beyond = ("page 0x13c00", "pfn_to_page 0x13c00", "page 0x37bfd", "pfn_to_page 0x6a3df")
    with debugged(machine) as vm:
        found = run(vm, ["memdawn-next buddy", "memdawn-balance", "memdawn-pfn_to_page 0x13bff",
                         *(f"memdawn-{command}" for command in beyond),
                         "memdawn-page_to_pfn mem_map + 0x13bff",
                         "memdawn-page_to_pfn mem_map + 0x13c00"])
    assert found.lines("memdawn-balance")[-1] == "balance: ok"
    assert "balance: max_pfn 435168" in found.lines("memdawn-balance")
    for command in beyond:
        assert "mem_map has page frames 0 to 80895 only" in found.text(f"memdawn-{command}")
    assert found.text("memdawn-page_to_pfn mem_map + 0x13bff").startswith("page frame 80895,")
    assert "no struct page at " in found.text("memdawn-page_to_pfn mem_map + 0x13c00")


# --- the generations of boot allocator -----------------------------------------------------


def page_ranges(entries):
    """Bytes as whole page frames around them, sorted."""
    return sorted((entry["start"] // 4096, -(-entry["end"] // 4096)) for entry in entries)


def free_ranges(name, found, low_end):
    """The page frames of low memory that are free, by what the reader says of the allocator."""
    if name.startswith("bootmem"):
        bitmap = found.json("bootmem", 1)
        first = (bitmap["bitmap"] - 0xC0000000) // 4096
        own = (first, first - (-(bitmap["end_pfn"] - bitmap["start_pfn"]) // 8 // 4096))
        reserved = [(r["start_pfn"], r["end_pfn"]) for r in bitmap["ranges"] if r["reserved"]]
        return pages.cut([(0, low_end)], pages.cut(reserved, [own]))
    if name == "early_res":
        ram = [(r["start_pfn"], r["end_pfn"]) for r in found.json("nodemap", 1)]
        reserved = page_ranges(found.json("earlyres", 1)["entries"])
    else:
        arrays = found.json("memblock", 1)
        ram = [(-(-r["start"] // 4096), r["end"] // 4096) for r in arrays["memory"]["regions"]]
        reserved = page_ranges(arrays["reserved"]["regions"])
    low = [(start, min(end, low_end)) for start, end in ram if start < low_end]
    return pages.cut(low, reserved)


@pytest.mark.parametrize("name", bootalloc.GENERATIONS)
def test_boot_allocator(name):
    """What is free right before the hand-over, against what the kernel says it has handed over;
    and the others say that they are not in use."""
    machine = case_machine(CORE_CASE, f"memdawn.bootalloc={name}", "memdawn.dump=bootalloc")
    look = ["memdawn-bootmem --json", "memdawn-earlyres --json", "memdawn-memblock --json",
            "memdawn-nodemap --json"]
    with debugged(machine) as vm:
        found = run(vm, ["memdawn-next boot-allocator", *look, "memdawn-next handover", *look,
                         "memdawn-layout --json", "memdawn-next slab", *look, "memdawn-dmesg",
                         "memdawn-balance"])
    said = bootalloc.parse(found.lines("memdawn-dmesg"))
    steps = {step["what"]: step["pfn"] for step in found.json("layout")["derivation"]["steps"]}
    free = sorted(free_ranges(name, found, steps["low memory ends:"]))
    pieces = []
    for start, end in free:
        if pieces and pieces[-1][1] == start:
            start = pieces.pop()[0]
        pieces.append((start, end))
    assert (pages.size_of(pieces), len(pieces), max(end - start for start, end in pieces)) == (
        said["free"], said["pieces"], said["largest"])
    assert found.lines("memdawn-balance")[-1] == "balance: ok"
    others = {"bootmem": not name.startswith("bootmem"), "memblock": name != "memblock",
              "earlyres": name == "memblock"}
    for command, is_other in others.items():
        answer = found.json(command, 1)
        assert ("missing" in answer) == is_other, (command, answer)
        if is_other:
            assert answer["missing"].startswith(f"not used: the boot allocator is {name}")


def test_early_reservations_are_the_log_s():
    """The table that the boot allocator takes over, as the log prints it then."""
    with debugged(case_machine(CORE_CASE)) as vm:
        found = run(vm, ["memdawn-next boot-allocator", "memdawn-earlyres --json",
                         "memdawn-dmesg"])
    printed = re.findall(r"^  #\d+ \[(\w+) - (\w+)\] +(.*?) ==>", found.text("memdawn-dmesg"),
                         re.MULTILINE)
    assert printed and [(f"{r['start']:010x}", f"{r['end']:010x}", r["name"])
                        for r in found.json("earlyres")["entries"]] == printed


# --- cores, and stops in the middle --------------------------------------------------------


@pytest.fixture(scope="module", name="cores")
def fixture_cores(tmp_path_factory):
    """What a live machine and its cores have answered, at two moments; on the way it was stopped
    in the middle of things."""
    path = tmp_path_factory.mktemp("cores")
    early, plain, paging = path / "early", path / "plain", path / "paging"
    middles = [line for function in MIDDLES for line in (
        f"thbreak {function}", "continue", "stepi 29", *(f"memdawn-{command}"
                                                         for command in SHOWING))]
    with debugged(case_machine(CORE_CASE)) as vm:
        live = run(vm, ["memdawn-next loaded", f"dump {early}", *READ, *middles,
                        "memdawn-next end", f"dump {plain}", f"dump {paging} paging", *READ])
        cut = path / "cut"
        # Physical memory without 640 KiB to 768 KiB: the image is in it, mem_map is not.
        cut.write_bytes(plain.read_bytes()[:image().pa("_end") - (128 << 10)])
        dead = run(vm, [f"core-file {early}", *READ, f"core-file {plain}", *READ,
                        f"core-file {paging}", *READ, "print max_pfn", "backtrace", "core-file",
                        f"memdawn-core {plain}", *READ, "memdawn-next", "memdawn-core",
                        "memdawn-zones", f"memdawn-core {cut}", "memdawn-zones",
                        "memdawn-core /etc/passwd", f"memdawn-core {path}/none",
                        "memdawn-core a b"], attach=False)
    for file in path.iterdir():
        file.unlink()
    return live, dead


@pytest.mark.xdist_group("cores")
def test_core_says_what_the_machine_said(cores):
    """Before paging and at the end; made with paging and without; through GDB's own core-file
    and without it."""
    live, dead = cores
    before = [live.text(command, 0) for command in READ]
    end = [live.text(command, 1) for command in READ]
    for nth, want in enumerate((before, end, end, end)):
        for command, text in zip(READ, want):
            assert dead.text(command, nth) == text, (command, nth)
    assert all("build_page_tables" in text for text in before)
    assert all("not initialised" not in text for text in end)


@pytest.mark.xdist_group("cores")
def test_gdb_reads_a_core_with_paging(cores):
    """Variables and the call trace: what GDB does itself works there."""
    _, dead = cores
    assert dead.text("print max_pfn").split()[-1] == "16352"
    assert "start_kernel ()" in dead.text("backtrace")


@pytest.mark.xdist_group("cores")
def test_core_that_is_none(cores):
    """Files that are no cores, a core cut short, and a core that should run."""
    _, dead = cores
    assert "not an ELF core" in dead.error("memdawn-core /etc/passwd")
    assert any("No such file" in text for _, text in dead.all())
    assert "usage: memdawn-core" in dead.error("memdawn-core a b")
    assert dead.error("memdawn-next").startswith("a core does not run")
    without, cut = (text for command, text in dead.all() if command == "memdawn-zones")
    assert without.startswith("no machine")
    assert re.search(r"physical 0x\w+: \d+ bytes are not in .*/cut", cut)


@pytest.mark.xdist_group("cores")
def test_in_the_middle(cores):
    """Wherever the machine stops, each command answers something; nothing of Python's shows (run()
    looks), and the machine has not been disturbed: it got to its end."""
    live, _ = cores
    answers = live.all()
    assert [command for command, _ in answers if command == "continue"] == \
        ["continue"] * len(MIDDLES)
    assert all(text for command, text in answers if command.startswith("memdawn-"))
    assert live.lines("memdawn-next end")[0].startswith("end, after mark_rodata_ro()")


# --- what goes wrong -----------------------------------------------------------------------


def test_panic_on_the_way():
    """memdawn-next stops there and says so; the log is there, so is the call trace."""
    machine = machines.Machine(mem=64, cmdline="console=ttyS0 mem=16M")
    with debugged(machine) as vm:
        found = run(vm, ["memdawn-next end", "memdawn-dmesg", "backtrace"])
    assert found.error("memdawn-next end").startswith("the kernel panics")
    assert "setup_arch" in found.text("backtrace")


def test_nothing_free():
    """Before the hand-over no zone has a free block, which is said; after it, where a line has none."""
    with debugged(machines.Machine(mem=64)) as vm:
        found = run(vm, ["memdawn-next zones", "memdawn-freelist", "memdawn-freelist Normal 3",
                         "memdawn-next buddy", "memdawn-buddyinfo --json",
                         *(f"memdawn-freelist DMA {order}" for order in range(11)),
                         "memdawn-next zones", "memdawn-next buddy", "memdawn-next slab"])
    assert found.lines("memdawn-freelist") == ["zone DMA", "  no free block",
                                               "zone Normal", "  no free block"]
    assert found.lines("memdawn-freelist Normal 3") == ["zone Normal", "  no free block of order 3"]
    blocks = found.json("buddyinfo")["DMA"]
    assert 0 in blocks
    for order, count in enumerate(blocks):
        lines = found.lines(f"memdawn-freelist DMA {order}")
        assert (lines[1] == f"  no free block of order {order}") == (count == 0), lines
    passed = [text for command, text in found.all() if "zones" in command or "next buddy" in command]
    assert passed[2].startswith("zones has passed") and passed[3].startswith("buddy has passed")
    assert found.lines("memdawn-next slab")[0].startswith("slab, after kmem_cache_init()")


def test_passed_without_us():
    """A milestone that the machine has passed while the user ran it: the next one stops it."""
    with debugged(machines.Machine(mem=64)) as vm:
        found = run(vm, ["memdawn-next loaded", "hbreak kmem_cache_init", "continue",
                         "memdawn-next zones", "memdawn-next end", "memdawn-next zones"])
    errors = [text for command, text in found.all() if command == "memdawn-next zones"]
    assert errors[0] == "zones had passed before; the machine has come to slab"
    assert errors[1].startswith("the boot is over")


def test_passed_again():
    """A kernel that starts itself again passes each milestone once more, until the last boot."""
    machine = case_machine(CORE_CASE, "memdawn.bootalloc=all")
    with debugged(machine) as vm:
        found = run(vm, [*["memdawn-next zones", "memdawn-buddyinfo"] * 4, "memdawn-next zones"])
    said = [text for command, text in found.all() if command == "memdawn-next zones"]
    assert all(text.startswith("zones, after paging_init()") for text in said[:4]), said
    assert said[4].startswith("zones has passed")


def test_other_emulator():
    """qemu-system-i386 describes its registers itself: there they can be written too."""
    machine = machines.Machine(mem=64, cpu="qemu32", qemu="qemu-system-i386")
    with debugged(machine) as vm:
        found = run(vm, ["memdawn-next loaded --json", "memdawn-next paging --json", "set $eax = 5",
                         "print $eax", "memdawn-vtop 0xc1000000 --json"])
    loaded, paging = (json.loads(found.text(f"memdawn-next {name} --json"))["changes"]["machine"]
                      for name in ("loaded", "paging"))
    assert "paging off" in loaded["added"] and "paging on, PAE" in paging["added"]
    assert found.text("print $eax").split()[-1] == "5"
    assert found.json("vtop 0xc1000000")["phys"] == 0x1000000


def test_wrong_arguments():
    """What is wrong, and a usage line; no machine is needed for it."""
    wrong = ["memdawn-page", "memdawn-page frobnicate", "memdawn-page 1 2", "memdawn-page -1",
             "memdawn-page 0x1ffffffff", "memdawn-pfn_to_page", "memdawn-page_to_pfn",
             "memdawn-vtop", "memdawn-vtop 1 +", "memdawn-pkmap 0", "memdawn-virt_to_phys", "memdawn-e820 cooked",
             "memdawn-e820 raw raw", "memdawn-fixmap none", "memdawn-dmesg no_such_thing", "memdawn-dmesg 1 2",
             "memdawn-freelist DMA 11", "memdawn-freelist DMA 1 2", "memdawn-zones 1",
             "memdawn-balance --xml", "memdawn-next nowhere", "memdawn-next end end",
             "memdawn-milestones all", "memdawn-collect", "memdawn-core 1 2"]
    helped = [f"help memdawn-{command.split()[0]}" for command in (
        *SHOWING, "next", "milestones", "collect", "core")]
    without = ["memdawn-zones", "memdawn-next"]
    with debugged(machines.Machine(mem=64)) as vm:
        found = run(vm, wrong + helped + without, attach=False)
    for command in wrong:
        if command == "memdawn-next nowhere":
            assert all(milestone.name in found.error(command)
                       for milestone in milestones.MILESTONES)
        assert f"usage: {command.split()[0]}" in found.error(command), command
    for command in helped:
        assert f"usage: {command.split()[1]}" in found.text(command), command
    for command in without:
        assert found.error(command).startswith("no machine: "), command


@pytest.mark.parametrize("build", [BUILD, BUILD_CLANG], ids=["gcc", "clang"])
def test_each_milestone_is_one_place(build):
    """In the images of both compilers, in the boot's order of calls: none is called twice."""
    image = elf.Elf(build / "memdawn.elf")
    places = [milestones.address_of(image, milestone) for milestone in milestones.MILESTONES]
    assert len(set(places)) == len(places)
    names = {symbol.name for symbol in image.symbols}
    assert all(milestone.function in names for milestone in milestones.MILESTONES)
