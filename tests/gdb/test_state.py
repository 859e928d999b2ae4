# SPDX-License-Identifier: GPL-2.0-only
"""What the readers are made of, without a machine: against the obvious way to do the same."""

import os
import random

import pytest

from memdawn.debugger import show
from memdawn.state import boot_memory, derivation, kernel, pages
from memdawn.state.c_types import Array, Number, Struct
from memdawn.state.target import Unreadable, Target

SEED = os.environ.get("MEMDAWN_SEED", "gdb")


class Ring(Target):
    """A kernel that has nothing but a log of `size` bytes."""

    def __init__(self, text, size):
        self.kind = Array(Number(1), size, text=True)
        self.numbers = {"log_start": max(0, len(text) - size), "log_end": len(text)}
        self.buffer = bytearray(size)
        for at, byte in enumerate(text.encode("ascii")):
            self.buffer[at % size] = byte

    def require_c(self):
        """It is always there."""

    def value(self, name, file=None):
        return self.numbers[name]

    def find(self, name, file=None):
        return 0, self.kind

    def read(self, address, size):
        return bytes(self.buffer[address:address + size])


@pytest.mark.parametrize("size", [64, 70, 71, 72, 73, 200])
def test_log_that_has_overwritten_its_beginning(size):
    """Only whole lines, each with its level; the last one may be unfinished."""
    lines = [f"<{number % 8}>line {number}" for number in range(11)]
    text = "\n".join(lines)
    kept = text[-size:] if len(text) > size else text
    if len(text) > size:
        kept = kept.partition("\n")[2]
    want = [{"level": int(line[1]), "text": line[3:]} for line in kept.split("\n")]
    assert kernel.dmesg(Ring(text, size)) == want


def test_pieces_of_ranges():
    """cut(), overlap() and size_of() against one bool for each number."""
    draw = random.Random(SEED)
    for _ in range(300):
        def some():
            borders = sorted(draw.sample(range(40), 2 * draw.randrange(6)))
            return list(zip(borders[::2], borders[1::2]))
        ranges, holes = some(), some()
        inside = {n for start, end in ranges for n in range(start, end)}
        outside = {n for start, end in holes for n in range(start, end)}
        left = pages.cut(ranges, holes)
        assert {n for start, end in left for n in range(start, end)} == inside - outside, (
            ranges, holes)
        assert all(start < end for start, end in left) and left == sorted(left)
        assert pages.size_of(left) == len(inside - outside)
        assert {n for start, end in pages.overlap(ranges, 10, 30)
                for n in range(start, end)} == inside & set(range(10, 30))


def test_bits_as_ranges():
    """A bitmap as runs, against its bits one by one."""
    draw = random.Random(SEED)
    for _ in range(200):
        count, first = draw.randrange(1, 200), draw.randrange(1000)
        bits = [draw.random() < 0.3 for _ in range(count)]
        data = bytes(sum(bit << at for at, bit in enumerate(bits[start:start + 8]))
                     for start in range(0, count, 8))
        runs = boot_memory.bits_as_ranges(data, first, count)
        assert [bit for start, end, bit in runs for _ in range(start, end)] == bits
        assert runs[0][0] == first and runs[-1][1] == first + count
        assert all(a[2] != b[2] and a[1] == b[0] for a, b in zip(runs, runs[1:]))


class Links(Target):
    """A kernel that has nothing but links: address to (next, prev)."""

    def __init__(self, links):
        self.links = links
        self.page_offset = 0xC0000000

    def type(self, name):
        return Struct("list_head", 8, {"next": (0, Number(4)), "prev": (4, Number(4))})

    def read(self, address, size):
        if address not in self.links:
            raise Unreadable(f"{address:#x}")
        return b"".join(link.to_bytes(4, "little") for link in self.links[address])


A, B, C = 0xC0000100, 0xC0000200, 0xC0000300


@pytest.mark.parametrize("links, entries", [
    ({A: (A, A)}, []),
    ({A: (B, C), B: (C, A), C: (A, B)}, [B, C]),
    ({A: (0, 0)}, None),                                  # never initialised
    ({A: (B, B), B: (B, A)}, None),                       # goes round without its head
    ({A: (B, C), B: (C, A), C: (A, A)}, None),            # a link backwards is wrong
    ({A: (B, B), B: (C, A)}, None),                       # leads where nothing is
    ({A: (B, B), B: (0x1000, A)}, None)])                 # leads out of the kernel
def test_walk_along_a_list(links, entries):
    """A list that is damaged, or half changed, is told; it is never walked for ever."""
    if entries is None:
        with pytest.raises(Unreadable):
            list(Links(links).walk(A))
    else:
        assert list(Links(links).walk(A)) == entries


class Texts(Target):
    """A kernel that has nothing but strings."""

    def __init__(self, texts):
        self.texts = texts

    def string(self, address, longest=64):
        return self.texts[address]


KINDS = dict(enumerate(("BORDER_PFN", "BORDER_BYTES", "BORDER_CUT", "BORDER_TEXT")))


@pytest.mark.parametrize("kind, value, lost, why, lines", [
    (0, 0x1000, 0, "", ["a border:                   pfn     4096 (16 MB)"]),
    (0, 0x1000, 0, "by a=1", ["a border:                   pfn     4096 (16 MB), by a=1"]),
    (0, 0, 0, "by a=1", []),
    (1, 3 << 20, 0, "the default", ["a border:                   3072 kB, the default"]),
    (2, 0x1000, 4095, "by a", ["a border:                   4095 pages (16380 kB) from pfn 4096 on, by a"]),
    (2, 0x1000, 4096, "by a", ["a border:                   4096 pages (16 MB) from pfn 4096 on, by a"]),
    (2, 0x1000, 0, "by a", []),
    (3, 0, 0, "a=1", ["a border:                   a=1"]),
    (3, 0, 0, "", [])])
def test_border(kind, value, lost, why, lines):
    """A record as a line, or as none where nothing is decided."""
    border = {"what": 7, "kind": kind, "value": value, "before": value + lost, "lost": lost,
              "why": why}
    found = derivation.step(Texts({7: "a border:"}), border, KINDS)
    assert show.derivation({"steps": [found] if found else []}) == lines
