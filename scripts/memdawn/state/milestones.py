# SPDX-License-Identifier: GPL-2.0-only
"""The boot's milestones, in their order: the moments at which a state is worth a look.

Each is the moment right before a function is entered, or right after it has returned.
src/README.md tells what lies between them.
"""

import dataclasses

from memdawn import elf


@dataclasses.dataclass(frozen=True)
class Milestone:
    """`when` is "before" or "after" the function."""
    name: str
    when: str
    function: str
    meaning: str


MILESTONES = (
    Milestone("loaded", "before", "startup_32",
              "the loader has put the image to 16 MiB; no paging, no stack, nothing cleared"),
    Milestone("paging", "before", "i386_start_kernel",
              "the first page tables map the image and a little more; the first C code"),
    Milestone("raw-map", "after", "multiboot2_parse",
              "the loader's memory map is copied, as raw as it came"),
    Milestone("sanitized", "after", "setup_memory_map",
              "the map is sorted and disjoint; the log's first lines"),
    Milestone("user-map", "after", "finish_e820_parsing",
              "mem=, memmap= and the other early parameters have been obeyed"),
    Milestone("trimmed", "after", "mtrr_trim_uncached_memory",
              "page 0, the BIOS's hole and RAM that is not cacheable are out: max_pfn is known"),
    Milestone("low-limit", "after", "find_low_pfn_range",
              "max_low_pfn is known: where low memory ends and high memory begins"),
    Milestone("mapped", "after", "init_memory_mapping",
              "all low memory is mapped at PAGE_OFFSET, with page tables taken from RAM"),
    Milestone("reserved", "before", "initmem_init",
              "the early reservations are complete: image, page tables, RAM disk, BIOS"),
    Milestone("boot-allocator", "after", "initmem_init",
              "RAM is registered in early_node_map, the boot allocator serves"),
    Milestone("zones", "after", "paging_init",
              "pkmap's page table, the zones and mem_map, every page of it reserved"),
    Milestone("zonelists", "after", "build_all_zonelists",
              "the zones' fallback order and the per-cpu lists of the boot"),
    Milestone("handover", "before", "mem_init",
              "the boot allocator has served for the last time"),
    Milestone("buddy", "after", "mem_init",
              "every free page frame is in the buddy allocator; address 0 is unmapped"),
    Milestone("slab", "after", "kmem_cache_init",
              "caches for the caches themselves, kmalloc()"),
    Milestone("per-cpu", "after", "setup_per_cpu_pageset",
              "single pages come from lists of their own, in batches"),
    Milestone("caches", "after", "vfs_caches_init",
              "Linux's caches are there, and the limits that follow from memory's size"),
    Milestone("end", "after", "mark_rodata_ro",
              "the boot's own memory is given back, text and constants are write-protected"),
)


def by_name(name: str) -> Milestone:
    """A milestone. Raises KeyError with the names there are."""
    for milestone in MILESTONES:
        if milestone.name == name:
            return milestone
    raise KeyError(f"no milestone '{name}' (there are: "
                   + ", ".join(milestone.name for milestone in MILESTONES) + ")")


def call_sites(image: elf.Elf, function: str) -> tuple[list[int], list[int]]:
    """The addresses after each call of a function, and of each jump to it: (returns, jumps)."""
    target = image.symbol_values()[function]
    returns: list[int] = []
    jumps: list[int] = []
    for section in image.sections:
        if section.name not in (".text", ".init.text"):
            continue
        code = section.data
        for opcode, found in ((b"\xe8", returns), (b"\xe9", jumps)):
            at = code.find(opcode)
            while 0 <= at <= len(code) - 5:
                after = section.address + at + 5
                distance = int.from_bytes(code[at + 1:at + 5], "little", signed=True)
                if (after + distance) & 0xffffffff == target:
                    found.append(after)
                at = code.find(opcode, at + 1)
    return returns, jumps


def function_of(image: elf.Elf, address: int) -> str:
    """The function in which an address lies."""
    inside = [symbol for symbol in image.symbols if symbol.type == elf.FUNCTION
              and symbol.value <= address < symbol.value + max(symbol.size, 1)]
    if not inside:
        raise ValueError(f"no function at {address:#x}")
    return inside[0].name


def address_of(image: elf.Elf, milestone: Milestone) -> int:
    """Where to stop for a milestone. A function that ends its caller (a jump instead of a call)
    has returned when the caller has. Raises ValueError where a function is called from more
    than one place."""
    if milestone.when == "before":
        return image.symbol_values()[milestone.function]
    function = milestone.function
    while True:
        returns, jumps = call_sites(image, function)
        if len(returns) == 1 and not jumps:
            return returns[0]
        if returns or len(jumps) != 1:
            raise ValueError(f"{function}() is called from {len(returns) + len(jumps)} places: "
                             f"there is no moment '{milestone.name}'")
        function = function_of(image, jumps[0] - 1)
