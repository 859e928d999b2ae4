# SPDX-License-Identifier: GPL-2.0-only
"""The monitor, command by command. What a command has done is looked up elsewhere: in the next
balance, in another file, in the log of the boot, in the image."""

import re

import pytest

from boot import BUILD, assert_same, image
from dumps import parse_zones
from memdawn import elf
from memdawn.emulators import machine as machines
from session import session

# Low memory, and some that isn't, with a hole in it.
MACHINE = {"mem": 160, "cmdline": f"{machines.Machine().cmdline} highmem=32M memmap=1M$150M"}
PAGE = 4096
GIVE_BACK = {"alloc": "free", "kmap": "kunmap", "vmalloc": "vfree", "kmalloc": "kfree"}
HIGH, HOLE = 40928 - 32 * 256, 150 * 256     # page frames where they begin


@pytest.fixture(scope="module", name="monitor")
def fixture_monitor(tmp_path_factory):
    """One machine for all tests that leave it as it was."""
    machine = machines.Machine(words=(), **MACHINE)
    with session(machine, tmp_path_factory.mktemp("monitor")) as made:
        yield made


@pytest.fixture(name="own")
def fixture_own(tmp_path):
    """A machine for tests that don't."""
    def start(**more):
        return session(machines.Machine(**{**MACHINE, "words": (), **more}), tmp_path)
    return start


def handed_out(monitor):
    """How many page frames are in use, according to a balance that must be ok."""
    lines = monitor.ask("balance")
    assert lines[-1] == "balance: ok", lines
    return next(int(match[1]) for line in lines
                if (match := re.search(r"handed out (\d+)", line)))


def free_pages(monitor):
    """Zone to free pages; the lists themselves are checked on the way."""
    return {name: zone.free for name, zone in parse_zones(monitor.ask("zones"), "now").items()}


def counters(monitor, command):
    """Name to number, of meminfo or vmstat."""
    return {line.split()[0].rstrip(":"): int(line.split()[1]) for line in monitor.ask(command)}


def ask_all(monitor, commands):
    """The answers to many commands, twenty of which are sent at once."""
    for at in range(0, len(commands), 20):
        monitor.send("".join(f"{command}\r" for command in commands[at:at + 20]))
        for command in commands[at:at + 20]:
            echo, *lines = monitor.wait_for("memdawn> ").split("\n")
            assert echo == command
            yield lines[:-1]


def alloc(monitor, order=0, gfp="kernel"):
    """Page frame and zone of a new block."""
    match = monitor.answer(f"alloc {order} {gfp}",
                           rf"page frame (\d+), order {order}, zone (\w+)(?:, at c[0-9a-f]{{7}})?")
    return int(match[1]), match[2]


# --- what is shown -------------------------------------------------------------------------


def test_help_has_a_line_for_each_command(monitor):
    """No line is too wide for the screen, and each command takes part."""
    lines = monitor.ask("help")
    assert all(len(line) < 80 for line in lines)
    names = [line.split()[0] for line in lines]
    assert len(names) == len(set(names))
    for name in names:
        assert len(monitor.ask(f"{name} 1 2 3 4")) == 1, name


def test_wrong_arguments_get_a_usage_line(monitor):
    """Too many, too few, and such as make no sense."""
    for line in monitor.ask("help"):
        name, arguments = line[:25].split(maxsplit=1) if line[:25].split()[1:] else (
            line.split()[0], "")
        wrong = [f"{name} 1 2 3 4"]
        if arguments and not arguments.startswith("["):
            wrong.append(name)
        if re.match(r"\[?(PFN|PHYS|VIRT|BYTES|ORDER|LINES|PAGES)", arguments):
            wrong += [f"{name} {word}" for word in (
                "nonsense", "-1", "0x", "12z", "1.5", "0xfffffffffffffffff", "99999999999999999999",
                "4096T")]
        for command in wrong:
            answer = monitor.ask(command)
            assert len(answer) == 1 and answer[0].startswith(f"usage: {name}"), (command, answer)


