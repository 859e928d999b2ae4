# SPDX-License-Identifier: GPL-2.0-only
"""One machine from its first instruction to the kernel's prompt: each command at each milestone;
what it shows after mem_init() against the real kernel's state there (tests/linux/gdb), at the end
against what the kernel itself says at its prompt."""

import re

import pytest

from boot import LINUX, assert_same, image
from debugged import SHOWING, Failed, Prompt, debugged, run
from dumps import parse_gdb, parse_zones
from memdawn.emulators import machine as machines
from memdawn.state import milestones

pytestmark = pytest.mark.xdist_group("gdb-session")

CASE = LINUX / "gdb" / "pc-2048M.json"
NAMES = [milestone.name for milestone in milestones.MILESTONES]
PAGE = 4096
WP_TEST = "do_test_wp_bit"
FIX_WP_TEST = 0xFFEE6000         # 0xfffff000 less 281 pages: the last fixed page of all

# What is there from which milestone on, and what it needs right before: src/README.md's table.
FIRST_SEEN = {
    "dmesg": ("paging", "raw-map", "printk"),
    "e820 raw": ("paging", "raw-map", "multiboot2_parse"),
    "e820": ("raw-map", "sanitized", "setup_memory_map"),
    "earlyres": ("raw-map", "sanitized", "reserve_early"),
    "nodemap": ("reserved", "boot-allocator", "e820_register_active_regions"),
    "bootmem": ("reserved", "boot-allocator", "init_bootmem_node"),
    "layout": ("reserved", "boot-allocator", "initmem_init"),
    "pkmap": ("boot-allocator", "zones", "permanent_kmaps_init"),
    "zones": ("boot-allocator", "zones", "free_area_init_nodes"),
    "buddyinfo": ("boot-allocator", "zones", "free_area_init_nodes"),
    "freelist": ("boot-allocator", "zones", "free_area_init_nodes"),
    "why 4096": ("raw-map", "sanitized", "setup_memory_map"),
    "page 4096": ("boot-allocator", "zones", "free_area_init_node"),
    "pfn_to_page 4096": ("boot-allocator", "zones", "free_area_init_node"),
    "page_to_pfn mem_map + 17": ("boot-allocator", "zones", "free_area_init_node"),
    "balance": ("handover", "buddy", "mem_init"),
    "slabinfo": ("buddy", "slab", "kmem_cache_init"),
    "vtop 0xc1000000": ("loaded", "paging", "build_page_tables"),
    "virt_to_phys 0xc1000000": ("loaded", "paging", "build_page_tables"),
    "pgtable": ("loaded", "paging", "build_page_tables"),
    "fixmap": ("loaded", "paging", "build_page_tables"),
}

def show_all():
    """Every command, as text."""
    return [f"memdawn-{command}" for command in SHOWING]


def first_commands():
    """From the first instruction to the last milestone; every command at each."""
    commands = show_all()
    for name in NAMES:
        if name == "buddy":
            commands += [f"hbreak *{WP_TEST}", "memdawn-next", "memdawn-fixmap --json",
                         f"memdawn-vtop {FIX_WP_TEST:#x} --json", "delete"]
        commands += ["memdawn-next --json", "memdawn-milestones", *show_all()]
        if name == "buddy":
            commands += [f"memdawn-{command} --json" for command in (
                "zones", "buddyinfo", "freelist", "layout")] + ["print/d *&vm_total_pages"]
    return commands + ["memdawn-next", "memdawn-next nowhere", "set $eax = 1", "detach"]


