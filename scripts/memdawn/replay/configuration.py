# SPDX-License-Identifier: GPL-2.0-only
"""Options of a kernel's configuration, and what a hypervisor takes, as far as its log tells of them."""

import re
from collections.abc import Sequence

from memdawn.model import cmdline
from memdawn.model.cmdline import VMALLOC_RESERVE
from memdawn.model.e820 import FOUR_GIB, PAGE, RAM, RESERVED, Range
from memdawn.replay import entries
from memdawn.replay.found import Found
from memdawn.replay.numa import DMA_END, LARGE_PAGE, PAGE_OFFSET
from memdawn.replay.step import Figures, Step, numbers

FIXADDR_TOP = 0xfffff000
OUR_FIXMAP_PAGES = 25
MOST_FIXMAP_PAGES = 2048
VMALLOC_OFFSET = 8 << 20        # vmalloc=N keeps so much more free
OUR_VMALLOC_END, OUR_VMALLOC_END_4G = 0xffbfe000, 0xff7fe000
STRUCT_PAGES = (36, 40, 44, 48, 52, 56, 64)


# --- page tables and the kernel's windows ----------------------------------------------------------

def page_table_steps(found: Found) -> list[Step]:
    """Two levels of page tables, or three."""
    if found.pae is not False:
        return []
    return [Step("CONFIG_HIGHMEM4G instead of HIGHMEM64G: page tables of two levels, 4 GiB",
                 ["memdawn.highmem=4G"])]


def reserved_top(found: Found) -> int:
    """What a hypervisor keeps of the end of the address space, in bytes: multiples of 2 MB."""
    for line in found.lines:
        match = re.match(r"Reserving virtual address space above 0x([0-9a-f]{8})\b", line)
        if match:
            size = FOUR_GIB - int(match[1], 16)
            return size if size % LARGE_PAGE == 0 else 0
    return 0


def fixmap_steps(found: Found) -> list[Step]:
    """The size of the fixmap, from the log's own layout; where its end is, from a hypervisor's line."""
    window = found.facts.get("layout", {}).get("fixmap")
    taken = reserved_top(found)
    result = []
    if window and window[1] == FIXADDR_TOP - taken and not limit_by_fixmap(found):
        pages = (window[1] - window[0]) // PAGE
        if pages != OUR_FIXMAP_PAGES and pages <= MOST_FIXMAP_PAGES:
            result.append(Step(
                f"configuration (CONFIG_NR_CPUS, CONFIG_X86_IO_APIC, ...): {pages} fixed pages "
                f"instead of {OUR_FIXMAP_PAGES}", [f"memdawn.fixmap={pages}"]))
    if taken:
        result.append(top_step(found, taken))
    return result


def limit_by_fixmap(found: Found) -> bool:
    """Does another step make the fixmap's place its own?"""
    return cpu_entry_of(found) is not None or (
        has_no_highmem(found) and (found.release or (0,)) >= (2, 6, 28))


def top_step(found: Found, taken: int) -> Step:
    """A hypervisor at the end of the address space: all windows lie lower."""
    def figures(state: Figures) -> Figures:
        moved: Figures = {}
        for name in ("layout.fixmap", "layout.pkmap"):
            if window := numbers(state, name):
                moved[name] = [window[0] - taken, window[1] - taken]
        if window := numbers(state, "layout.vmalloc"):
            moved["layout.vmalloc"] = [window[0], window[1] - taken]
        return moved
    return Step(f"a hypervisor has the last {taken >> 20} MB of the address space (FILE's line "
                "`Reserving virtual address space above')", [vmalloc_word(found, taken)], figures=figures)


def our_vmalloc_end(found: Found) -> int:
    """Where vmalloc's space ends in our boot, with the page tables of that kernel and our fixmap."""
    return OUR_VMALLOC_END_4G if found.pae is False else OUR_VMALLOC_END


def vmalloc_word(found: Found, more: int) -> str:
    """vmalloc= by which low memory ends so many bytes earlier than it would."""
    given = [cmdline.size(word.partition("=")[2])[0] + VMALLOC_OFFSET
             for word in found.words if word.startswith("vmalloc=")]
    reserve = given[-1] if given else VMALLOC_RESERVE
    return f"vmalloc={(reserve + more - VMALLOC_OFFSET) >> 10}K"


