# SPDX-License-Identifier: GPL-2.0-only
"""An independent model of 2.6.34's memory on i386 with several nodes (NUMA, DISCONTIGMEM).

Nodes takes RAM, what is in use and the SRAT's chunks, and says which lines the kernel prints from the first
proximity domain to the last zone, and some after that.  It works with intervals and plain lists and shares nothing
with the kernel that it checks.

A node's struct pages lie in its own memory, at its end, and are mapped at the end of low memory:

    node 0     | ... low memory ... | KVA PG | vmalloc ...         (virtual)
    node n     | memory ...               | KVA RAM | the rest |   (physical; removed from early_node_map)

Where 2.6.34 itself fails, the kernel does what is said here: a node that hasn't the room, and something left, has no
KVA, and its pgdat and its struct pages come from low memory; a node takes KVA RAM from its own memory alone; and each node's bitmap
of bootmem begins with a page.
"""

import dataclasses
from collections.abc import Sequence

from memdawn.model.bootmem import KernelPanic, align_up
from memdawn.model.e820 import PAGE
from memdawn.model.zones import BLOCK, DMA, DMA_END_PFN, HIGHMEM, NAMES, NORMAL, PAGE_STRUCT, batch_size

PAGE_OFFSET = 0xC0000000
LARGE = 512                      # pages of a large page
PER_ELEMENT = 1 << 14            # pages of an element of physnode_map
MAX_NODES = 8
MAX_CHUNKS_READ = 2 * MAX_NODES
PGDAT = 0x2000                   # what a node's pgdat takes of its KVA, rounded up
# Its own size, in whole lines of the cache: four zones, a zonelist and one of the node's own zones alone, 65
# bytes for a cache of full zones in each, and 13 words. Only the page count shows in most logs.
PGDAT_SIZE = 4864
MOBILITY_MINIMUM = 5 * BLOCK     # pages; with fewer, grouping by mobility is off

IN_LOW_MEMORY = "LOW"            # for an address that bootmem chooses

# Page frames, the end excluded.
Frames = tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Chunk:
    """An enabled entry of the SRAT, in page frames."""
    start: int
    end: int
    pxm: int
    removable: bool = False


@dataclasses.dataclass
class Node:
    """A node; frames of RAM that are its own."""
    nid: int
    start: int = 0
    end: int = 0
    ram: list[Frames] = dataclasses.field(default_factory=list)
    kva_pages: int = 0           # of its struct pages and its pgdat, in large pages
    kva_ram: int = 0             # where they are
    kva_offset: int = 0          # in the KVA of all nodes, in pages
    pgdat: int = 0               # virtual
    present: list[int] = dataclasses.field(default_factory=lambda: [0] * 3)  # pages of each zone, without struct pages
    extents: list[Frames] = dataclasses.field(default_factory=lambda: [(0, 0)] * 3)


def without(ranges: Sequence[Frames], low: int, high: int) -> list[Frames]:
    """Ranges, without what lies in [low, high)."""
    parts = [part for start, end in ranges for part in ((start, min(end, low)), (max(start, high), end))]
    return [(start, end) for start, end in parts if start < end]


def merged(ranges: Sequence[Frames]) -> list[Frames]:
    """Ranges in order, those that touch or overlap as one."""
    result: list[Frames] = []
    for start, end in sorted(ranges):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def cut(ranges: Sequence[Frames], low: int, high: int) -> list[Frames]:
    """What of ranges lies in [low, high)."""
    parts = [(max(start, low), min(end, high)) for start, end in ranges]
    return [(start, end) for start, end in parts if start < end]