def test_help_for_one_command(monitor):
    """Its line of the list, and what it may be given."""
    for line in monitor.ask("help"):
        name = line.split()[0]
        again, usage = monitor.ask(f"help {name}")
        assert again == line and usage.startswith(f"usage: {name}")
    monitor.answer("help nonsense", "nonsense: no such command, help lists them")


def test_wrong_fault(monitor):
    """A fault that there isn't: the usage line names those that there are. One that can't be."""
    monitor.answer("oops nonsense", r"usage: oops KIND  \(KIND is stack, null, .*")
    monitor.answer("oops kmap", "memdawn: the requested fault 'kmap' did not happen: it wants "
                   "memdawn.debug on the command line")


def test_unknown_command(monitor):
    """It is named."""
    monitor.answer("frobnicate 1", "frobnicate: no such command, help lists them")
    assert monitor.ask("") == [] and monitor.ask("    ") == []


def test_dmesg(monitor):
    """The log that the serial port has shown, or its last lines."""
    log = monitor.ask("dmesg")
    # The early console and its successor both show the line with which one becomes the other.
    shown = [line for line, above in zip(monitor.log, [None, *monitor.log])
             if line != above or not line.startswith("console [")]
    assert_same(log[:len(shown)], shown, "dmesg")
    assert monitor.ask("dmesg 3") == log[-3:]
    assert monitor.ask("dmesg 0") == []
    assert monitor.ask("dmesg 1000000") == log


def test_dmesg_when_the_log_is_full(own):
    """It has its last lines then, as they were shown; the first of them may be a piece."""
    with own(mem=64, cmdline=machines.Machine().cmdline) as monitor:
        shown = []
        for lines in ask_all(monitor, ["selftest " + ",".join("x" * 30)] * 90):
            assert lines.pop() == "selftest: 30 failed"
            shown += lines
        first, *rest = monitor.ask("dmesg")
    assert "memory boot of Linux" not in first
    assert len("\n".join(rest)) > 100000 and rest == shown[-len(rest):]
    assert shown[-len(rest) - 1].endswith(first.rpartition(">")[2])


def test_the_log_is_left_alone(monitor):
    """What commands show is not the log's: it is as long after all of them as before."""
    before = monitor.ask("dmesg")
    for name in (line.split()[0] for line in monitor.ask("help")):
        if name not in ("selftest", "oops", "clear", "reboot", "poweroff"):
            monitor.ask(name)
    for piece in monitor.ask("owned"):      # of alloc, the only one that needs no argument
        monitor.ask(f"free {piece.split()[1].rstrip(',')}")
    assert monitor.ask("dmesg") == before


def test_e820(monitor):
    """Both maps: the firmware's is the one in the log."""
    lines = monitor.ask("e820")
    ranges = [line.split()[1:] for line in monitor.log if line.startswith(" BIOS-e820: ")]
    ranges = [" ".join(words_) for words_ in ranges]
    second = next(i for i, line in enumerate(lines) if i and not line.startswith(" "))
    assert [line.strip() for line in lines[1:second]] == ranges
    assert len(lines) > second + 1


def test_early_res(monitor):
    """The reservations that the log has."""
    want = [re.fullmatch(r"  #(\d+) \[(\w+) - (\w+)\] +(\S.*?) ==> .*", line)
            for line in monitor.log]
    want = [match.groups() for match in want if match]
    have = [re.fullmatch(r"#(\d+) +(\w+) - (\w+) (.*)", line).groups()
            for line in monitor.ask("early_res")]
    assert have == want and want


def test_early_res_of_memblock(own):
    """memblock has no names, but regions: in order, apart, and each owner's memory in one."""
    with own(words=("memdawn.bootalloc=memblock",)) as monitor:
        head, *lines = monitor.ask("early_res")
        owners = [re.fullmatch(r"balance: owner \d+ \[(\w+) - (\w+)\] .*", line)
                  for line in monitor.ask("balance")]
    assert head == "memblock's reserved regions; balance knows whose they are:"
    regions = [tuple(int(word, 16) for word in re.fullmatch(r" (\w+) - (\w+)", line).groups())
               for line in lines]
    assert all(start < end for start, end in regions)
    assert all(one[1] < other[0] for one, other in zip(regions, regions[1:]))
    owners = [tuple(int(word, 16) for word in match.groups()) for match in owners if match]
    assert len(owners) > 5
    for start, end in owners:
        assert any(region[0] <= start and end <= region[1] for region in regions), f"{start:x}"