# --- where low memory ends ---------------------------------------------------------------------------

def limit_steps(found: Found, release: tuple[int, ...]) -> list[Step]:
    """What keeps the kernel from using all RAM, or moves the end of low memory."""
    if has_no_highmem(found):
        return [no_highmem_step(found, release)]
    border = found.facts.get("zone_pfn_ranges", {}).get("Normal")
    if border and release >= (3, 0) and "HighMem" in found.facts["zone_pfn_ranges"] and \
            "fixmap" not in found.facts.get("layout", {}):
        return border_steps(found, border[1] * PAGE)
    cpu_entry = cpu_entry_of(found)
    return [cpu_entry_step(found, cpu_entry)] if cpu_entry is not None else []


def has_no_highmem(found: Found) -> bool:
    """Does the kernel say that it leaves out RAM, as it has no high memory? (One that has says GB.)"""
    return any(re.match(r"Warning only \d+MB will be used|Use a HIGHMEM enabled kernel", line)
               for line in found.lines)


def cpu_entry_of(found: Found) -> int | None:
    """Where the CPUs' entry areas begin, from the layout; None: there are none."""
    match = next((match for line in found.lines if
                  (match := re.match(r"\s*cpu_entry *: 0x([0-9a-f]{8}) - ", line))), None)
    return int(match[1], 16) if match else None


def border_steps(found: Found, end: int) -> list[Step]:
    """Kernels that print no layout: what lies above vmalloc's space follows from the border."""
    wanted = end + PAGE_OFFSET + VMALLOC_RESERVE
    more = our_vmalloc_end(found) - wanted
    if any(word.startswith("vmalloc=") for word in found.words) or more == 0:
        return []
    if more < 0 or more % LARGE_PAGE:
        return []
    return [Step("configuration (CONFIG_NR_CPUS, page table isolation, ...): fixmap, the CPUs' entry areas "
                 f"and the LDT take {more >> 20} MB more, so low memory ends at {end:#x} (FILE's zone "
                 "Normal; no line tells the fixmap's size)", [vmalloc_word(found, more)])]


def cpu_entry_step(found: Found, base: int) -> Step:
    """4.15 and later: the CPUs' entry areas lie between the fixmap and kmap()'s window, 4.19 has the
    LDT there as well. Linux: arch/x86/include/asm/pgtable_32_areas.h, v6.1."""
    size = LARGE_PAGE if found.pae is not False else LARGE_PAGE << 1
    ldt = (base - PAGE) & -size if (found.release or (0,)) >= (4, 19) else base
    pkmap = (ldt - PAGE) & -size
    windows = found.facts.get("layout", {})
    end = (pkmap if "pkmap" in windows or "vmalloc" not in windows else ldt) - 2 * PAGE

    def figures(state: Figures) -> Figures:
        moved: Figures = {"layout.pkmap": [pkmap, pkmap + size]}
        if "fixmap" in windows:
            moved["layout.fixmap"] = windows["fixmap"]
        if space := numbers(state, "layout.vmalloc"):
            moved["layout.vmalloc"] = [space[0], end]
        return moved
    return Step(f"the CPUs' entry areas begin at {base:#x} (FILE's line `cpu_entry'); kmap()'s window and "
                "vmalloc's space lie below them", [vmalloc_word(found, our_vmalloc_end(found) - end)],
                figures=figures)


def no_highmem_step(found: Found, release: tuple[int, ...]) -> Step:
    """A kernel without high memory: what RAM lies above low memory is not used."""
    window = found.facts.get("layout", {}).get("fixmap")
    words = []
    if release >= (2, 6, 28):       # e621bd1: vmalloc's space ends below the fixmap, there is no pkmap
        top = (window[0] if window else FIXADDR_TOP - OUR_FIXMAP_PAGES * PAGE) - 2 * PAGE
        limit = top - VMALLOC_RESERVE - PAGE_OFFSET
        words = [f"vmalloc={(our_vmalloc_end(found) - PAGE_OFFSET - limit - VMALLOC_OFFSET) >> 10}K"]
    else:
        limit = FOUR_GIB - PAGE_OFFSET - VMALLOC_RESERVE

    def ranges(given: Sequence[Range]) -> list[Range]:
        return [(start, min(end, limit) if kind == RAM else end, kind) for start, end, kind in given
                if kind != RAM or start < limit]

    def figures(state: Figures) -> Figures:
        last = max((min(end, FOUR_GIB) // PAGE for start, end, kind in found.ranges
                    if kind == RAM and start < FOUR_GIB), default=0)
        space = numbers(state, "layout.vmalloc")
        layout: Figures = {"layout.fixmap": window, "layout.vmalloc": [space[0], window[0] - 2 * PAGE]} \
            if words and window and space else {}
        return {"last_pfn": last, **layout}
    return Step(f"CONFIG_NOHIGHMEM: RAM above {limit >> 20} MB is not used", words, figures=figures,
                ranges=ranges)


