# SPDX-License-Identifier: GPL-2.0-only
"""What our log has to say, worked out from a real kernel's log and the symbols of the image
that was booted: the reference with each field that depends on the image's size put right.

Nothing of our own log goes in, but for where the boot loader put an initrd.

The kernels' memory looks like this, and differs only in how many pages the image has:

    0x1000 (page frame)                     brk end
    | TEXT DATA BSS (page aligned end) | BRK | pkmap table | mem_map | ...  the next allocations
"""

import dataclasses
import re

from boot import LOAD_PFN, PAGE_OFFSET, PAGE_SIZE, page_up

STRUCT_PAGE = 32
MAX_ORDER_PAGES = 1024
LARGE_PAGE_FRAMES = 512

EARLY_RESERVATION = re.compile(
    r"  #(\d+) \[([0-9a-f]{10}) - ([0-9a-f]{10})\] +(.+?)"
    r"(?: ==> \[[0-9a-f]{10} - [0-9a-f]{10}\])?$")


def reservations(lines):
    """Name to (start, end), of the early reservations that a log lists."""
    found = {}
    for line in lines:
        match = EARLY_RESERVATION.match(line)
        if match:
            found[match[4].strip()] = (int(match[2], 16), int(match[3], 16))
    return found


def ram_ranges(lines):
    """The ranges of early_node_map, in page frames."""
    return [(int(match[1], 16), int(match[2], 16)) for match in (
        re.fullmatch(r"    0: 0x([0-9a-f]{8}) -> 0x([0-9a-f]{8})", line) for line in lines) if match]