class Session:
    """What one machine's two GDB sessions and its prompt have answered."""

    def __init__(self, vm):
        prompt = Prompt(vm)
        self.first = run(vm, first_commands())
        prompt.wait()
        self.high = int(re.match(r"page frame (\d+)", prompt.ask("alloc 0 highuser")[0])[1])
        prompt.ask(f"kmap {self.high}")
        self.low = int(re.match(r"page frame (\d+)", prompt.ask("alloc 3 kernel")[0])[1])
        self.block = 300000
        waiting = next(line for line in prompt.ask("zones")
                       if line.startswith("AP now Normal list 2 : "))
        self.addresses = [0xC0001234, 0xC1001000, 0xC2345678, 0xFFC01000, 0xF83FE000,
                          0x1000, 0xFFFFFFFF]
        self.pages = [0, 1, 200, 4096, self.high, self.low, self.low + 1, self.block,
                      self.block + 1, int(waiting.split()[6])]
        self.last = run(vm, [f"memdawn-{command}" for command in (
            *SHOWING, *(f"page {pfn}" for pfn in self.pages),
            *(f"vtop {address:#x}" for address in self.addresses), "dmesg 5", "zones --json",
            "freelist --json", "pkmap --json", "pgtable --json", "balance --json",
            "milestones --json", "virt_to_phys 0xc0001234", "freelist DMA 10",
            "pgtable 0xc1001000", f"pfn_to_page {self.high}")] + [
                f"print/x (unsigned long)(mem_map + {self.high})", "memdawn-next", "detach"])
        self.said = {command: prompt.ask(command) for command in (
            "dmesg", "dmesg 5", "e820", "early_res", "layout", "buddyinfo", "slabinfo", "zones",
            "zoneinfo", "kernel_page_tables", "balance", "phys 0xc0001234",
            *(f"page {pfn}" for pfn in self.pages),
            *(f"pte {address:#x}" for address in self.addresses))}


@pytest.fixture(scope="module", name="session")
def fixture_session():
    """One machine for all these tests."""
    with debugged(machines.from_case(CASE), serial=Prompt.SERIAL) as vm:
        yield Session(vm)


@pytest.fixture(name="at")
def fixture_at(session):
    """The answers at a milestone (or at "reset"): command to text."""
    places = {"reset": {}}
    here = "reset"
    for command, text in session.first.all():
        if command == "memdawn-next --json":
            here = NAMES[len(places) - 1]
            places[here] = {}
        places[here].setdefault(command.removeprefix("memdawn-"), text.rstrip("\n"))
    return places


# --- before there is anything, and when there is ------------------------------------------


def test_nothing_before_the_image_is_loaded(at):
    """At the reset, and when the loader has just finished: not a word about old memory."""
    for place, needs in (("reset", "startup_32"), ("loaded", "build_page_tables")):
        for command in SHOWING:
            assert at[place][command] == f"not initialised yet (needs {needs})", command


@pytest.mark.parametrize("command", FIRST_SEEN)
def test_not_initialised_yet(at, command):
    """Right before: which function is needed. Right after that function: something else."""
    before, first, needs = FIRST_SEEN[command]
    assert NAMES.index(first) == NAMES.index(before) + 1
    assert at[before][command] == f"not initialised yet (needs {needs})"
    for place in NAMES[NAMES.index(first):]:
        assert "needs" not in at[place][command].splitlines()[0], place


def test_memblock_and_bootmem_say_why_not(at):
    """Another allocator serves; the bitmap is gone; the init sections are gone."""
    assert at["end"]["memblock"] == "not used: the boot allocator is bootmem"
    assert at["buddy"]["bootmem"] == \
        "handed over to the buddy allocator (by free_all_bootmem)"
    assert at["end"]["bootmem"] == "given back to the page allocator (by free_initmem)"


def test_milestones_in_their_order(session, at):
    """Each is reached, in the table's order; the arrow is there, and only there."""
    reached = [session.first.json("next", nth)["milestone"] for nth in range(len(NAMES))]
    assert reached == NAMES
    for name in NAMES:
        marked = [line for line in at[name]["milestones"].splitlines() if line[:2] == "->"]
        assert len(marked) == 1 and marked[0].split()[1] == name
    assert session.first.error("memdawn-next nowhere").startswith("no milestone 'nowhere'")