def test_the_files_agree(monitor):
    """buddyinfo, zoneinfo, pagetypeinfo, meminfo, vmstat and zones tell of the same pages."""
    free = free_pages(monitor)
    buddy = {line.split()[3]: sum(int(n) << order for order, n in enumerate(line.split()[4:]))
             for line in monitor.ask("buddyinfo")}
    assert buddy == free
    types = {}
    for line in monitor.ask("pagetypeinfo"):
        match = re.fullmatch(r"Node +0, zone +(\w+), type +\w+ ([ \d]+)", line)
        if match:
            types[match[1]] = types.get(match[1], 0) + sum(
                int(n) << order for order, n in enumerate(match[2].split()))
    assert types == free
    zones = re.findall(r"zone +(\w+)\n +pages free +(\d+)", "\n".join(monitor.ask("zoneinfo")))
    assert {name: int(n) for name, n in zones} == free
    assert counters(monitor, "vmstat")["nr_free_pages"] == sum(free.values())
    assert counters(monitor, "meminfo")["MemFree"] == sum(free.values()) * 4


def test_iomem_mtrr_slabinfo(monitor):
    """The files are whole; slab and slabinfo count the same objects."""
    pa = image().pa
    assert f"  {pa('_text'):08x}-{pa('_etext') - 1:08x} : Kernel code" in monitor.ask("iomem")
    assert monitor.ask("mtrr")
    info = {line.split()[0]: line.split()[1:3] for line in monitor.ask("slabinfo")[2:]}
    for line in monitor.ask("slab")[1:]:
        name, _, used, free, *_ = line.split()
        assert info[name] == [used, str(int(used) + int(free))]
    monitor.answer("slab nothing", "nothing: no such cache, slabinfo lists them")


# --- addresses -----------------------------------------------------------------------------


def test_conversions(monitor):
    """pfn, virt, phys and pte agree with the linear map."""
    text = image().pa("_text")
    monitor.answer(f"pfn {text:#x}", rf"physical {text:010x}: page frame {text // PAGE}, .*")
    monitor.answer(f"virt {text + 5:#x}", rf"physical {text + 5:010x}: virtual "
                   rf"{text + 5 + 0xc0000000:08x}, in the linear map")
    monitor.answer(f"phys {text + 0xc0000000:#x}",
                   rf"virtual {text + 0xc0000000:08x}: physical {text:010x}, "
                   rf"page frame {text // PAGE}")
    monitor.answer("pfn 64G", r"physical 1000000000: page frame 16777216, beyond mem_map, .*")
    monitor.answer("virt 64G", "physical 1000000000: no virtual address")
    monitor.answer("phys 0", "virtual 00000000: not mapped")


def test_pte_walk(monitor):
    """Read-only code, a large page, an address that has no page table."""
    *way, result = monitor.ask(f"pte {image().symbols['_text']:#x}")
    assert [line.split("[")[0].strip() for line in way] == ["pgd", "pmd", "pte"]
    assert "present" in way[2] and "rw" not in way[2] and "nx" not in way[2]
    assert result.endswith(f"page frame {image().pa('_text') // PAGE}")
    *way, result = monitor.ask("pte 0xc0400000")
    assert len(way) == 2 and "pse" in way[1] and "nx" in way[1] and "page frame 1024" in result
    assert monitor.ask("pte 0xd0000000")[-1] == "virtual d0000000: not mapped"