@dataclasses.dataclass
class Placement:
    """Where a kernel's image ends, and what follows from it on a machine with this RAM."""
    ram: list
    brk_end: int                 # page frame

    @property
    def held(self):
        """RAM pages that the image and its first page tables take."""
        return sum(max(0, min(end, self.brk_end) - max(start, LOAD_PFN))
                   for start, end in self.ram)

    @property
    def counted(self):
        """How many of them Memory: counts as reserved. Where the image runs out of its RAM
        range, the range and the image contradict each other in the tree of resources, and
        the range is no "System RAM"."""
        inside = any(start <= LOAD_PFN and self.brk_end <= end for start, end in self.ram)
        return self.held if inside else 0

    def find(self, pages, first):
        """The first free place for some pages at or above a page frame."""
        for start, end in self.ram:
            start = max(start, first, self.brk_end)
            if start + pages <= end:
                return start
        raise AssertionError(f"no place for {pages} pages")

    @property
    def mem_map(self):
        """The page frame where mem_map begins: after the page table for kmap."""
        low = self.ram[0][0] // MAX_ORDER_PAGES * MAX_ORDER_PAGES
        high = -(-self.ram[-1][1] // MAX_ORDER_PAGES) * MAX_ORDER_PAGES
        after = self.find(1, LOAD_PFN) + 1
        return self.find(page_up((high - low) * STRUCT_PAGE), after)


@dataclasses.dataclass
class Translation:
    """From the reference kernel's image to ours.

    shift        -- pages that our image is longer than the reference's (may be negative)
    fewer_tables -- page tables that init_memory_mapping() need not build, more than there
    """
    image: object
    reference: list
    ramdisk: tuple = None
    new_ramdisk: tuple = None

    def __post_init__(self):
        found = reservations(self.reference)
        self.reference_text_end = page_up(found["TEXT DATA BSS"][1])
        self.reference_brk_end = found["BRK"][1] // PAGE_SIZE
        self.text_end = page_up(self.image.pa("__bss_stop"))
        self.brk_end = self.image.brk_end_pa // PAGE_SIZE
        self.shift = self.brk_end - self.reference_brk_end
        reference_tables = self.reference_brk_end - self.reference_text_end
        large = any(line.endswith(" page 2M") for line in self.reference)
        self.fewer_tables = 0 if large else self.image.head_tables - reference_tables
        # With nodes a node's mem_map lies in its KVA, which the image doesn't move.
        self.has_nodes = any(line.startswith("remap_numa_kva: ") for line in self.reference)
        ram = ram_ranges(self.reference)
        self.theirs = Placement(ram, self.reference_brk_end)
        self.ours = Placement(ram, self.brk_end)

    def pfn(self, pfn):
        """A page frame at the end of or after the reference's image, in our boot."""
        if pfn >= self.reference_brk_end:
            return pfn + self.shift
        return self.text_end if pfn == self.reference_text_end else pfn

    def reservation(self, line, start, end):
        """A line of the early reservations with other addresses."""
        both = f"[{start:010x} - {end:010x}]"
        return re.sub(r"\[[0-9a-f]{10} - [0-9a-f]{10}\]", both, line)

    def early_reservation(self, line, match):
        """One line of the early reservations."""
        name = match[4].strip()
        start, end = int(match[2], 16), int(match[3], 16)
        if name == "TEXT DATA BSS":
            return self.reservation(line, self.image.pa("_text"), self.image.pa("__bss_stop"))
        if name == "BRK":
            return self.reservation(line, self.image.pa("__brk_base"), self.image.brk_end_pa)
        if name == "PGTABLE":
            return self.reservation(line, start, end - self.fewer_tables * PAGE_SIZE)
        if name == "RAMDISK" and self.ramdisk:
            return self.reservation(line, *self.ramdisk)
        if name == "NEW RAMDISK" and self.new_ramdisk:
            return self.reservation(line, *self.new_ramdisk)
        return line

    def mem_map(self, match):
        """free_area_init_node: pgdat is a symbol, mem_map lies after the image where there
        is room."""
        page, offset = divmod(int(match[3], 16) - PAGE_OFFSET, PAGE_SIZE)
        assert page == self.theirs.mem_map, "the reference's own mem_map is elsewhere"
        pgdat = self.image.symbols["contig_page_data"]
        node_mem_map = PAGE_OFFSET + self.ours.mem_map * PAGE_SIZE + offset
        return f"{match[1]}{pgdat:08x}{match[2]}{node_mem_map:08x}"

    def memory(self, match):
        """The Memory: line."""
        held = (self.ours.held - self.theirs.held - self.fewer_tables) * PAGE_SIZE >> 10
        counted = (self.ours.counted - self.theirs.counted - self.fewer_tables) * PAGE_SIZE >> 10
        image = self.image
        return (f"Memory: {int(match[1]) - held}k/{match[2]}k available "
                f"({image.kilobytes('_text', '_etext')}k kernel code, "
                f"{int(match[3]) + counted}k reserved, "
                f"{image.kilobytes('_etext', '_edata')}k data, "
                f"{image.kilobytes('__init_begin', '__init_end')}k init, "
                f"{match[4]}k highmem)")

    def percpu(self, match):
        """PERCPU:, the first free large page. What is allocated before it fits into the rest of the image's last
        one, in both kernels."""
        def base(brk_end):
            return PAGE_OFFSET + -(-brk_end // LARGE_PAGE_FRAMES) * LARGE_PAGE_FRAMES * PAGE_SIZE
        assert base(self.reference_brk_end) == int(match[2], 16), "the reference's own first chunk is elsewhere"
        return f"{match[1]}{base(self.brk_end):08x}{match[3]}"

    def layout(self, name):
        """The layout's line of a part of the image."""
        first, last = {".init": ("__init_begin", "__init_end"), ".data": ("_etext", "_edata"),
                       ".text": ("_text", "_etext")}[name]
        symbols = self.image.symbols
        return (f"      {name} : 0x{symbols[first]:08x} - 0x{symbols[last]:08x}   "
                f"({self.image.kilobytes(first, last):4d} kB)")

    def bootmem(self, line):
        """A line of bootmem_debug: page frames after the image, and how many were freed."""
        released = re.fullmatch(r"(bootmem::free_all_bootmem_core nid=0 released=)([0-9a-f]+)", line)
        if released:
            pages = int(released[2], 16) - self.shift + self.fewer_tables
            return f"{released[1]}{pages:x}"
        match = re.fullmatch(r"(bootmem::(?:mark_bootmem_node|__reserve) nid=0 start=)([0-9a-f]+)"
                             r"( end=)([0-9a-f]+)( (?:reserve=1 )?flags=[01])", line)
        if not match or int(match[2], 16) < LOAD_PFN:
            return line
        start, end = self.pfn(int(match[2], 16)), self.pfn(int(match[4], 16))
        return f"{match[1]}{start:x}{match[3]}{end:x}{match[5]}"

    def ramdisk_line(self, line):
        """The lines that say where the initrd lies and where it is moved to."""
        if self.ramdisk and line.startswith("RAMDISK: "):
            return "RAMDISK: {:08x} - {:08x}".format(*self.ramdisk)
        return line

    def line(self, line):
        """One line of our span, from the reference's."""
        match = EARLY_RESERVATION.match(line)
        if match:
            return self.early_reservation(line, match)
        if line.startswith("initial memory mapped : "):
            return f"initial memory mapped : 0 - {self.image.mapped_pa:08x}"
        match = re.fullmatch(r"(free_area_init_node: node 0, pgdat )[0-9a-f]{8}"
                             r"(, node_mem_map )([0-9a-f]{8})", line)
        if match and not self.has_nodes:
            return self.mem_map(match)
        match = re.fullmatch(r"(PERCPU: Embedded \d+ pages/cpu @)([0-9a-f]{8})( .*)", line)
        if match:
            return self.percpu(match)
        match = re.fullmatch(r"Memory: (\d+)k/(\d+)k available \(\d+k kernel code, (\d+)k reserved, "
                             r"\d+k data, \d+k init, (\d+)k highmem\)", line)
        if match:
            return self.memory(match)
        match = re.match(r"      (\.init|\.data|\.text) : ", line)
        if match:
            return self.layout(match[1])
        if line.startswith("bootmem::"):
            return self.bootmem(line)
        return self.ramdisk_line(line)

    def span(self):
        """Our whole span."""
        return [self.line(line) for line in self.reference]
