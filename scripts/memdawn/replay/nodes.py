# SPDX-License-Identifier: GPL-2.0-only
"""A log of a kernel for several nodes: such a kernel is booted on its map, with its SRAT.

The lines that say it are those of 2.6.27 to 2.6.38, in which each node's struct pages lie in its own memory and are
mapped below max_low_pfn (remap_numa_kva)."""

import re

from memdawn.model.nodes import Chunk
from memdawn.replay import boots
from memdawn.replay.facts import facts_of
from memdawn.replay.found import Found
from memdawn.replay.step import Figures, Step, flat

REMAP = re.compile(r"remap_numa_kva: node \d{1,3}$")
RANGE = re.compile(r"Memory range ([0-9a-f]{1,8}) to ([0-9a-f]{1,8}) in proximity domain ([0-9a-f]{1,2})\b")
CHUNK = re.compile(r"chunk \d{1,3} nid (\d{1,3}) start_pfn ([0-9a-f]{1,8}) end_pfn ([0-9a-f]{1,8})$")
MOST_CHUNKS = 100               # more than any kernel of these read
CPU = re.compile(r"CPU ([0-9a-f]{1,2}) in proximity domain ([0-9a-f]{1,2})$")


def chunks_of(found: Found) -> list[Chunk]:
    """The SRAT's chunks: as it has them, else as the kernel has sorted them."""
    ranges = [Chunk(int(match[1], 16), int(match[2], 16), int(match[3], 16))
              for match in map(RANGE.match, found.lines) if match]
    chunks = ranges or [Chunk(int(match[2], 16), int(match[3], 16), int(match[1]))
                        for match in map(CHUNK.match, found.lines) if match]
    return [chunk for chunk in chunks if chunk.start < chunk.end][:MOST_CHUNKS]


def steps(found: Found) -> list[Step]:
    """The boot of a kernel for several nodes, where the log is of one. Where that has not been built, a note."""
    if not any(map(REMAP.match, found.lines)):
        return []
    chunks = chunks_of(found)
    cpus = [(int(match[1], 16), int(match[2], 16)) for match in map(CPU.match, found.lines) if match]
    cpus = cpus[:MOST_CHUNKS]
    try:
        machine = boots.FastNodes(chunks, cpus)
    except boots.ReplayError:
        note = "that kernel is one for several nodes: make replay-fast NODES=1 builds what explains its figures"
        if note not in found.notes:
            found.notes.append(note)
        return []

    def figures(_: Figures) -> Figures:
        try:
            return flat(facts_of(machine.boot(found.ranges, " ".join(found.words), [])))
        except boots.ReplayError as error:
            found.notes.append(f"a kernel for several nodes can't boot on these nodes: {error}")
            return {}
    count = len({chunk.pxm for chunk in chunks} | {pxm for _, pxm in cpus}) if chunks else 1
    what = f"{count} nodes by FILE's SRAT" if chunks else "one node, without an SRAT"
    return [Step(f"CONFIG_NUMA, CONFIG_DISCONTIGMEM: {what}; each node's struct pages lie at its end and are mapped "
                 "below max_low_pfn (2.6.34's kernel for several nodes, booted)", [], figures=figures)]
