# SPDX-License-Identifier: GPL-2.0-only
"""Random machines with several nodes, and the firmware's tables that describe them."""

import dataclasses
import random
import struct
from collections.abc import Sequence

from memdawn.model.e820 import PAGE, RAM, RESERVED, Range
from memdawn.model.nodes import Chunk, MAX_CHUNKS_READ, MAX_NODES, cut, without

Frames = tuple[int, int]

MIB = 256                        # page frames
GIB = 1024 * MIB
BIOS_AT, BIOS_END = 0xF0000, 0x100000
MOST = 60 * GIB                  # all page frames of a machine, with room below what 36 bits can address
# The image and what the boot keeps beside it; a page of a node's own has no hole there.
IMAGE: Frames = (16 * MIB, 32 * MIB)
PCI_HOLE: Frames = (3 * GIB, 4 * GIB)


@dataclasses.dataclass
class NodeCase:
    """A machine.

    ranges -- its memory map;  chunks -- the SRAT's, in the table's order;  cpus -- (APIC's number, domain)
    """
    ranges: list[Range]
    chunks: list[Chunk]
    cpus: list[tuple[int, int]]

    @property
    def ram(self) -> list[Frames]:
        """RAM in bytes, as the kernel has it."""
        return [(max(start, PAGE), end) for start, end, kind in self.ranges if kind == RAM]


