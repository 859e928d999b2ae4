# SPDX-License-Identifier: GPL-2.0-only
"""The model of a machine with several nodes, against the real 2.6.34's logs: from the SRAT's lines to the last
zone's it says every line. No kernel of ours is needed here."""

import re

import pytest

from boot import PAGE_SIZE, assert_same, cases, lines_of
from expected import reservations
from memdawn.model.nodes import Chunk, Nodes, nodes_boot

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
    first = next(i for i, line in enumerate(lines) if line.startswith(("CPU 00 in", "Memory range", "could not find any")))
    last = max(i for i, line in enumerate(lines) if re.match(r"  \w+ zone: ", line))
    return [line for line in lines[first:last + 1] if not OTHER.match(line)]


@pytest.mark.parametrize("reference", cases("numa"))
def test_reference(reference):
    """Every line of the reference's part."""
    lines = lines_of(reference)
    # What is in use by then; KVA's own reservations are what the model finds out.
    held = [span for name, span in reservations(lines).items() if not name.startswith(("KVA", "BOOTMAP"))]
    nodes = Nodes(ram_of(lines), held, number(lines, "last_pfn = 0x([0-9a-f]+)"),
                  number(lines, r"kva_start_pfn ~ [0-9a-f]+ max_low_pfn ~ ([0-9a-f]+)"))
    assert_same(nodes_boot(nodes, *chunks_of(lines)), nodes_lines(lines), "the model")