def test_changes_from_milestone_to_milestone(session):
    """What was added and removed on the way makes up what is there in the end; the log too."""
    state, log = {"machine": ["the kernel is not loaded"]}, []
    for nth in range(len(NAMES)):
        step = session.first.json("next", nth)
        log += step["log"]
        for title, change in step["changes"].items():
            lines = [] if "missing" in change else state.setdefault(title, [])
            for line in change.get("removed", []):
                lines.remove(line)
            state[title] = lines + change.get("added", [])
    end = {command: text for command, text in session.first.all()
           if command in ("memdawn-pgtable", "memdawn-zones", "memdawn-dmesg", "memdawn-e820")}
    assert sorted(state["page tables"]) == sorted(end["memdawn-pgtable"].splitlines())
    assert sorted(state["zones"]) == sorted(end["memdawn-zones"].splitlines())
    assert sorted(state["memory map"]) == sorted(
        end["memdawn-e820"].partition("as the kernel uses it")[2].splitlines()[1:])
    assert_same(log, end["memdawn-dmesg"].splitlines(), "log")


def test_the_end_is_the_end(session):
    """Behind the last milestone memdawn-next doesn't run into nowhere; registers are safe."""
    errors = [text for command, text in session.first.all() if command == "memdawn-next"]
    assert errors[-1] == "the boot is over: the last milestone has been passed"
    assert "not allowed" in session.first.error("set $eax = 1")
    assert session.last.error("memdawn-next").startswith("the boot is over")


def test_own_breakpoint_on_the_way(session):
    """The user's own breakpoint stops memdawn-next, which says so."""
    errors = [text for command, text in session.first.all() if command == "memdawn-next"]
    assert errors[0] == f"stopped at {image().symbols[WP_TEST]:#x}, on the way to the next " \
        "milestone"


def test_fixmap_while_a_page_is_used(session):
    """The write-protection test maps swapper_pg_dir there, read-only."""
    pages = [page for page in session.first.json("fixmap")["pages"] if page["flags"]]
    walk = session.first.json(f"vtop {FIX_WP_TEST:#x}")
    assert [page["name"] for page in pages] == ["FIX_WP_TEST"]
    assert pages[0]["address"] == FIX_WP_TEST
    assert pages[0]["phys"] == image().pa("swapper_pg_dir") == walk["phys"]
    assert "rw" not in pages[0]["flags"] and pages[0]["flags"] == walk["steps"][-1]["flags"]


def test_memory_map_is_the_log_s(at):
    """e820 at the moment it has been printed."""
    printed = [line.removeprefix(" BIOS-e820:") for line in at["sanitized"]["dmesg"].splitlines()
               if line.startswith(" BIOS-e820:")]
    shown = at["sanitized"]["e820"].splitlines()
    assert printed and shown[1:len(printed) + 1] == printed
    assert shown[len(printed) + 2:] == printed
    assert at["raw-map"]["e820 raw"].splitlines()[0] == "as the loader gave it:"


def test_paging_off_before_head_is_done(session):
    """The registers say so, before and after."""
    first, second = (session.first.json("next", nth)["changes"]["machine"]["added"]
                     for nth in (0, 1))
    assert "paging off" in first and "paging on, PAE, NX" in second


def test_present_is_explained(session, at):
    """A zone's pages that are present may be fewer than those that are free: both say why, in the same
    words, wherever there are zones."""
    said = session.said["zoneinfo"][-1]
    assert said.startswith("present leaves out what the zone's struct pages take")
    assert at["zones"]["zones"].splitlines()[-1] == said
    assert session.last.lines("memdawn-zones")[-1] == said


# --- against the real kernel ---------------------------------------------------------------


def test_zones_against_linux(session):
    """After mem_init(): free lists of the zones that the image does not lie in."""
    notes = CASE.with_suffix(".txt").read_text(encoding="ascii").splitlines()
    compare_with_linux(notes, session.first.json("zones"), session.first.json("buddyinfo"),
                       session.first.json("freelist"))


