# SPDX-License-Identifier: GPL-2.0-only
"""An independent model of Linux 2.6.34's memory boot (i386, UP, PAE, FLATMEM, bootmem).

predict() takes what a machine's firmware, boot loader and user give to the kernel and says
what the kernel will print between the line `BIOS-provided physical RAM map:` and the line
about the WP bit, which page frames end up where, and in which order the free lists hold
them.  It is written from the definition of each step, with intervals and plain lists, and
shares nothing with the kernel that it checks; where 2.6.34 does something odd that shows,
the oddity is modelled and said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from memdawn.model import cmdline as command_line
from memdawn.model.bootmem import Bootmem, EarlyReservations, KernelPanic, MAX_EARLY_RES, align_up
from memdawn.model.buddy import Zone
from memdawn.model.cmdline import Parameters, U32
from memdawn.model.e820 import Map, PAGE, RAM, RESERVED, Range, merge_ranges
from memdawn.model.facts import Cpu, Symbols
from memdawn.model.log import DEBUG, DEFAULT, ERR, INFO, Log, NOTICE, WARNING
from memdawn.model.zones import HIGHMEM, MOVABLE, NAMES, PAGE_STRUCT, Plan, build_zones

MIB = 1 << 20
TWO_MIB = 2 * MIB
PAGE_OFFSET = 0xC0000000
FIXADDR_TOP = 0xFFFFF000
FIXMAP_PAGES = 25                # permanent ones, directly below FIXADDR_TOP
ALL_FIXMAP_PAGES = 25 + 256 + 1  # with the boot-time mappings and the WP test page
PKMAP_BASE = 0xFFC00000
PKMAP_PAGES = 512
VMALLOC_OFFSET = 8 * MIB
VMALLOC_END = PKMAP_BASE - 2 * PAGE
TABLE_ENTRIES = 512              # of a PAE page table
RESOURCE_STRUCT = 36
MOBILITY_MINIMUM = 5 * 1024      # pages; with fewer, grouping by mobility is off

MEMTEST_PATTERNS = [
    0, 0xffffffffffffffff, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa, 0x1111111111111111,
    0x2222222222222222, 0x4444444444444444, 0x8888888888888888, 0x3333333333333333,
    0x6666666666666666, 0x9999999999999999, 0xcccccccccccccccc, 0x7777777777777777,
    0xbbbbbbbbbbbbbbbb, 0xdddddddddddddddd, 0xeeeeeeeeeeeeeeee, 0x7a6c7258554e494c]


class Balance(TypedDict):
    """Page frames by what they are; the reserved ones by their owner."""
    free: int
    memmap: int
    hole: int
    reserved: dict[str, int]


@dataclass
class Prediction:
    """The outcome of a boot.

    lines: the log span as a console shows it; it ends early if the kernel panics.
    zones: the four zones after mem_init.
    balance: page frames from 0 to max_pfn, None if the kernel panics before.
    values: single numbers, by the kernel's names for them.
    panic: None, or the text of Linux's own panic.
    undefined: None, or why equality with Linux is not asked for here.
    """
    lines: list[str] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    balance: Balance | None = None
    values: dict[str, int] = field(default_factory=dict)
    panic: str | None = None
    undefined: str | None = None


class Undefined(Exception):
    """Linux itself fails here without a panic of its own, or its outcome is accidental."""


def mb(pages: int) -> int:
    """Page frames as MB."""
    return pages >> 8


class Boot:
    """One boot, step by step in the kernel's order."""

    def __init__(self, bios_map: Sequence[Range], cmdline: str, cpu: Cpu, image: Symbols,
                 initrd: tuple[int, int] | None) -> None:
        self.bios_map = bios_map
        self.cmdline = cmdline[:command_line.COMMAND_LINE_SIZE - 1]
        self.cpu = cpu
        self.image = image
        self.initrd = initrd
        self.log = Log()
        self.e820 = Map(self.log)
        self.params = Parameters()
        self.early = EarlyReservations()
        self.out = Prediction()

    def physical(self, symbol: str) -> int:
        """The physical address of a symbol."""
        return self.image[symbol] - PAGE_OFFSET

    def run(self) -> Prediction:
        """Everything; returns the Prediction."""
        try:
            self.setup_memory_map()
            self.reserve_from_loader()
            self.parse_parameters()
            self.find_ends_of_memory()
            self.map_low_memory()
            self.move_initrd()
            self.start_bootmem()
            self.lay_out_zones()
            self.finish_setup()
            self.allocate_hashes()
            self.free_memory()
            self.print_layout()
        except KernelPanic as panic:
            self.out.panic = str(panic)
        except Undefined as reason:
            self.out.undefined = str(reason)
        if self.params.refused and not self.out.undefined:
            self.out.undefined = "memdawn refuses: " + "; ".join(self.params.refused)
        self.out.lines = self.log.lines()
        return self.out

    # --- the memory map and the command line ------------------------------------------

    def setup_memory_map(self) -> None:
        if len(self.bios_map) > 128:
            raise Undefined("the firmware's map has more than 128 entries")
        self.e820.table = [list(entry) for entry in self.bios_map]
        if not self.e820.sanitize():
            raise Undefined("the firmware's map is unusable")
        self.log.print(INFO, "BIOS-provided physical RAM map:")
        self.e820.print("BIOS-e820")

    def reserve_from_loader(self) -> None:
        """What must survive: the image, the initrd, the BIOS's area below 1 MiB."""
        self.early.reserve(self.physical("_text"), self.physical("__bss_stop"), "TEXT DATA BSS")
        if self.initrd:
            start, size = self.initrd
            self.early.reserve(start, align_up(start + size, PAGE), "RAMDISK")
        self.early.reserve(self.cpu["bios_reserved"], MIB, "BIOS reserved")

    def parse_parameters(self) -> None:
        self.params.parse(self.cmdline, self.log, self.e820)
        for name, _ in command_line.split_args(self.cmdline):
            if name == "reservetop":
                raise Undefined("reservetop= is not modelled")
        if not self.cpu["nx"]:
            self.log.print(NOTICE, "Notice: NX (Execute Disable) protection missing in CPU or "
                                   "disabled in BIOS!")
        elif self.params.nx_off:
            self.log.print(INFO, "NX (Execute Disable) protection: disabled by kernel command "
                                 "line option")
        else:
            self.log.print(INFO, "NX (Execute Disable) protection: active")
        if self.params.user_map:
            if not self.e820.sanitize():
                raise KernelPanic("Invalid user supplied memory map")
            self.log.print(INFO, "user-defined physical RAM map:")
            self.e820.print("user")
        # Page 0 belongs to the BIOS, and so does the legacy hole, whatever the map says.
        self.e820.update_range(0, PAGE, RAM, RESERVED)
        self.e820.remove_range(0xA0000, 0x60000, RAM)
        self.e820.sanitize()

    # --- how much memory there is -----------------------------------------------------

    def find_ends_of_memory(self) -> None:
        self.max_pfn = self.e820.end_of_ram_pfn()
        for line in self.cpu["mtrr"] or []:
            self.log.print(DEBUG, line)
            if line == "MTRR default type: uncachable" and not self.params.no_mtrr_trim:
                raise Undefined("trimming of uncached memory is not modelled")
        self.low_limit = ((VMALLOC_END - PAGE_OFFSET - self.params.vmalloc_reserve) & U32) // PAGE
        if self.params.vmalloc_reserve >= VMALLOC_END - PAGE_OFFSET:
            raise Undefined("vmalloc= leaves no low memory")
        if self.max_pfn <= self.low_limit:
            self.split_all_low()
        else:
            self.split_at_limit()
        self.high_memory = PAGE_OFFSET + self.max_low_pfn * PAGE
        if self.high_memory + VMALLOC_OFFSET >= VMALLOC_END:
            raise Undefined("vmalloc= leaves no vmalloc area")

    def split_all_low(self) -> None:
        """All RAM fits below the limit; highmem= may still ask for some as high memory."""
        wanted = self.params.highmem_pages or 0
        if wanted == U32:              # the kernel's own mark for "not given"
            wanted = 0
        self.max_low_pfn = self.max_pfn
        if wanted >= self.max_pfn:
            self.log.print(ERR, f"highmem size ({mb(wanted)}MB) is bigger than pages available "
                                f"({mb(self.max_pfn)}MB)!")
            wanted = 0
        elif wanted and self.max_pfn - wanted < 64 * MIB // PAGE:
            self.log.print(ERR, f"highmem size ({mb(wanted)}MB) results in <64MB lowmem, "
                                "ignoring it!")
            wanted = 0
        self.max_low_pfn -= wanted

    def split_at_limit(self) -> None:
        """There is more RAM than the limit; highmem= may cut high memory short."""
        self.max_low_pfn = self.low_limit
        available = self.max_pfn - self.low_limit
        wanted = self.params.highmem_pages
        if wanted is None or wanted == U32:
            wanted = available
        if (wanted + self.low_limit) & U32 < self.max_pfn:
            self.max_pfn = (wanted + self.low_limit) & U32
        if (wanted + self.low_limit) & U32 > self.max_pfn:
            self.log.print(WARNING, f"only {mb(self.max_pfn - self.low_limit)}MB highmem pages "
                                    f"available, ignoring highmem size of {mb(wanted)}MB!")

    # --- page tables ------------------------------------------------------------------

    def head_mapped(self) -> int:
        """How far the boot code maps memory: the image and room for all page tables.

        It fills whole page tables, each mapping 2 MiB.
        """
        tables = ((1 << 32) - PAGE_OFFSET) // PAGE // TABLE_ENTRIES + 4
        return align_up(self.physical("_end") + tables * PAGE, TWO_MIB)

    def brk_end(self) -> int:
        """The boot code's page tables follow __brk_base, one for each 2 MiB."""
        return self.physical("__brk_base") + self.head_mapped() // TWO_MIB * PAGE

    def map_low_memory(self) -> None:
        """init_memory_mapping(): 4 KiB pages at the edges, 2 MiB pages between."""
        self.log.print(DEBUG, f"initial memory mapped : 0 - {self.head_mapped():08x}")
        self.early.reserve(self.physical("__brk_base"), self.brk_end(), "BRK")
        end = self.max_low_pfn * PAGE
        self.log.print(INFO, f"init_memory_mapping: {0:016x}-{end:016x}")
        big = self.cpu["pse"] and not self.params.no_pse
        bottom, top = min(TWO_MIB, end), end // TWO_MIB * TWO_MIB
        if big:
            ranges = [(0, bottom, "4k"), (bottom, top, "2M"), (max(top, bottom), end, "4k")]
        else:
            ranges = [(0, end, "4k")]
        ranges = [entry for entry in ranges if entry[0] < entry[1]]
        for low, high, size in ranges:
            self.log.print(DEBUG, f" {low:010x} - {high:010x} page {size}")
        start = self.find_table_space(end, big)
        if self.brk_end() > end:
            # What the boot code mapped above the end of low memory will be unmapped.
            raise Undefined("the kernel image does not lie in low memory")
        used = self.tables_needed(ranges)
        self.early.reserve(start, start + used * PAGE, "PGTABLE")
        self.test_memory(end)

    def find_table_space(self, end: int, big: bool) -> int:
        """Room for all tables that might be needed, estimated level by level."""
        small = end % TWO_MIB + TWO_MIB if big else end
        entries = [-(-end // (1 << 30)), -(-end // TWO_MIB), -(-small // PAGE), ALL_FIXMAP_PAGES]
        room = sum(align_up(count * 8, PAGE) for count in entries)
        start = self.early.find_area(self.e820.ram(), 0x7000, self.head_mapped(), room, PAGE)
        if start is None:
            raise KernelPanic("Cannot find space for the kernel page tables")
        self.log.print(DEBUG, f"kernel direct mapping tables up to {end:x} @ "
                              f"{start:x}-{start + room:x}")
        return start

    def tables_needed(self, ranges: Iterable[tuple[int, int, str]]) -> int:
        """Page tables for the 4 KiB ranges, less those that the boot code has made.

        The middle level and the fixmap's table are part of the image.
        """
        slots: set[int] = set()
        for low, high, size in ranges:
            if size == "4k":
                slots |= set(range(low // TWO_MIB, -(-high // TWO_MIB)))
        return len([slot for slot in slots if slot * TWO_MIB >= self.head_mapped()])

    def test_memory(self, end: int) -> None:
        """memtest=: patterns over all unreserved low RAM."""
        count = self.params.memtest
        if not count:
            return
        self.log.print(INFO, f"early_memtest: # of tests: {count}")
        for i in range(count):
            self.memtest_pass(MEMTEST_PATTERNS[i % len(MEMTEST_PATTERNS)], end)
        if count > 0 and (count - 1) % len(MEMTEST_PATTERNS) > 0:
            self.log.print(INFO, "early_memtest: wipe out test pattern from memory")
            self.memtest_pass(0, end)

    def memtest_pass(self, pattern: int, end: int) -> None:
        """One pattern over what is free."""
        shown = int.from_bytes(pattern.to_bytes(8, "little"), "big")
        start = 0
        while start < end:
            piece = self.early.find_free_piece(self.e820.ram(), start)
            if piece is None or piece[0] >= end:
                break
            start, stop = piece[0], min(piece[0] + piece[1], end)
            self.log.print(INFO, f"  {start:010x} - {stop:010x} pattern {shown:016x}")
            start = stop

    # --- initrd and bootmem -----------------------------------------------------------

    def move_initrd(self) -> None:
        """reserve_initrd(): one that is not in low memory as a whole is copied there."""
        if not self.initrd or not self.initrd[0] or not self.initrd[1]:
            return
        start, size = self.initrd
        end, low_end = align_up(start + size, PAGE), self.max_low_pfn * PAGE
        if size >= low_end // 2:
            self.early.free(start, end)
            self.log.print(ERR, "initrd too large to handle, disabling initrd")
            return
        self.log.print(INFO, f"RAMDISK: {start:08x} - {end:08x}")
        if end <= low_end:
            return
        room = align_up(size, PAGE)
        new = self.early.find_area(self.e820.ram(), 0, low_end, room, PAGE)
        if new is None:
            raise KernelPanic(f"Cannot find place for new RAMDISK of size {size}")
        self.early.reserve(new, new + room, "NEW RAMDISK")
        self.log.print(INFO, f"Allocated new RAMDISK: {new:08x} - {new + size:08x}")
        self.log.print(INFO, f"Move RAMDISK from {start:016x} - {start + size - 1:016x} to "
                             f"{new:08x} - {new + size - 1:08x}")
        self.early.free(start, end)

    def register_ranges(self) -> None:
        """early_node_map: RAM in whole page frames."""
        self.node_map: list[tuple[int, int]] = []
        for low, high in self.e820.active_ranges(self.max_pfn):
            if self.params.mminit_loglevel > 2:
                self.log.print(DEBUG, "mminit::memory_register Entering add_active_range(0, "
                                      f"{low:#x}, {high:#x}) {len(self.node_map)} entries of "
                                      "256 used")
            self.node_map = merge_ranges(self.node_map + [(low, high)])

    def start_bootmem(self) -> None:
        self.register_ranges()
        self.log.print(NOTICE, f"{mb(self.max_pfn - self.max_low_pfn)}MB HIGHMEM available.")
        self.log.print(NOTICE, f"{mb(self.max_low_pfn)}MB LOWMEM available.")
        end = self.max_low_pfn * PAGE
        map_bytes = Bootmem.map_bytes(self.max_low_pfn)
        room = align_up(map_bytes, PAGE)
        start = self.early.find_area(self.e820.ram(), 0, end, room, PAGE)
        if start is None:
            raise KernelPanic(f"Cannot find bootmem map of size {room}")
        self.early.reserve(start, start + room, "BOOTMAP")
        self.log.print(INFO, f"  mapped low ram: 0 - {end:08x}")
        self.log.print(INFO, f"  low ram: 0 - {end:08x}")
        self.bootmem = Bootmem(self.log, self.params.bootmem_debug, self.max_low_pfn,
                               start // PAGE)
        self.bootmem.say("init_bootmem_core", f"nid=0 start=0 map={start // PAGE:x} "
                                              f"end={self.max_low_pfn:x} mapsize={map_bytes:x}")
        self.log.print(INFO, f"  node 0 low ram: 00000000 - {end:08x}")
        self.log.print(INFO, f"  node 0 bootmap {start:08x} - {start + map_bytes:08x}")
        for low, high in self.node_map:
            if low < self.max_low_pfn:
                self.bootmem.free(low, min(high, self.max_low_pfn))
        self.hand_over_reservations(end)

    def hand_over_reservations(self, end: int) -> None:
        """early_res_to_bootmem(): whole pages, outwards, as far as they are low."""
        entries = self.early.list
        self.log.print(INFO, f"({len(entries)}/{MAX_EARLY_RES} early reservations) ==> bootmem "
                             f"[{0:010x} - {end:010x}]")
        for i, (low, high, name) in enumerate(entries):
            text = f"  #{i} [{low:010x} - {high:010x}] {name:>16}"
            high = min(high, end)
            if low >= high:
                self.log.print(INFO, text)
                continue
            self.log.print(INFO, f"{text} ==> [{low:010x} - {high:010x}]")
            self.bootmem.reserve(low // PAGE, -(-high // PAGE))

    # --- zones ------------------------------------------------------------------------

    def lay_out_zones(self) -> None:
        """paging_init(): one table for pkmap, then the node's mem_map and the zones."""
        self.bootmem.alloc(PAGE, "pkmap page table", align=PAGE)
        self.plan = Plan(self.node_map, self.max_low_pfn, self.max_pfn,
                         self.params.kernelcore, self.params.movablecore)
        self.plan.print(self.log)
        trace = self.params.mminit_loglevel > 2
        if trace:
            for text in ("widths Section 0 Node 0 Zone 2 Flags 23",
                         "shifts Section 0 Node 0 Zone 2",
                         "offsets Section 0 Node 0 Zone 30",
                         "zoneid Zone ID: 30 -> 32",
                         "usage location: 32 -> 30 unused 30 -> 23 flags 23 -> 0"):
                self.log.print(DEBUG, f"mminit::pageflags_layout_{text}")
        spans = [self.plan.sizes(zone)[0] for zone in range(4)]
        self.log.print(DEBUG, f"On node 0 totalpages: {self.plan.total_pages}")
        # mem_map covers whole buddy blocks of the highest order at both ends.
        first = self.plan.node_start // 1024 * 1024
        last = align_up(self.plan.node_start + sum(spans), 1024)
        self.mem_map = self.bootmem.alloc_node((last - first) * PAGE_STRUCT, "mem_map")
        self.mem_map_size = (last - first) * PAGE_STRUCT
        node_mem_map = (PAGE_OFFSET + self.mem_map
                        + (self.plan.node_start - first) * PAGE_STRUCT)
        self.log.print(DEBUG, "free_area_init_node: node 0, pgdat "
                              f"{self.image['contig_page_data']:08x}, "
                              f"node_mem_map {node_mem_map:08x}")
        self.out.zones, self.kernel_pages, self.all_pages = build_zones(
            self.plan, self.log, self.bootmem, trace)

    def finish_setup(self) -> None:
        """The rest of setup_arch, up to the kernel command line."""
        self.bootmem.alloc(RESOURCE_STRUCT * len(self.e820.table), "e820 resources")
        start, size = self.e820.biggest_gap()
        self.log.print(INFO, f"Allocating PCI resources starting at {start:x} "
                             f"(gap: {start:x}:{size:x})")
        for what in ("saved command line", "static command line"):
            self.bootmem.alloc(len(self.cmdline) + 1, what)
        self.print_zonelists()
        grouping = self.all_pages >= MOBILITY_MINIMUM
        self.log.print(DEFAULT, "Built 1 zonelists in Zone order, mobility grouping "
                                f"{'on' if grouping else 'off'}.  Total pages: {self.all_pages}")
        self.log.print(NOTICE, f"Kernel command line: {self.cmdline}")

    def print_zonelists(self) -> None:
        if self.params.mminit_loglevel < 1:
            return
        for index, zone in enumerate(self.out.zones):
            if zone.present:
                names = [f"0:{other.name} " for other in reversed(self.out.zones[:index + 1])
                         if other.present]
                self.log.print(DEBUG, f"mminit::zonelist general 0:{zone.name} = "
                                      + "".join(names))

    def allocate_hashes(self) -> None:
        """PID, dentry and inode hashes, 4 bytes a bucket, sized by low memory."""
        self.allocate_hash("PID", 0, 18, 4096, small=True)
        self.allocate_hash("Dentry cache", self.params.dhash_entries, 13, 0)
        self.allocate_hash("Inode-cache", self.params.ihash_entries, 14, 0)
        for has_it, text in ((self.cpu["fxsr"], "Enabling fast FPU save and restore... done."),
                             (self.cpu["xmm"],
                              "Enabling unmasked SIMD FPU exception support... done.")):
            if has_it:
                self.log.print(INFO, text)
        self.log.print(INFO, "Initializing CPU#0")
        if self.cpu["xsave"]:
            bits, size = self.cpu["xsave"]
            self.log.print(INFO, f"xsave/xrstor: enabled xstate_bv 0x{bits:x}, "
                                 f"cntxt size 0x{size:x}")

    def allocate_hash(self, name: str, entries: int, scale: int, limit: int,
                      small: bool = False) -> None:
        """One bucket for 2^scale bytes of low memory, or as many as the user says."""
        if not entries:
            entries = align_up(self.kernel_pages, 256) * PAGE >> scale
            entries = max(entries, 16) if small else max(entries, PAGE // 4)
        if entries > 1 << 31:
            raise Undefined(f"{name} hash: the number of entries overflows")
        entries = 1 << (entries - 1).bit_length()
        most = limit or (self.all_pages * PAGE >> 4) // 4
        shift = min(entries, most).bit_length() - 1
        while True:
            size = 4 << shift
            if self.bootmem.try_alloc(size, f"{name} hash") is not None:
                break
            if size <= PAGE or shift == 1:
                raise KernelPanic(f"Failed to allocate {name} hash table")
            shift -= 1
        self.log.print(INFO, f"{name} hash table entries: {1 << shift} "
                             f"(order: {size.bit_length() - 1 - 12}, {size} bytes)")

    # --- mem_init ---------------------------------------------------------------------

    def free_memory(self) -> None:
        zones = [zone for zone in self.out.zones if zone.spanned]
        self.bootmem.say("free_all_bootmem_core",
                         f"nid=0 start=0 end={self.max_low_pfn:x} aligned=1")
        released = 0
        for pfn, order in self.bootmem.units_to_free():
            zone = next(z for z in zones if z.start <= pfn < z.end)
            zone.free_block(pfn, order, zone.type_of(pfn))
            released += 1 << order
        self.bootmem.say("free_all_bootmem_core", f"nid=0 released={released:x}")
        self.high_pages = 0
        for index in (HIGHMEM, MOVABLE):
            zone = self.out.zones[index]
            if not self.plan.is_high(index):
                continue
            self.log.print(INFO, f"Initializing {NAMES[index]} for node 0 "
                                 f"({zone.start:08x}:{zone.end:08x})")
            for low, high in self.node_map:
                low, high = max(low, zone.start), min(high, zone.end)
                if low < high:
                    zone.free_run(low, high)
                    self.high_pages += high - low
        self.count_pages(self.count_reserved())

    def count_reserved(self) -> int:
        """Low page frames that are RAM and were not freed.

        What is RAM is looked up among the iomem resources here.  A RAM range can't be
        registered there if it contains only a part of the kernel's code, data or bss,
        which were registered before it; such a range is not counted.
        """
        kernel = [(self.physical(low), self.physical(high)) for low, high in
                  (("_text", "_etext"), ("_etext", "_edata"), ("__bss_start", "__bss_stop"))]
        bootmap = range(self.bootmem.map_pfn, self.bootmem.map_pfn + self.bootmem.map_pages)
        count = 0
        for start, end in self.e820.ram():
            if any(low < end and start < high and not (start <= low and high <= end)
                   for low, high in kernel):
                continue
            low, high = -(-start // PAGE), min(end // PAGE, self.max_low_pfn)
            if low < high:
                count += self.bootmem.taken.count(1, low, high)
                count -= len(range(max(low, bootmap.start), min(high, bootmap.stop)))
        return count

    def count_pages(self, reserved: int) -> None:
        """The Memory: line, and the balance of all page frames."""
        free = sum(zone.free_pages for zone in self.out.zones)
        kib = PAGE // 1024
        code = self.image["_etext"] - self.image["_text"]
        data = self.image["_edata"] - self.image["_etext"]
        init = self.image["__init_end"] - self.image["__init_begin"]
        self.log.print(INFO, f"Memory: {free * kib}k/{self.max_pfn * kib}k available "
                             f"({code >> 10}k kernel code, {reserved * kib}k reserved, "
                             f"{data >> 10}k data, {init >> 10}k init, "
                             f"{self.high_pages * kib}k highmem)")
        self.out.balance = self.balance()
        self.out.values = {
            "max_pfn": self.max_pfn, "max_low_pfn": self.max_low_pfn,
            "totalram_pages": free, "totalhigh_pages": self.high_pages,
            "num_physpages": self.max_pfn, "nr_kernel_pages": self.kernel_pages,
            "nr_all_pages": self.all_pages, "high_memory": self.high_memory,
            "_brk_end": self.brk_end() + PAGE_OFFSET, "mem_map": self.mem_map + PAGE_OFFSET,
            "node_start_pfn": self.plan.node_start, "node_present_pages": self.plan.total_pages,
            "node_spanned_pages": sum(zone.spanned for zone in self.out.zones),
            "last_end_off": self.bootmem.last_end, "hint_idx": self.bootmem.hint,
            "movable_zone": self.plan.movable_from, "reserved_pages": reserved}

    def balance(self) -> Balance:
        """Each page frame below max_pfn once: free, memmap, hole or reserved by an owner."""
        state = bytearray(self.max_pfn)              # 0 is a hole
        RAM_PAGE, FREE, MEMMAP, BOOTMEM, FIRST_OWNER = 1, 2, 3, 4, 5

        def mark(low: int, high: int, value: int, over: int) -> None:
            """Page frames [low, high) that are `over` now become `value`."""
            part = bytes(state[low:high])
            state[low:high] = part.replace(bytes([over]), bytes([value]))

        for low, high in self.node_map:
            mark(low, high, RAM_PAGE, 0)
        for zone in self.out.zones:
            for pfn, order in zone.free_pfns():
                mark(pfn, pfn + (1 << order), FREE, RAM_PAGE)
        mark(self.mem_map // PAGE, (self.mem_map + self.mem_map_size) // PAGE, MEMMAP, RAM_PAGE)
        owners = [(low, high, name) for low, high, name in self.early.list if name != "BOOTMAP"]
        for i, (low, high, _) in enumerate(owners):
            mark(low // PAGE, min(-(-high // PAGE), self.max_low_pfn), FIRST_OWNER + i, RAM_PAGE)
        for low, high, _ in self.bootmem.allocations:
            mark(low // PAGE, -(-high // PAGE), BOOTMEM, RAM_PAGE)
        reserved = {name: state.count(FIRST_OWNER + i)
                    for i, (_, _, name) in enumerate(owners)}
        reserved["bootmem"] = state.count(BOOTMEM)
        result: Balance = {"free": state.count(FREE), "memmap": state.count(MEMMAP),
                           "hole": state.count(0), "reserved": reserved}
        unowned = state.count(RAM_PAGE)
        if unowned or result["free"] != sum(zone.free_pages for zone in self.out.zones):
            raise AssertionError(f"the model's own balance fails: {unowned} pages without owner")
        return result

    def print_layout(self) -> None:
        vmalloc_start = self.high_memory + VMALLOC_OFFSET
        fixaddr_start = FIXADDR_TOP - FIXMAP_PAGES * PAGE
        rows = [("    fixmap  ", fixaddr_start, FIXADDR_TOP, "kB"),
                ("    pkmap   ", PKMAP_BASE, PKMAP_BASE + PKMAP_PAGES * PAGE, "kB"),
                ("    vmalloc ", vmalloc_start, VMALLOC_END, "MB"),
                ("    lowmem  ", PAGE_OFFSET, self.high_memory, "MB"),
                ("      .init ", self.image["__init_begin"], self.image["__init_end"], "kB"),
                ("      .data ", self.image["_etext"], self.image["_edata"], "kB"),
                ("      .text ", self.image["_text"], self.image["_etext"], "kB")]
        lines = ["virtual kernel memory layout:"]
        for name, low, high, unit in rows:
            amount = (high - low) >> (10 if unit == "kB" else 20)
            lines.append(f"{name}: 0x{low:08x} - 0x{high:08x}   ({amount:4d} {unit})")
        self.log.print(INFO, "\n".join(lines))
        self.log.print(INFO, "Checking if this processor honours the WP bit even in supervisor "
                             "mode...Ok.")


def predict(bios_map: Sequence[Range], cmdline: str, cpu: Cpu, image: Symbols,
            initrd: tuple[int, int] | None = None) -> Prediction:
    """The outcome of a boot as a Prediction.

    bios_map: [(start, end, type number)], bytes, ends exclusive.
    cmdline: as the boot loader passes it, BOOT_IMAGE=... included; memdawn.* words are
             taken out here.
    cpu: see cpu_facts().  image: see image_from_elf().
    initrd: None or (physical start, size in bytes).
    """
    cmdline = command_line.without_own_words(cmdline)
    return Boot(bios_map, cmdline, cpu, image, initrd).run()
