# SPDX-License-Identifier: GPL-2.0-only
"""The lines of a text as the kernel printed them: without what stands in front of them, what was put
into one line apart again, what was wrapped whole again.

Lines that are known (kernel_lines.py) are found wherever they begin. The others lose the prefix that
the known ones have. What is known to be longer than it is, is continued by the next lines as far as
these make it whole."""

import dataclasses
import itertools
import re
from collections.abc import Sequence

from memdawn.logs.dress import Dress
from memdawn.logs.kernel_lines import HINT, START, Kind, indent_of, kind_of

OURS = "memdawn: "
MOST_CONTINUATIONS = 4
MOST_COMMAND_LINES = 12
MEMORY_NAMES = r"mem|memmap|highmem|vmalloc|kernelcore|movablecore|reservetop|crashkernel"
MEMORY_WORD = re.compile(rf"(?<![\w.-])(?:{MEMORY_NAMES})=[^\s;)\"]+")

# Two records in one line, each with its time.
JOINED = re.compile(r"(?<=[A-Za-z.)])(?=\[ {0,4}\d{1,5}\.\d{6}\] )")


@dataclasses.dataclass
class Line:
    """A line of a kernel's log.

    number -- the line of the text in which it begins, from 1 on
    text   -- as the kernel printed it
    kind   -- what it is, if it is known
    whole  -- False: its end is missing
    """
    number: int
    text: str
    kind: Kind | None = None
    whole: bool = True


@dataclasses.dataclass
class Piece:
    """A part of a line of the text: what stands before a known line, or one from its beginning on."""
    number: int
    text: str
    kind: Kind | None
    last: bool              # nothing follows in the same line
    prefix: str = ""


def pieces_of(number: int, line: str) -> list[Piece]:
    """A line of the text, cut where known ones begin."""
    if not HINT.search(line):
        return [Piece(number, line, None, True)]
    starts = list(START.finditer(line))
    before = line[:starts[0].start()] if starts else line
    if not starts or OURS in before:
        return [Piece(number, line, None, True)]
    ends = [*(match.start() for match in starts[1:]), len(line)]
    return [Piece(number, line[match.start():end].rstrip(), kind_of(match), end == len(line),
                  before if match is starts[0] else "")
            for match, end in zip(starts, ends)]


def apart(lines: Sequence[str]) -> list[Piece]:
    """All pieces of a text."""
    pieces: list[Piece] = []
    for number, line in enumerate(lines, 1):
        for part in JOINED.split(line) if "[" in line else [line]:
            pieces += pieces_of(number, part)
    return pieces


def joined(piece: Piece, following: Sequence[str]) -> tuple[str, int] | None:
    """The piece made whole by the next lines, and by how many of them; None: they don't. A line may
    have been cut at a blank, which is gone, or within a word."""
    assert piece.kind
    texts = [piece.text]
    for count, more in enumerate(following, 1):
        if not more:
            continue
        texts = [text.rstrip() + gap + more for text, gap in itertools.product(texts, (" ", ""))]
        for text in texts:
            if piece.kind.whole.match(text):
                return text, count
    return None


def gap_between(first: str, second: str) -> str:
    """What stood where a command line was wrapped: a blank, unless a word was cut."""
    left, right = first.split(" ")[-1], second.split(" ")[0]
    if first.endswith(" "):
        return ""
    glued, apart_too = MEMORY_WORD.search(left + right), MEMORY_WORD.search(right)
    if glued and not apart_too and (not MEMORY_WORD.search(left) or re.match(r"[\dkKmMgG@#$]", right)):
        return ""
    return " "


def command_line(text: str, following: Sequence[str]) -> tuple[str, int]:
    """A command line with its wrapped rest, and the lines that this took: as far as they say
    something about memory."""
    best, used, words = text, 0, len(MEMORY_WORD.findall(text))
    longest = ""
    for count, more in enumerate(following, 1):
        if not more:
            break
        text = text + gap_between(text, more) + more
        found = MEMORY_WORD.findall(text)
        if len(found) > words or "".join(found) > longest and found != MEMORY_WORD.findall(best):
            best, used, words, longest = text, count, len(found), "".join(found)
    return best, used


def following_texts(pieces: Sequence[Piece], place: int, dress: Dress, most: int) -> list[str]:
    """What the next lines of the text say, up to the next known one."""
    texts = []
    for piece in pieces[place + 1:place + 1 + most]:
        if piece.kind:
            break
        texts.append(dress.continuation(piece.text).rstrip("\n"))
    return texts


def mended(pieces: Sequence[Piece], place: int, dress: Dress) -> tuple[Line, int]:
    """A known line as whole as it can be made, and how many of the next lines it took."""
    piece = pieces[place]
    assert piece.kind
    text, used, whole = piece.text, 0, bool(piece.kind.whole.match(piece.text))
    if piece.last and piece.kind.name == "command line":
        following = following_texts(pieces, place, dress, MOST_COMMAND_LINES)
        text, used = command_line(text, following)
    elif piece.last and not whole:
        found = joined(piece, following_texts(pieces, place, dress, MOST_CONTINUATIONS))
        if found:
            (text, used), whole = found, True
    return Line(piece.number, " " * indent_of(piece.kind, text) + text, piece.kind, whole), used


def undress(lines: Sequence[str]) -> list[Line]:
    """A text's lines as the kernel printed them."""
    pieces = apart(lines)
    dress = Dress((piece.prefix, indent_of(piece.kind, piece.text))
                  for piece in pieces if piece.kind and piece.prefix)
    result, place = [], 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.kind:
            line, used = mended(pieces, place, dress)
            place += used
        else:
            line = Line(piece.number, dress.rest(piece.text).rstrip())
        result.append(line)
        place += 1
    return result


def texts_of(lines: Sequence[Line]) -> list[str]:
    """Lines without their numbers."""
    return [line.text for line in lines]