def trim_steps(found: Found) -> list[Step]:
    """RAM above 1 MB that the kernel itself took out of the map: it does that where the MTRRs say that
    the RAM isn't cached."""
    taken = entries.taken_out(found.ranges, found.maps, found.lines)
    if not taken:
        return []
    size = sum(end - start for start, end in taken) >> 20
    return [Step(f"the machine's MTRRs: {size} MB of RAM that they leave uncached are not used (FILE's lines "
                 "`e820 update range' or `modified'); 2.6.34 does the same there",
                 [f"memmap={end - start:#x}${start:#x}" for start, end in taken])]


# --- the first 64 KiB --------------------------------------------------------------------------------

def low_reservations(found: Found) -> list[tuple[int, int]]:
    """Ranges of the first 64 KiB that the kernel's own rules took out of the firmware's RAM."""
    modified = found.maps.get("modified") or found.maps.get("user")
    if modified:
        ram = [(start, min(end, 0x10000)) for start, end, kind in found.ranges
               if kind == RAM and start < 0x10000]
        reserved = [(start, end) for start, end, kind in modified if kind == RESERVED]
        return entries.cut_out(ram, reserved)
    borders = found.facts.get("zone_pfn_ranges", {}).get("DMA")
    if borders:
        return [(0, 0x10000)] if borders[0] == 16 else []
    return [(0, 0x10000)] if (0, 0x10000) in entries.changes(found.lines) else []


def low_memory_steps(found: Found) -> list[Step]:
    """The options that keep the kernel away from the first 64 KiB."""
    taken = [(start, end) for start, end in low_reservations(found)
             if (start, end) != (0, 0x1000)]
    if not taken or not found.release or found.release < (2, 6, 28):
        return []
    if taken != [(0, 0x10000)]:
        name = ("CONFIG_X86_CHECK_BIOS_CORRUPTION (5394f80, 2.6.28): free pages below 64 KiB are "
                "watched, not used")
    elif found.release < (2, 6, 37):
        name = "CONFIG_X86_RESERVE_LOW_64K (fc38151, 2.6.28): nothing below 64 KiB is used"
    else:
        name = "CONFIG_X86_RESERVE_LOW (2.6.37, 64 unless it is set): nothing below 64 KiB is used"
    return [Step(name, [f"memmap={end - start}${start}" for start, end in taken])]


def struct_page_size(found: Found) -> int | None:
    """The bytes of struct page by what zone DMA's mem_map takes; None: as ours, or not said."""
    pages = found.facts.get("memmap_pages", {}).get("DMA")
    borders = found.facts.get("zone_pfn_ranges", {}).get("DMA", [1, DMA_END])
    span = borders[1] - borders[0]
    return next((size for size in STRUCT_PAGES if pages == -(-span * size // PAGE)), None)


def struct_page_steps(found: Found, release: tuple[int, ...]) -> list[Step]:
    """Options by which struct page has more than 32 bytes."""
    if (2, 6, 25) <= release < (2, 6, 28):
        return [Step("CONFIG_CGROUP_MEM_RES_CTLR (78fb746, 2.6.25, to 52d4b9a, 2.6.28): struct "
                     "page has 36 bytes", ["memdawn.struct_page=36"], tentative=True)]
    size = struct_page_size(found)
    if size is None or release < (2, 6, 19):
        return []
    option = ("CONFIG_MEMCG (1306a85aed3e, 3.19) and what aligns it" if release >= (3, 19) else
              "an option for debugging")
    return [Step(f"{option}: struct page has {size} bytes (FILE's mem_map of zone DMA)",
                 [f"memdawn.struct_page={size}"])]