def test_page(monitor):
    """Free, reserved, in use by the slab; no zone; no struct page."""
    assert "  in no zone" in monitor.ask("page 0")
    assert "  reserved since the boot: TEXT DATA BSS" in monitor.ask(
        f"page {image().pa('_text') // PAGE}")
    for pfn in (160, HOLE):
        assert "  reserved: no RAM" in monitor.ask(f"page {pfn}")
    zones = parse_zones(monitor.ask("zones"), "now")
    (order, _), pfns = max(zones["Normal"].first.items())
    lines = monitor.ask(f"page {pfns[0] + 1}")
    assert f"  free, in the block of order {order} at page frame {pfns[0]}" in lines
    addr = int(monitor.answer("kmalloc 100", r"0x([0-9a-f]+), .*")[1], 16)
    lines = monitor.ask(f"page {(addr - 0xc0000000) // PAGE}")
    assert "  in use by the cache size-128" in lines
    monitor.ask(f"kfree {addr:#x}")
    assert monitor.ask("page 0xfffffff") == ["mem_map has page frames 0 to 40927 only"]
    # Inside a block, compound or not; and in the page set, after the page freed last.
    for gfp in ("kernel", "comp"):
        pfn, _ = alloc(monitor, 2, gfp)
        assert "  in use, 1 reference(s)" in monitor.ask(f"page {pfn}")
        assert "  in use, inside a block that was allocated as a whole" in monitor.ask(
            f"page {pfn + 1}")
        monitor.ask(f"free {pfn}")
    pfn, _ = alloc(monitor)
    monitor.ask(f"free {pfn}")
    assert "  free, in the per-cpu page set" in monitor.ask(f"page {pfn}")


def test_peek_shows_the_image(monitor):
    """The bytes of the ELF file's code; a hole and the page without a mapping are refused."""
    file = elf.Elf(BUILD / "memdawn.elf")
    text = next(section for section in file.sections if section.name == ".text")
    start, size = text.address + 5, 100
    want = text.data[5:][:size]
    have = bytes.fromhex("".join(line[10:].split("  ")[1].replace(" ", "")
                                 for line in monitor.ask(f"peek {start - 0xc0000000:#x} {size}")))
    assert have == want
    for address in ("0", "0xa0000", "0xfee00000", "64G", f"{HOLE * PAGE:#x}", "0xffffffffffffffff"):
        monitor.answer(f"peek {address}", r"page frame \d+ is no RAM: mem_map has 0 to 40927, "
                       "iomem says which are RAM")
    assert monitor.ask("peek 0xffffffffffffffff")[0].startswith(f"page frame {(1 << 52) - 1} is ")
    assert len(monitor.ask(f"peek {40928 * PAGE - 16:#x} 17")) == 2     # up to the end of RAM
    for name in ("init_stack_guard", "doublefault_stack"):
        guard = image().pa(name)
        monitor.answer(f"peek {guard:#x} 4", rf"{guard:010x} is mapped nowhere")
        monitor.answer(f"peek {guard + PAGE:#x} 1", rf"{guard + PAGE:010x}  [0-9a-f]{{2}} .*")


# --- the memory manager at work ------------------------------------------------------------


@pytest.mark.parametrize("order, gfp, zone", [
    (0, "kernel", "Normal"), (3, "user", "Normal"), (2, "dma", "DMA"), (0, "highuser", "HighMem"),
    (4, "movable", "HighMem"), (10, "atomic", "Normal"), (0, "zero", "Normal"),
    (0, "cold", "Normal"), (5, "comp", "Normal"), (1, "reclaimable", "Normal")])
def test_alloc_and_free(monitor, order, gfp, zone):
    """The balance has as many more pages in use as were asked for, and page knows them; free
    brings them back to the same zone."""
    before, free = handed_out(monitor), free_pages(monitor)
    pfn, got = alloc(monitor, order, gfp)
    assert got == zone and pfn % (1 << order) == 0
    assert handed_out(monitor) == before + (1 << order)
    assert "  in use, 1 reference(s)" in monitor.ask(f"page {pfn}")
    if order:
        assert free_pages(monitor)[zone] == free[zone] - (1 << order)
    assert monitor.ask("owned") == [f"alloc    {pfn}, {1 << order} page(s)"]
    monitor.answer(f"free {pfn}", rf"page frame {pfn}, {1 << order} page\(s\): freed")
    monitor.answer(f"free {pfn}", f"free: {pfn} does not come from alloc")
    assert handed_out(monitor) == before and not monitor.ask("owned")
    assert not any("in use" in line for line in monitor.ask(f"page {pfn}"))
    if order:
        assert free_pages(monitor) == free