class Nodes:
    """One boot's nodes.

    ram       -- RAM by the final memory map, in bytes, in order
    reserved  -- what is in use, in bytes
    """

    def __init__(self, ram: Sequence[Frames], reserved: Sequence[Frames], max_pfn: int, max_low_pfn: int) -> None:
        self.ram = ram
        self.reserved = list(reserved)
        self.max_pfn = max_pfn
        self.max_low_pfn = max_low_pfn
        self.lines: list[str] = []
        self.nodes: list[Node] = []

    def say(self, line: str) -> None:
        """A line of the log."""
        self.lines.append(line)

    # --- from the SRAT to nodes ----------------------------------------------------------------

    def frames(self, low: int, high: int) -> list[Frames]:
        """Whole page frames of RAM in [low, high)."""
        return cut([(-(-start // PAGE), end // PAGE) for start, end in self.ram], low, high)

    def from_srat(self, chunks: Sequence[Chunk], cpus: Sequence[tuple[int, int]]) -> None:
        """The lines of the SRAT, and its nodes. cpus: (APIC's number, proximity domain)."""
        for apic, pxm in cpus:
            self.say(f"CPU {apic:02x} in proximity domain {pxm:02x}")
        for chunk in chunks:
            state = "enabled and removable" if chunk.removable else "enabled"
            self.say(f"Memory range {chunk.start:08x} to {chunk.end:08x} in proximity domain {chunk.pxm:02x} {state}")
        domains = sorted({chunk.pxm for chunk in chunks} | {pxm for _, pxm in cpus})
        bits = sum(1 << pxm for pxm in domains)
        self.say("pxm bitmap: " + "".join(f"{bits >> 8 * i & 255:02x} " for i in range(32)))
        self.say(f"Number of logical nodes in system = {len(domains)}")
        self.say(f"Number of memory chunks in system = {len(chunks)}")
        self.nodes = [Node(nid) for nid in range(len(domains))]
        for number, chunk in enumerate(sorted(chunks, key=lambda chunk: chunk.start)):
            self.take_chunk(number, chunk, domains.index(chunk.pxm))
        for node in self.nodes:
            node.ram = merged(node.ram)
            self.present(node.nid, node.start, min(node.end, self.max_pfn))

    def take_chunk(self, number: int, chunk: Chunk, nid: int) -> None:
        """A chunk of a node; what lies after all RAM isn't there."""
        self.say(f"chunk {number} nid {nid} start_pfn {chunk.start:08x} end_pfn {chunk.end:08x}")
        if chunk.start >= self.max_pfn:
            self.say(f"Ignoring SRAT pfns: {chunk.start:08x} - {chunk.end:08x}")
            return
        node = self.nodes[nid]
        node.start = min(node.start, chunk.start) if node.end else chunk.start
        node.end = max(node.end, chunk.end)
        node.ram += self.frames(chunk.start, min(chunk.end, self.max_pfn))

    def flat(self) -> None:
        """Without nodes: all is node 0."""
        self.say("NUMA - single node, flat memory mode")
        self.nodes = [Node(0, 0, self.max_pfn, merged(self.frames(0, self.max_pfn)))]
        self.present(0, 0, self.max_pfn)

    def present(self, nid: int, start: int, end: int) -> None:
        """physnode_map's lines of a node."""
        self.say(f"Node: {nid}, start_pfn: {start:x}, end_pfn: {end:x}")
        self.say(f"  Setting physnode_map array to node {nid} for pfns:")
        self.say("  " + "".join(f"{pfn:x} " for pfn in range(start, end, PER_ELEMENT)))

    # --- KVA -----------------------------------------------------------------------------------

    def find(self, low: int, high: int, size: int, align: int) -> int | None:
        """The lowest free place for size bytes in [low, high), in the first RAM range that has one."""
        for start, end in self.ram:
            at = align_up(max(start, low), align)
            while True:
                clash = [e for s, e in self.reserved if s < at + size and at < e]
                if not clash:
                    break
                at = align_up(max(clash), align)
            if at + size <= min(end, high):
                return at
        return None

    def find_downward(self, target: int, stop: int, high: int, pages: int, own: Sequence[Frames] | None = None
                      ) -> int | None:
        """A place for some pages, in page frames: the target is lowered by large pages as long as it is above
        `stop'. own: it must lie in one of these."""
        while target >= 0:
            found = self.find(target * PAGE, high * PAGE, pages * PAGE, LARGE * PAGE)
            target -= LARGE
            if found is not None:
                first = found // PAGE
                if own is None or any(low <= first and first + pages <= end for low, end in own):
                    return first
            if target <= stop:
                return None
        return None

    def reserve_kva_ram(self) -> int:
        """Room for struct pages at each node's end; pages of all."""
        total = 0
        for node in self.nodes:
            self.say(f"node {node.nid} pfn: [{node.start:x} - {node.end:x}]")
            if not node.end:
                continue
            present_end = min(node.end, self.max_pfn)
            node.end = present_end
            needed = (present_end - node.start + 1) * PAGE_STRUCT if present_end > node.start else 0
            node.kva_pages = align_up(needed + PGDAT_SIZE, LARGE * PAGE) // PAGE
            found = None
            if node.kva_pages < sum(end - start for start, end in node.ram):
                target = (present_end - node.kva_pages) // LARGE * LARGE
                found = self.find_downward(target, node.start, present_end, node.kva_pages, node.ram)
            if found is None:
                node.kva_pages = 0
                continue
            node.kva_ram, node.kva_offset = found, total
            total += node.kva_pages
            end = found + node.kva_pages
            self.say(f"Reserving {node.kva_pages} pages of KVA for lmem_map of node {node.nid} at {found:x}")
            self.reserved.append((found * PAGE, end * PAGE))
            self.say(f"remove_active_range ({node.nid}, {found}, {end})")
            node.ram = without(node.ram, found, end)
        self.say(f"Reserving total of {total:x} pages for numa KVA remap")
        return total

    def remap(self) -> None:
        """KVA: where it is mapped to, node by node."""
        pages = self.reserve_kva_ram()
        start = self.find_downward((self.max_low_pfn - pages) // LARGE * LARGE, 0, self.max_low_pfn, pages)
        if start is None or not start:
            raise KernelPanic("Can not get kva space")
        self.kva_start = start
        self.reserved.append((start * PAGE, (start + pages) * PAGE))
        self.say(f"kva_start_pfn ~ {start:x} max_low_pfn ~ {self.max_low_pfn:x}")
        self.say(f"max_pfn = {self.max_pfn:x}")
        high_start = min(self.max_low_pfn, self.max_pfn)
        self.say(f"{self.max_pfn - high_start >> 8}MB HIGHMEM available.")
        self.say(f"{self.max_low_pfn >> 8}MB LOWMEM available.")
        self.say(f"max_low_pfn = {self.max_low_pfn:x}, highstart_pfn = {high_start:x}")
        self.say(f"Low memory ends at vaddr {PAGE_OFFSET + self.max_low_pfn * PAGE:08x}")
        for node in self.nodes:
            first = self.address(node)
            last = first + node.kva_pages * PAGE
            self.say(f"node {node.nid} will remap to vaddr {first:08x} - {last:08x}")
            node.pgdat = first if node.kva_pages else self.low_pgdat()
            self.say(f"allocate_pgdat: node {node.nid} NODE_DATA {node.pgdat:08x}")
        for node in self.nodes:
            self.say(f"remap_numa_kva: node {node.nid}")
            for page in range(0, node.kva_pages, LARGE):
                self.say(f"remap_numa_kva: {self.address(node) + page * PAGE:08x} to pfn {node.kva_ram + page:08x}")
        self.say(f"High memory starts at vaddr {PAGE_OFFSET + high_start * PAGE:08x}")

    def low_pgdat(self) -> int:
        """A pgdat in low memory."""
        at = self.find(0, self.max_low_pfn * PAGE, PGDAT_SIZE, PAGE)
        if at is None:
            raise KernelPanic("no room for a pgdat")
        self.reserved.append((at, at + PGDAT_SIZE))
        return PAGE_OFFSET + at

    def address(self, node: Node) -> int:
        """Where a node's KVA begins, virtual."""
        return PAGE_OFFSET + (self.kva_start + node.kva_offset) * PAGE

    # --- bootmem, zones ------------------------------------------------------------------------

    def bootmem(self) -> None:
        """A bitmap for each node with low memory."""
        self.say(f"  mapped low ram: 0 - {self.max_low_pfn * PAGE:08x}")
        self.say(f"  low ram: 0 - {self.max_low_pfn * PAGE:08x}")
        low = {node.nid: min(node.end, self.max_low_pfn) - node.start for node in self.nodes}
        size = max(align_up(-(-self.max_low_pfn // 8), PAGE),
                   sum(align_up(-(-max(pages, 0) // 8), PAGE) for pages in low.values()))
        at = self.find(0, self.max_low_pfn * PAGE, size, PAGE)
        if at is None:
            raise KernelPanic(f"Cannot find bootmem map of size {size}")
        for node in self.nodes:
            if node.start > self.max_low_pfn:
                continue
            end = min(node.end, self.max_low_pfn)
            self.say(f"  node {node.nid} low ram: {node.start * PAGE:08x} - {end * PAGE:08x}")
            at = align_up(at, PAGE) if low[node.nid] > 0 else at
            after = at + align_up(-(-(end - node.start) // 8), 4)
            self.say(f"  node {node.nid} bootmap {at:08x} - {after:08x}")
            at = after

    def zones(self) -> None:
        """The zones' borders, what RAM there is, and each node's zones."""
        regions = sorted((start, end, node.nid) for node in self.nodes for start, end in node.ram)
        lowest = regions[0][0]
        borders = [lowest, DMA_END_PFN, max(self.max_low_pfn, DMA_END_PFN), max(self.max_pfn, self.max_low_pfn)]
        self.say("Zone PFN ranges:")
        for zone, (low, high) in enumerate(zip(borders, borders[1:])):
            text = "empty" if low == high else f"{low:#010x} -> {high:#010x}"
            self.say(f"  {NAMES[zone]:<8} {text}")
        self.say("Movable zone start PFN for each node")
        self.say(f"early_node_map[{len(regions)}] active PFN ranges")
        for start, end, nid in regions:
            self.say(f"  {nid:3}: {start:#010x} -> {end:#010x}")
        for node in self.nodes:
            self.node_zones(node, borders)

    def mem_map_bytes(self, node: Node) -> int:
        """What a node's struct pages take: those of whole largest blocks, from its first RAM to its last."""
        if not node.ram:
            return 0
        return (align_up(node.ram[-1][1], BLOCK) - node.ram[0][0] // BLOCK * BLOCK) * PAGE_STRUCT

    def is_in_kva(self, node: Node) -> bool:
        """Has its KVA room for a node's struct pages? Else they come from low memory."""
        return PGDAT + self.mem_map_bytes(node) < node.kva_pages * PAGE

    def node_mem_map(self, node: Node) -> str:
        """Where a node's struct pages are, as the log has it; in low memory, where bootmem has room: not said here."""
        if not node.ram:
            return "00000000"
        if not self.is_in_kva(node):
            return IN_LOW_MEMORY
        return f"{self.address(node) + PGDAT + node.ram[0][0] % BLOCK * PAGE_STRUCT:08x}"

    def low_room(self) -> int:
        """Bytes of the largest free piece of low memory, before struct pages come from there. Each node has its own
        bitmap: no piece is of two nodes."""
        free = [(start * PAGE, end * PAGE) for node in self.nodes for start, end in cut(node.ram, 0, self.max_low_pfn)]
        for start, end in self.reserved:
            free = without(free, start, end)
        return max((end - start for start, end in free), default=0)

    def node_zones(self, node: Node, borders: Sequence[int]) -> None:
        """The lines of a node."""
        if not node.ram:
            self.say(f"Could not find start_pfn for node {node.nid}")
        self.say(f"On node {node.nid} totalpages: {sum(end - start for start, end in node.ram)}")
        self.say(f"free_area_init_node: node {node.nid}, pgdat {node.pgdat:08x}, "
                 f"node_mem_map {self.node_mem_map(node)}")
        for zone in (DMA, NORMAL, HIGHMEM):
            if node.ram:
                low, high = max(borders[zone], node.ram[0][0]), min(borders[zone + 1], node.ram[-1][1])
                if low < high:
                    node.extents[zone] = low, high
                    present = sum(end - start for start, end in cut(node.ram, low, high))
                    node.present[zone] = self.zone_lines(zone, high - low, present)

    def zone_lines(self, zone: int, spanned: int, present: int) -> int:
        """The lines of a zone; its pages, without those of its struct pages."""
        name = NAMES[zone]
        memmap = align_up(spanned * PAGE_STRUCT, PAGE) // PAGE
        if present >= memmap:
            present -= memmap
            if memmap:
                self.say(f"  {name} zone: {memmap} pages used for memmap")
        else:
            self.say(f"  {name} zone: {memmap} pages exceeds realsize {present}")
        if zone == DMA and present:
            self.say(f"  {name} zone: 0 pages reserved")
        if present:
            self.say(f"  {name} zone: {present} pages, LIFO batch:{batch_size(present)}")
        return present

    # --- after the zones -----------------------------------------------------------------------

    def zonelist_order(self) -> str:
        """Zone, unless the DMA zone is more than half of all memory, or most of a large node's."""
        total = sum(sum(node.present) for node in self.nodes)
        dma = sum(node.present[DMA] for node in self.nodes)
        if not dma or dma > total // 2:
            return "Node"
        average = total // (sum(1 for node in self.nodes if node.ram) + 1)
        large = any(node.present[DMA] and sum(node.present) > average
                    and node.present[DMA] > sum(node.present) * 70 // 100 for node in self.nodes)
        return "Node" if large else "Zone"

    def later_lines(self) -> list[str]:
        """The zonelists' lines, and those about high memory."""
        total = sum(sum(node.present) for node in self.nodes)
        mobility = "off" if total < MOBILITY_MINIMUM else "on"
        policy = max(zone for node in self.nodes for zone in (DMA, NORMAL, HIGHMEM) if node.present[zone])
        lines = [f"Built {len(self.nodes)} zonelists in {self.zonelist_order()} order, mobility grouping {mobility}.  "
                 f"Total pages: {total}", f"Policy zone: {NAMES[policy]}"]
        for node in self.nodes:
            low, high = node.extents[HIGHMEM]
            lines.append(f"Initializing HighMem for node {node.nid} ({low:08x}:{high:08x})")
        return lines


def nodes_boot(nodes: Nodes, chunks: Sequence[Chunk], cpus: Sequence[tuple[int, int]]) -> list[str]:
    """All lines, from the SRAT's to the last zone's, but for the list of early reservations."""
    if chunks:
        nodes.from_srat(chunks, cpus)
    else:
        nodes.say("could not find any ACPI SRAT memory areas.")
        nodes.say("failed to get NUMA memory information from SRAT table")
        nodes.flat()
    nodes.remap()
    nodes.bootmem()
    nodes.zones()
    return nodes.lines
