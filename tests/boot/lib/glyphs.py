# SPDX-License-Identifier: GPL-2.0-only
"""Text read back from the pixels of a screendump, by the console's own font."""

import dataclasses
import re

from boot import ROOT

FONT = ROOT / "src" / "arch" / "i386" / "console" / "font_8x16.c"
WIDTH, HEIGHT = 8, 16
GREY, BLACK = b"\xaa\xaa\xaa", b"\0\0\0"
CURSOR = 0xFFFF           # the last two rows of a cell


class NoGlyph(Exception):
    """A cell is none of the font's characters."""


def font():
    """A glyph's rows, as one number of 128 bits, to its character."""
    rows = re.findall(r"\{ (0x\w{8}), (0x\w{8}), (0x\w{8}), (0x\w{8}) \},\t/\* (.+) \*/",
                      FONT.read_text(encoding="ascii"))
    glyphs = {int("".join(word[2:] for word in words), 16): name for *words, name in rows}
    assert len(glyphs) == 96 and sum(len(name) > 1 for name in glyphs.values()) == 2
    return {bits: " " if name == "space" else name[0] for bits, name in glyphs.items()}


@dataclasses.dataclass
class Picture:
    """A screendump: what QEMU's monitor writes as PPM."""
    width: int
    height: int
    pixels: bytes

    def cell(self, column, row):
        """The bits of a cell, by rows from the top. Grey and black is all that may be there."""
        bits = 0
        for y in range(row * HEIGHT, (row + 1) * HEIGHT):
            at = 3 * (y * self.width + column * WIDTH)
            line = self.pixels[at:at + 3 * WIDTH]
            for x in range(0, 3 * WIDTH, 3):
                colour = line[x:x + 3]
                if colour not in (GREY, BLACK):
                    raise NoGlyph(f"colour {colour.hex()} in line {y}")
                bits = bits << 1 | (colour == GREY)
        return bits


def load(path):
    """A Picture from a file."""
    kind, size, most, pixels = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    assert (kind, most, len(pixels)) == (b"P6", b"255", 3 * width * height)
    return Picture(width, height, pixels)


def text(picture):
    """(lines, where the cursor is as (column, row)). Raises NoGlyph."""
    known = font()
    empty = bytes(3 * picture.width * HEIGHT)
    lines, cursors = [], []
    for row in range(picture.height // HEIGHT):
        at = 3 * picture.width * HEIGHT * row
        line = ""
        if picture.pixels[at:at + len(empty)] != empty:
            for column in range(picture.width // WIDTH):
                bits = picture.cell(column, row)
                if bits & CURSOR == CURSOR:
                    cursors.append((column, row))
                    bits &= ~CURSOR
                if bits not in known:
                    raise NoGlyph(f"in column {column}, row {row}: {bits:032x}")
                line += known[bits]
        lines.append(line.rstrip())
    if len(cursors) > 1:
        raise NoGlyph(f"cursors at {cursors}")
    return lines, cursors[0] if cursors else None