def test_zeroed_page(monitor):
    """alloc 0 zero: the page that the machine's other tests have filled reads as zeros."""
    pfn, _ = alloc(monitor)
    monitor.ask(f"poke {pfn * PAGE + 8:#x} 0x12345678")
    monitor.ask(f"free {pfn}")
    again, _ = alloc(monitor, 0, "zero")
    assert again == pfn
    assert monitor.ask(f"peek {pfn * PAGE:#x} 16") == [
        f"{pfn * PAGE:010x} " + " 00" * 16 + "  " + "." * 16]
    monitor.ask(f"free {pfn}")


def slot(lines):
    """(number, address), (counter, pte) before and after, of kmap's or kunmap's answer."""
    head = re.fullmatch(r"slot (\d+) at ([0-9a-f]{8})", lines[0])
    states = [re.fullmatch(rf"  {when} +counter (\d+), pte ([0-9a-f]{{16}})", line)
              for when, line in zip(("before:", "after:"), lines[1:])]
    return ((int(head[1]), int(head[2], 16)),
            *((int(state[1]), int(state[2], 16)) for state in states))


def test_kmap(monitor):
    """Slot, PTE and counter, as the page tables and page say as well; a page keeps its slot."""
    pfn, _ = alloc(monitor, 0, "highuser")
    (number, address), before, after = slot(monitor.ask(f"kmap {pfn}"))
    assert address == 0xffc00000 + number * PAGE
    assert before[0] == 0 and before[1] == 0 and after[0] == 2 and after[1] >> 12 & 0xffffff == pfn
    assert monitor.ask(f"phys {address:#x}") == [
        f"virtual {address:08x}: physical {pfn * PAGE:010x}, page frame {pfn}"]
    assert f"  at {address:08x} in pkmap" in monitor.ask(f"page {pfn}")
    again, _, after = slot(monitor.ask(f"kmap {pfn}"))
    assert again == (number, address) and after[0] == 3
    monitor.answer(f"free {pfn}", "free: a page of it is mapped, kunmap it first")
    assert slot(monitor.ask(f"kunmap {pfn}"))[2][0] == 2
    assert slot(monitor.ask(f"kunmap {pfn}"))[2][0] == 1
    monitor.answer(f"kunmap {pfn}", f"kunmap: {pfn} was not mapped by kmap")
    monitor.ask(f"free {pfn}")


def test_kmap_of_low_memory_and_of_none(monitor):
    """The linear map serves; what is no RAM is refused."""
    pfn, _ = alloc(monitor)
    monitor.answer(f"kmap {pfn}", rf"low memory: no slot, at c{pfn:04x}000 for good")
    monitor.ask(f"kunmap {pfn}")
    monitor.ask(f"free {pfn}")
    for command in ("kmap", "kmap_atomic"):
        for page in (0, 160, HOLE, 40928, 0xffffffff):
            assert monitor.ask(f"{command} {page}")[0].startswith(f"page frame {page} is no RAM: ")
    # Reserved, but RAM.
    text = image().pa("_text") // PAGE
    monitor.answer(f"kmap {text}", rf"low memory: no slot, at c{text:04x}000 for good")
    monitor.answer(f"free {text}", f"free: {text} does not come from alloc")
    monitor.ask(f"kunmap {text}")


def test_pkmap_is_full(monitor):
    """All 512 windows in use: the next kmap says so, as do peek and poke; the page keeps what it
    has. One given back serves. Afterwards each slot's counter is 1 again."""
    pages = range(HIGH, HIGH + 512)
    slots = {slot(lines)[0][0] for lines in ask_all(monitor, [f"kmap {pfn}" for pfn in pages])}
    assert slots == set(range(512))
    full = f"memdawn: kmap: page frame {pages.stop} gets no window: all 512 are in use"
    for command in (f"kmap {pages.stop}", f"peek {pages.stop * PAGE:#x}",
                    f"poke {pages.stop * PAGE:#x} 1"):
        monitor.answer(command, full)
    assert slot(monitor.ask(f"kmap {pages[7]}"))[2][0] == 3      # one more user needs no window
    assert len(monitor.ask("owned")) == 513
    given_back = slot(monitor.ask(f"kunmap {pages[300]}"))[0]
    assert slot(monitor.ask(f"kmap {pages.stop}"))[0] == given_back
    left = [pfn for pfn in [*pages, pages.stop, pages[7]] if pfn != pages[300]]
    for lines in ask_all(monitor, [f"kunmap {pfn}" for pfn in left]):
        assert slot(lines)[2][0] in (1, 2)
    assert not monitor.ask("owned")