def compare_with_linux(notes, zones, buddyinfo, lists):
    """Zones by name: numbers, per-cpu sets, wait tables, lists."""
    want = parse_gdb(notes)
    assert [zone["name"] for zone in zones] == list(want)
    tables = re.findall(r"wait_table_hash_nr_entries (\d+)", "\n".join(notes))
    batches = re.findall(r"pcp.count (\d+) high (\d+) batch (\d+)", "\n".join(notes))
    for zone, entries, pcp in zip(zones, tables, batches):
        linux = want[zone["name"]]
        assert (zone["start_pfn"], zone["spanned"], zone["present"]) == (
            linux.start, linux.spanned, linux.present)
        assert zone["wait_table"]["entries"] == int(entries)
        assert [zone["pcp"][key] for key in ("count", "high", "batch")] == [int(n) for n in pcp]
        assert set(zone["watermark"].values()) | set(zone["lowmem_reserve"]) == {0}
        if zone["name"] == "Normal":
            continue
        assert zone["free"] == linux.free
        assert dict(enumerate(buddyinfo[zone["name"]])) == linux.nr_free
        found = {(int(order), kind): pfns for order, types in lists[zone["name"]].items()
                 for kind, pfns in types.items()}
        kinds = ("Unmovable", "Reclaimable", "Movable", "Reserve", "Isolate")
        assert {(order, kinds[kind]): count for (order, kind), count in linux.blocks.items()} == {
            key: len(pfns) for key, pfns in found.items()}
        assert {(order, kinds[kind]): pfns for (order, kind), pfns in linux.first.items()} == {
            key: pfns[:3] for key, pfns in found.items()}


def test_variables_against_linux(session):
    """The page frame numbers, and where the areas of the kernel's gigabyte lie."""
    notes = CASE.with_suffix(".txt").read_text(encoding="ascii")
    linux = {name: int(value) for name, value in re.findall(r"^(\w+) +(\d+) \(0x", notes,
                                                            re.MULTILINE)}
    layout = session.first.json("layout")
    areas = {area["name"]: area for area in layout["areas"]}
    steps = {step["what"]: step["pfn"] for step in layout["derivation"]["steps"]}
    assert areas["lowmem"]["end"] == linux["high_memory"]
    assert areas["fixmap"]["end"] == linux["__FIXADDR_TOP"]
    assert steps["RAM ends, as used:"] == linux["max_pfn"]
    assert steps["low memory ends:"] == linux["max_low_pfn"] == steps["that is, MAXMEM:"]
    assert layout["derivation"]["vmalloc_reserve"] == linux["__VMALLOC_RESERVE"]
    assert session.first.text("print/d *&vm_total_pages").split()[-1] == \
        str(linux["vm_total_pages"])


# --- against the kernel's own prompt -------------------------------------------------------


@pytest.mark.parametrize("ours, theirs", [("e820", "e820"), ("earlyres", "early_res"),
                                          ("layout", "layout"), ("buddyinfo", "buddyinfo"),
                                          ("slabinfo", "slabinfo"), ("balance", "balance"),
                                          ("dmesg", "dmesg"), ("dmesg 5", "dmesg 5")])
def test_same_lines_as_the_prompt(session, ours, theirs):
    """Line for line, but for the mark of what may be overlapped."""
    have = [line.removesuffix(" (overlap ok)") for line in session.last.lines(f"memdawn-{ours}")]
    assert have
    assert_same(have, session.said[theirs], ours)


def test_pages_as_the_prompt(session):
    """Page frames of every kind: none's, reserved, free, in a block, kmapped."""
    for pfn in session.pages:
        assert_same(session.last.lines(f"memdawn-page {pfn}"), session.said[f"page {pfn}"],
                    f"page {pfn}")
    said = "\n".join(line for pfn in session.pages for line in session.said[f"page {pfn}"])
    for kind in ("in no zone", "reserved: no RAM", "reserved since the boot: ", "in pkmap",
                 "in use, 1 reference(s)", "allocated as a whole", "free, in the block of order 10",
                 "free, in the per-cpu page set"):
        assert kind in said, kind


def test_walks_as_the_prompt(session):
    """Addresses of every part of the address space, mapped or not."""
    for address in session.addresses:
        assert_same(session.last.lines(f"memdawn-vtop {address:#x}"),
                    session.said[f"pte {address:#x}"], f"{address:#x}")
    assert session.last.lines("memdawn-virt_to_phys 0xc0001234") == \
        session.said["phys 0xc0001234"]


