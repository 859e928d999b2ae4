# SPDX-License-Identifier: GPL-2.0-only
"""What a log says of a machine with several nodes, in the form in which the model takes it."""

import re

from boot import LOAD_PFN, PAGE_SIZE
from expected import reservations
from memdawn.model.nodes import Chunk, Nodes

# They come from a step that is another one's subject, or lie outside of it.
OTHER = re.compile(r"\(\d+/32 early reservations\)|  #\d+ ")
BIOS = (0xA0, 0x100)        # pages of its area


def number(lines, pattern):
    """The hexadecimal number in the only line of a pattern."""
    found = [match[1] for line in lines if (match := re.match(pattern, line))]
    assert len(found) == 1, pattern
    return int(found[0], 16)


def ram_of(lines):
    """RAM as the kernel has it: page 0 and the BIOS's area are none, whatever the map says."""
    ram = [(int(match[1], 16), int(match[2], 16)) for line in lines if (match := re.match(
        r" BIOS-e820: (\w+) - (\w+) \(usable\)", line))]
    low, high = (page * PAGE_SIZE for page in BIOS)
    parts = [part for start, end in ram for part in ((max(start, PAGE_SIZE), min(end, low)), (max(start, high), end))]
    return [(start, end) for start, end in parts if start < end]


def chunks_of(lines):
    """The SRAT's chunks and CPUs, in the table's order."""
    chunks = [Chunk(int(match[1], 16), int(match[2], 16), int(match[3], 16), match[4] is not None)
              for line in lines if (match := re.match(
                  r"Memory range (\w+) to (\w+) in proximity domain (\w+) enabled( and removable)?$", line))]
    cpus = [(int(match[1], 16), int(match[2], 16)) for line in lines if (match := re.match(
        r"CPU (\w\w) in proximity domain (\w\w)$", line))]
    return chunks, cpus


def nodes_lines(lines):
    """The part of a log that the model says."""
    first = next(i for i, line in enumerate(lines) if re.match("CPU .. in |Memory range |could not find any |NUMA - single node", line))
    last = lines.index("Using APIC driver default")
    return [line for line in lines[first:last] if not OTHER.match(line)]


def later_lines(lines):
    """What the model says of a log after that."""
    return [line for line in lines if line.startswith(("Built ", "Policy zone: ", "Initializing HighMem "))]


def nodes_of(lines, ram, max_low_pfn):
    """The model's Nodes. What is in use by then is the log's; KVA's own reservations are what the model finds out. A
    boot that ends before the list has the image, at least."""
    found = reservations(lines) or {"TEXT DATA BSS": (LOAD_PFN * PAGE_SIZE, (LOAD_PFN + 1) * PAGE_SIZE)}
    held = [span for name, span in found.items() if not name.startswith(("KVA", "BOOTMAP", "NODE_DATA"))]
    return Nodes(ram, held, number(lines, "last_pfn = 0x([0-9a-f]+)"), max_low_pfn)