def test_kmap_atomic(monitor):
    """The slot's fixed address, mapped while it lasts, and empty afterwards."""
    pfn, _ = alloc(monitor, 0, "highuser")
    for number in (0, 3, 18):
        head, before, during, after = monitor.ask(f"kmap_atomic {pfn} {number}")
        assert head == (f"slot {number}, fixed page {4 + number} at "
                        f"{0xfffff000 - (4 + number) * PAGE:08x}, no counter")
        assert int(during.split()[-1], 16) >> 12 & 0xffffff == pfn
        assert before.split()[-1] == after.split()[-1] == "0" * 16
        address = head.split()[6].rstrip(",")
        assert monitor.ask(f"phys 0x{address}") == [f"virtual {address}: not mapped"]
    monitor.ask(f"free {pfn}")


def test_vmalloc(monitor):
    """An area with its guard page, its pages in use and mapped; gone after vfree."""
    monitor.ask(f"vfree {monitor.ask('vmalloc 1M')[0].split(',')[0]}")     # page tables, slabs
    before = handed_out(monitor)
    match = monitor.answer("vmalloc 300000", r"(0x[0-9a-f]{8}), 74 page\(s\), "
                           r"the first is page frame (\d+)")
    address = int(match[1], 16)
    assert handed_out(monitor) >= before + 74
    areas = monitor.ask("vmallocinfo")
    assert len(areas) == 1
    assert areas[0].startswith(f"0x{address:08x}-0x{address + 75 * PAGE:08x}  307200 ")
    assert re.search(r" run_vmalloc\+0x[0-9a-f]+/0x[0-9a-f]+ pages=74 vmalloc$", areas[0])
    assert counters(monitor, "meminfo")["VmallocUsed"] == 300
    assert monitor.ask(f"phys {match[1]}")[0].endswith(f"page frame {match[2]}")
    guard = address + 74 * PAGE
    assert monitor.ask(f"phys {guard:#x}") == [f"virtual {guard:08x}: not mapped"]
    monitor.answer(f"vfree {match[1]}", f"{match[1]}, 300000 bytes: freed")
    assert not monitor.ask("vmallocinfo") and handed_out(monitor) == before
    assert monitor.ask(f"phys {match[1]}") == [f"virtual {address:08x}: not mapped"]
    monitor.answer(f"vfree {match[1]}", f"vfree: {match[1]} does not come from vmalloc")


def test_vmalloc_too_much(monitor):
    """More than there is room for, more than there is RAM: a message, and all is as before."""
    before = handed_out(monitor)
    for size in ("3G", "0xffffffff", "400M"):
        assert monitor.ask(f"vmalloc {size}")[-1].startswith("vmalloc: no ")
    assert handed_out(monitor) == before and not monitor.ask("vmallocinfo")


@pytest.mark.parametrize("size, cache", [(1, 32), (100, 128), (192, 192), (5000, 8192)])
def test_kmalloc(monitor, size, cache):
    """The general cache of the right size has one object less at hand, until kfree."""
    def used():
        lines = monitor.ask("slabinfo")
        at_hand = re.search(r"(\d+) of \d+ at hand", "\n".join(monitor.ask(f"slab size-{cache}")))
        return int(next(line for line in lines
                        if line.startswith(f"size-{cache} ")).split()[1]) - int(at_hand[1])

    before = used()
    address = monitor.answer(f"kmalloc {size}", rf"(0xc[0-9a-f]{{7}}), an object of {cache} bytes")[1]
    assert used() == before + 1
    monitor.answer(f"kfree {address}", rf"{address}, {size} bytes: freed")
    monitor.answer(f"kfree {address}", f"kfree: {address} does not come from kmalloc")
    assert used() == before


def test_kmalloc_too_much(monitor):
    """Nothing above 4 MiB; high memory makes no sense."""
    monitor.answer("kmalloc 5M", "kmalloc: no 5242880 bytes")
    assert monitor.ask("kmalloc 100 highuser")[0].startswith("usage: kmalloc ")