def border(rng: random.Random, last: int) -> int:
    """A page frame where a node may begin: round numbers are likelier."""
    step = rng.choice([1, 1, 512, 1024, 1 << 14, GIB])
    return min(last, -(-rng.randrange(1, last + 1) // step) * step)


def sizes(rng: random.Random, count: int) -> list[int]:
    """Sizes of pieces in page frames: from one page to 16 GiB, the first with the kernel in it."""
    result = []
    for number in range(count):
        shift = rng.choice([0, 6, 9, 12, 14, 16, 18, 19, 20, 21, 22])
        size = rng.randrange(1 << shift, (1 << shift) + rng.choice([1, 1 << shift]))
        step = rng.choice([1, 1, 512, 1 << 14])
        size = min(16 * GIB, -(-size // step) * step)
        result.append(max(size, 64 * MIB) if number == 0 and rng.random() < 0.8 else size)
    while sum(result) > MOST:
        result[result.index(max(result))] //= 4
    return result


def owners(rng: random.Random, count: int) -> list[int]:
    """Whose each piece is: one node's after another, or nodes that lie in each other."""
    nodes = rng.randrange(1, min(count, MAX_NODES) + 1)
    if rng.random() < 0.5:
        return sorted(rng.randrange(nodes) for _ in range(count))
    return [rng.randrange(nodes) for _ in range(count)]


def holes(rng: random.Random, end: int) -> list[Frames]:
    """What is no RAM: the place for devices below 4 GiB, and some more, small and large."""
    result = [PCI_HOLE] if end > PCI_HOLE[0] and rng.random() < 0.7 else []
    for _ in range(rng.choice([0, 0, 1, 3, 10])):
        start = border(rng, end)
        result.append((start, start + rng.randrange(1, 1 << rng.choice([1, 8, 12, 16]))))
    return [part for hole in result for part in without([hole], *IMAGE)]


def random_nodes(rng: random.Random) -> NodeCase:
    """A machine. All of its RAM is in a node; its chunks may reach into holes, and beyond all RAM."""
    pieces = sizes(rng, rng.randrange(1, MAX_CHUNKS_READ - 1))
    end = max(sum(pieces), IMAGE[1] + 32 * MIB)
    pieces[-1] += end - sum(pieces)
    domains = sorted(rng.sample(range(256), MAX_NODES))
    chunks, at = [], 0
    for size, nid in zip(pieces, owners(rng, len(pieces))):
        chunks.append(Chunk(at, at + size, domains[nid], rng.random() < 0.1))
        at += size
    if rng.random() < 0.2:          # memory that may come later
        chunks.append(Chunk(end + 64 * MIB, end + GIB, chunks[-1].pxm, True))
    rng.shuffle(chunks)
    used = sorted({chunk.pxm for chunk in chunks})
    if len(used) < MAX_NODES and rng.random() < 0.2:        # a CPU whose node has no memory
        used.append(next(pxm for pxm in domains if pxm not in used))
    ram = [(0, 0x9F), (0x100, end)]
    for hole in holes(rng, end):
        ram = without(ram, *hole)
    ranges = [(low * PAGE, high * PAGE, RAM) for low, high in ram]
    ranges.append((BIOS_AT, BIOS_END, RESERVED))
    return NodeCase(sorted(ranges), chunks, list(enumerate(used)))


def hostile(rng: random.Random, case: NodeCase) -> tuple[NodeCase, str]:
    """The machine with an SRAT that can't be used, and what is said of it."""
    chunks = list(case.chunks)
    frames = [(low // PAGE, high // PAGE) for low, high in case.ram]
    with_ram = [chunk for chunk in chunks if cut(frames, chunk.start, chunk.end)]
    chosen = rng.choice(with_ram)
    others = [pxm for _, pxm in case.cpus if pxm != chosen.pxm]
    other = rng.choice(others) if others else (chosen.pxm + 1) % 256
    kind = rng.choice(["gap", "overlap", "domains"])
    if kind == "gap":
        chunks.remove(chosen)
        said = "SRAT: page frame " if chunks else "could not find any ACPI SRAT memory areas."
    elif kind == "overlap":
        chunks = chunks[:MAX_CHUNKS_READ - 1] + [Chunk(chosen.start, chosen.end, other)]
        said = "SRAT: page frames "
    else:
        chunks = [Chunk(chunk.start, chunk.end, 0) for chunk in chunks]
        case = dataclasses.replace(case, cpus=[(number, 10 + number) for number in range(MAX_NODES)])
        said = f"SRAT: {MAX_NODES + 1} proximity domains"
    return dataclasses.replace(case, chunks=chunks), said


# --- the firmware's tables -----------------------------------------------------------------------

def table(signature: bytes, body: bytes) -> bytes:
    """A table with its header and its checksum."""
    made = bytearray(struct.pack("<4sIBB6s8sI4sI", signature, 36 + len(body), 1, 0, b"MEMDWN", b"RANDOM  ", 1, b"MDWN", 1)
                     + body)
    made[9] = -sum(made) & 0xFF
    return bytes(made)


def srat(case: NodeCase) -> bytes:
    """The table of nodes."""
    body = struct.pack("<IQ", 1, 0)
    for apic, pxm in case.cpus:
        body += struct.pack("<BBBBIQ", 0, 16, pxm, apic, 1, 0)
    for chunk in case.chunks:
        body += struct.pack("<BBIHQQIIQ", 1, 40, chunk.pxm, 0, chunk.start * PAGE, (chunk.end - chunk.start) * PAGE,
                            0, 3 if chunk.removable else 1, 0)
    return table(b"SRAT", body)


def bios(tables: Sequence[bytes]) -> bytes:
    """What lies at 0xe0000: nothing, then from BIOS_AT on the pointer to the list of tables, the list, the tables."""
    at = BIOS_AT + 64 + 36 + 4 * len(tables)
    addresses = []
    for one in tables:
        addresses.append(at)
        at += len(one)
    rsdp = bytearray(struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"MEMDWN", 0, BIOS_AT + 64))
    rsdp[8] = -sum(rsdp) & 0xFF
    listed = table(b"RSDT", b"".join(struct.pack("<I", address) for address in addresses))
    return bytes(BIOS_AT - 0xE0000) + bytes(rsdp).ljust(64, b"\0") + listed + b"".join(tables)


def whole_frames(case: NodeCase) -> int:
    """Page frames of RAM, page 0 left out."""
    return sum(end - start for start, end in cut([(low // PAGE, high // PAGE) for low, high in case.ram], 1, 1 << 24))