def test_lists_as_the_prompt(session):
    """The whole free lists, per-cpu lists, watermarks, pageblocks."""
    said = session.said["zones"]
    want = parse_zones(said, "now")
    kinds = ("Unmovable", "Reclaimable", "Movable", "Reserve", "Isolate")
    for name, orders in session.last.json("freelist").items():
        assert {(int(order), kinds.index(kind)): pfns for order, types in orders.items()
                for kind, pfns in types.items()} == want[name].lists, name
    for zone in session.last.json("zones"):
        name, pcp, mark = zone["name"], zone["pcp"], zone["watermark"]
        assert f"AW now {name} start={zone['start_pfn']} spanned={zone['spanned']} " \
            f"present={zone['present']} free={zone['free']} min={mark['min']} " \
            f"low={mark['low']} high={mark['high']} " \
            f"reserve={','.join(str(n) for n in zone['lowmem_reserve'])}" in said
        assert f"AP now {name} count={pcp['count']} high={pcp['high']} " \
            f"batch={pcp['batch']}" in said
        for number, kind in enumerate(kinds[:3]):
            words = [word for line in said if line.startswith(f"AP now {name} list {number} :")
                     for word in line.partition(" : ")[2].split()]
            assert pcp["lists"][kind] == [int(word) for word in words]
        runs = " ".join(f"{run['start_pfn']}+{run['blocks']}={run['type']}"
                        for run in zone["pageblocks"])
        assert f"AB now {name} : {runs}" in said


def merged(ranges):
    """Neighbours with the same properties as one."""
    result = []
    for start, end, *properties in ranges:
        if result and result[-1][1] == start and result[-1][2:] == properties:
            result[-1][1] = end
        else:
            result.append([start, end, *properties])
    return result


def test_page_tables_as_the_prompt(session):
    """Ranges and permissions; debugfs' text does not say where they lead, the walks do."""
    said = []
    for line in session.said["kernel_page_tables"]:
        match = re.match(r"0x(\w+)-0x(\w+) +\d+[KMG] (.*)(pmd|pte)$", line)
        if match and match[3].strip():
            flags = match[3].split()
            said.append([int(match[1], 16), int(match[2], 16) or 1 << 32, "RW" in flags,
                         "x" in flags, "GLB" in flags, 4096 if match[4] == "pte" else 2 << 20])
    ours = session.last.json("pgtable")
    assert merged(said) == merged([found["start"], found["end"], found["write"],
                                   found["execute"], found["global"], found["page"]]
                                  for found in ours)
    for found in ours:
        if found["start"] < 0xF8000000:
            assert found["phys"] == found["start"] - 0xC0000000
    one = session.last.lines("memdawn-pgtable 0xc1001000")
    assert len(one) == 1 and one[0].endswith(" ro x global")


def test_kmap_window(session):
    """The window that the prompt's kmap made."""
    used = session.last.json("pkmap")["used"]
    assert [(window["pfn"], window["count"]) for window in used] == [(session.high, 2)]
    assert used[0]["address"] == 0xFFC00000 + used[0]["index"] * PAGE
    assert f"page frame {session.high}, 1 user(s)" in session.last.text("memdawn-pkmap")


def test_page_addresses(session):
    """GDB's own pointer arithmetic agrees."""
    address = session.last.text(f"print/x (unsigned long)(mem_map + {session.high})").split()[-1]
    assert session.last.text(f"memdawn-pfn_to_page {session.high}").split()[-1] == address
    assert session.last.text("memdawn-page_to_pfn mem_map + 17").startswith("page frame 17,")


def test_balance_is_ok(session):
    """The debugger's count, by the lists, is a whole one."""
    sheet = session.last.json("balance")
    assert sheet["ok"] and sheet["in_use"] > 0
    assert sum(sheet[name] for name in ("free", "reserved", "memmap", "hole", "in_use")) == \
        sheet["max_pfn"]


def test_some_of_a_list(session):
    """One order of one zone."""
    lines = session.last.lines("memdawn-freelist DMA 10")
    assert lines[0] == "zone DMA" and all("order 10 " in line for line in lines[1:])
    with pytest.raises(Failed):
        session.first.text("memdawn-next nowhere")