def test_the_table_is_full(monitor):
    """The 577th piece is refused, and all before it come back."""
    before = handed_out(monitor)
    held = [re.match(r"page frame (\d+), ", lines[0])[1]
            for lines in ask_all(monitor, ["alloc"] * 576)]
    refused = "576 pieces are the most that can be held: give one back, owned lists them"
    for command in ("alloc", "kmap 100", "vmalloc 1", "kmalloc 1"):
        monitor.answer(command, refused)
    assert len(monitor.ask("owned")) == 576
    for lines in ask_all(monitor, [f"free {pfn}" for pfn in held]):
        assert lines[0].endswith(": freed")
    assert handed_out(monitor) == before


def test_poke(monitor):
    """What is poked is peeked, through pkmap and through the linear map."""
    for gfp in ("kernel", "highuser"):
        pfn, _ = alloc(monitor, 0, gfp)
        address = pfn * PAGE + 0x10
        monitor.ask(f"poke {address:#x} 0")
        monitor.answer(f"poke {address:#x} 0x64636261", rf"{address:010x}: 00000000 -> 64636261")
        assert monitor.ask(f"peek {address:#x} 4")[0].startswith(f"{address:010x}  61 62 63 64 ")
        assert monitor.ask(f"peek {address:#x} 4")[0].endswith("  abcd")
        monitor.ask(f"free {pfn}")
    assert monitor.ask("poke 0x1000001 0")[0].startswith("usage: poke ")


def poke_twice(monitor, phys, value):
    """Writes what is the kernel's own: the first time it is only asked."""
    *_, asked = monitor.ask(f"poke {phys:#x} {value}")
    assert asked == f"{phys:010x} is the kernel's own, not written: the same poke again writes it"
    monitor.answer(f"poke {phys:#x} {value}", rf"{phys:010x}: [0-9a-f]{{8}} -> {value:08x}")


def test_poke_asks_twice(monitor):
    """The image, mem_map, page tables, a slab: said whose it is, and nothing is written unless the
    same is asked for again. What alloc, kmalloc and vmalloc gave, and what is free, is written at once."""
    mem_map = next(int(match[1], 16) - 0xc0000000 for line in monitor.ask("page 16")
                   if (match := re.search("struct page ([0-9a-f]+)", line)))
    table = int(re.search(r"pte\[\d+\] at ([0-9a-f]+)", "\n".join(
        monitor.ask("pte 0xc1000000")))[1], 16) - 0xc0000000
    names = {image().pa("_text"): "  reserved since the boot: TEXT DATA BSS",
             mem_map: "  reserved since the boot: mem_map", table: None}
    for phys, use in names.items():
        before = monitor.ask(f"peek {phys:#x} 16")
        for value in (0xdeadbeef, 0xdeadbeee, 0xdeadbeef):      # never the same twice
            said, asked = monitor.ask(f"poke {phys:#x} {value}")
            assert said == use or use is None
            assert asked.startswith(f"{phys:010x} is the kernel's own, not written: ")
            assert monitor.ask(f"peek {phys:#x} 16") == before
    pfn, _ = alloc(monitor, 1)
    piece = monitor.answer("kmalloc 64", "0x([0-9a-f]+), an object of 64 bytes")[1]
    area, first = monitor.answer("vmalloc 8192", r"0x([0-9a-f]+), 2 page\(s\), .* (\d+)").groups()
    lent = int(piece, 16) - 0xc0000000
    zones = parse_zones(monitor.ask("zones"), "now")
    block = max(zones["Normal"].first.items())[1][0]
    for phys in (pfn * PAGE, pfn * PAGE + PAGE + 4, lent, lent + 60, int(first) * PAGE, block * PAGE,
                 block * PAGE + 5 * PAGE):
        monitor.answer(f"poke {phys:#x} 7", rf"{phys:010x}: [0-9a-f]{{8}} -> 00000007")
    other = lent + 64 if (lent + 64) // PAGE == lent // PAGE else lent - 64
    assert monitor.ask(f"poke {other:#x} 7")[0] == "  in use by the cache size-64"
    for command in (f"free {pfn}", f"kfree 0x{piece}", f"vfree 0x{area}"):
        monitor.ask(command)


def test_memtest(monitor):
    """As many pages as the lists have; and the lists are as before."""
    lists, free = monitor.ask("zones"), sum(free_pages(monitor).values())
    monitor.answer("memtest", rf"memtest: {free} free pages tested, 0 bad")
    monitor.answer("memtest 17", "memtest: 17 free pages tested, 0 bad")
    assert monitor.ask("zones") == lists


def test_memory_runs_out(own):
    """Block after block until there is none: a report, the prompt, and all of it comes back."""
    with own(mem=64, cmdline=machines.Machine().cmdline) as monitor:
        before, held = handed_out(monitor), []
        while match := re.match(r"page frame (\d+), order 10", (lines := monitor.ask(
                "alloc 10"))[-1]):
            held.append(match[1])
        assert lines[-1] == "alloc: no block of order 10" and len(held) > 10
        assert any("page allocation failure. order:10" in line for line in lines)
        assert handed_out(monitor) == before + 1024 * len(held)
        for pfn in held:
            monitor.ask(f"free {pfn}")
        assert handed_out(monitor) == before


def test_selftest(monitor):
    """KTAP, with a plan and as many results; no name, no test."""
    lines = monitor.ask("selftest exact,compound", 300)
    assert lines[0] == "KTAP version 1" and lines[1] == "1..2"
    assert [line.split()[:3] for line in lines if re.match("(not )?ok ", line)] == [
        ["ok", "1", "exact"], ["ok", "2", "compound"]]
    assert lines[-1] == "selftest: 0 failed"
    for name in ("nonsense", "stress:abc", "stress:", "stress:0", "stress:1x"):
        assert monitor.ask(f"selftest {name}") == [
            "KTAP version 1", "1..1", f"not ok 1 {name} # no selftest's name, or no seed from 1 on",
            "selftest: 1 failed"]


def test_selftest_sees_what_is_wrong(monitor):
    """A zone's counter of free pages that is one too high: `not ok' with the place and what is not
    so, in the balance as well; put right again, `ok'."""
    start, free = image().pa("contig_page_data"), free_pages(monitor)["HighMem"]
    text = "".join(line[10:].split("  ")[1].replace(" ", "")
                   for line in monitor.ask(f"peek {start:#x} 4096"))
    words = memoryview(bytes.fromhex(text)).cast("I")
    counter, = (start + 4 * i for i, word in enumerate(words) if word == free)
    poke_twice(monitor, counter, free + 1)
    assert monitor.ask("balance")[-1] == "balance: BAD"
    lines = monitor.ask("selftest exact,kmap_atomic")
    assert lines[:2] == ["KTAP version 1", "1..2"] and lines[-1] == "selftest: 2 failed"
    failed = r"src/selftest/zones\.c:\d+: not so: .*"
    results = [line for line in lines if not line.startswith("#")][2:-1]
    assert len(results) == 2
    for number, (name, line) in enumerate(zip(("exact", "kmap_atomic"), results), 1):
        assert re.fullmatch(rf"not ok {number} {name} # {failed}", line)
    assert all(re.fullmatch(f"# {failed}", line) for line in lines if line.startswith("#"))
    poke_twice(monitor, counter, free)
    assert monitor.ask("balance")[-1] == "balance: ok"
    assert monitor.ask("selftest exact,kmap_atomic")[2:] == ["ok 1 exact", "ok 2 kmap_atomic",
                                                              "selftest: 0 failed"]


def test_selftest_wants_all_that_is_free(monitor):
    """It is refused while something is held."""
    for pieces, take in enumerate(("alloc", "kmap 4096", "vmalloc 1", "kmalloc 1"), 1):
        monitor.ask(take)
        monitor.answer("selftest", "selftest: the tests want all that is free: give back the "
                       rf"{pieces} piece\(s\) that owned lists")
    for piece in monitor.ask("owned"):
        what, key = piece.replace(",", "").split()[:2]
        monitor.ask(f"{GIVE_BACK[what]} {key}")
    assert not monitor.ask("owned")
