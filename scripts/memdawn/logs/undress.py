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

from memdawn.logs.bootlog import OURS
from memdawn.logs.dress import Dress
from memdawn.logs.kernel_lines import NAMELESS, START, Kind, indent_of, kind_of, may_be_known

MOST_CONTINUATIONS = 4
MOST_START = 60         # characters of the longest beginning of a known line
MOST_COMMAND_LINES = 12
MEMORY_NAMES = r"mem|memmap|highmem|vmalloc|kernelcore|movablecore|reservetop|crashkernel"
MEMORY_WORD = re.compile(rf"(?<![\w.-])(?:{MEMORY_NAMES})=[^\s;)\"]+")

# What is left of a number that was cut.
REST, DIGITS = re.compile(r"x?[0-9a-f]+"), re.compile(r"\d+")

# Two records in one line, each with its time.
JOINED = re.compile(r"(?<=[A-Za-z.)])(?=\[ {0,4}\d{1,5}\.\d{6}\] )")


@dataclasses.dataclass
class Line:
    """A line of a kernel's log.

    number -- the line of the text in which it begins, from 1 on
    text   -- as the kernel printed it
    kind   -- what it is, if it is known
    whole  -- False: its end is missing
    bare   -- it has lost the blanks that the kernel printed in front of it
    """
    number: int
    text: str
    kind: Kind | None = None
    whole: bool = True
    bare: bool = False


@dataclasses.dataclass
class Piece:
    """A part of a line of the text: what stands before a known line, or one from its beginning on."""
    number: int
    text: str
    kind: Kind | None
    last: bool              # nothing follows in the same line
    prefix: str = ""
    at_edge: bool = False   # the line is as long as lines can be there: it may have been cut in a word


def pieces_of(number: int, line: str) -> list[Piece]:
    """A line of the text, cut where known ones begin."""
    if not line or not may_be_known(line):
        return [Piece(number, line, None, True)]
    starts = list(START.finditer(line))
    before = line[:starts[0].start()] if starts else line
    if not starts or OURS in before:
        return [Piece(number, line, None, True)]
    ends = [*(match.start() for match in starts[1:]), len(line)]
    return [Piece(number, line[match.start():end], kind_of(match), end == len(line),
                  before if match is starts[0] else "")
            for match, end in zip(starts, ends)]


def apart(lines: Sequence[str]) -> list[Piece]:
    """All pieces of a text."""
    pieces: list[Piece] = []
    for number, line in enumerate(lines, 1):
        for part in JOINED.split(line) if "[" in line else [line]:
            pieces += pieces_of(number, part)
    return pieces


def named(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces; an entry without its map's name is one only where no known line comes before it."""
    result: list[Piece] = []
    known = False
    for piece in pieces:
        if piece.kind and piece.kind.whole is NAMELESS and known:
            piece = Piece(piece.number, piece.prefix + piece.text, None, piece.last)
        known = known or piece.kind is not None and piece.kind.whole is not NAMELESS
        result.append(piece)
    return result


def edge_of(lines: Sequence[str], pieces: Sequence[Piece]) -> int:
    """The width at which a terminal has cut all longer lines; 0: none has. Lines that a mail program has
    wrapped end at blanks, at different widths."""
    most = max(map(len, lines), default=0)
    cut = [len(lines[piece.number - 1]) for piece, after in zip(pieces, [*pieces[1:], None])
           if piece.kind and piece.last and (not piece.kind.whole.match(piece.text) or
                                             after and not after.kind and REST.fullmatch(after.text.strip("> |+")))]
    return most if cut.count(most) * 2 > len(cut) else 0


def spanning(first: str, second: str) -> tuple[str, re.Match[str]] | None:
    """The beginning of a known line that was cut at a blank or in a word; None: there is none."""
    for text in (first.rstrip() + " " + second, first + second):
        border = len(text) - len(second)
        if not may_be_known(text[max(0, border - MOST_START):border + MOST_START]):
            continue
        for match in START.finditer(text, max(0, border - MOST_START), border + MOST_START):
            if match.start() < border - 1 and not START.match(first, match.start()):
                return text, match
    return None


def with_cut_starts(pieces: Sequence[Piece], dress: Dress) -> list[Piece]:
    """The pieces, those of them put together that begin a known line only together."""
    result: list[Piece] = []
    for piece in pieces:
        before = result[-1] if result else None
        if before and not before.kind and not piece.kind and before.last and piece.text and \
                not dress.has_prefix(piece.text) and OURS not in before.text:
            first, second = before.text, dress.continuation(piece.text).lstrip()
            if (found := spanning(first, second)):
                text, match = found
                result[-1] = Piece(before.number, text[match.start():], kind_of(match), True,
                                   text[:match.start()], piece.at_edge)
                continue
        result.append(piece)
    return result


def seams(piece: Piece) -> tuple[str, ...]:
    """What may have stood at a line's end before it was wrapped: at the edge of a terminal nothing, in
    a mail a blank."""
    return ("", " ") if piece.at_edge else (" ", "")


def joined(pieces: Sequence[Piece]) -> tuple[str, int] | None:
    """The first piece made whole by the others, and by how many of them; None: they don't. One that
    may be whole as it is takes only what makes it so beyond doubt."""
    kind = pieces[0].kind
    assert kind
    done = kind.whole.match(pieces[0].text)
    texts = [pieces[0].text]
    for count, (before, more) in enumerate(zip(pieces, pieces[1:]), 1):
        texts = [(text if before.at_edge else text.rstrip()) + seam + more.text
                 for text, seam in itertools.product(texts, seams(before))]
        sure = [text for text in texts if kind.sure and kind.sure.match(text)]
        whole = sure or [text for text in texts if not done and kind.whole.match(text)]
        if whole:
            return whole[0], count
    return None


def seam_in_words(first: Piece, text: str, second: str) -> str:
    """What stood where a command line was wrapped: a blank, unless a word was cut."""
    if first.at_edge or text.endswith(" "):
        return ""
    left, right = text.split(" ")[-1], second.split(" ")[0]
    if "exactmap".startswith(left.partition("=")[2]) and (left + right).endswith("=exactmap"):
        return ""
    glued, apart_too = MEMORY_WORD.search(left + right), MEMORY_WORD.search(right)
    if glued and not apart_too and (not MEMORY_WORD.search(left) or re.match(r"[\dkKmMgG@#$]", right)):
        return ""
    return " "


def command_line(pieces: Sequence[Piece]) -> tuple[str, int]:
    """A command line with its wrapped rest, and the lines that this took: as far as they say
    something about memory."""
    text = best = pieces[0].text
    used = 0
    for count, (before, more) in enumerate(zip(pieces, pieces[1:]), 1):
        text += seam_in_words(before, text, more.text) + more.text
        if MEMORY_WORD.findall(text) != MEMORY_WORD.findall(best):
            best, used = text, count
    return best, used


def number_goes_on(pieces: Sequence[Piece]) -> tuple[str, int] | None:
    """A whole line, the last number of which a terminal has cut; None: it hasn't."""
    if not pieces[0].at_edge or len(pieces) < 2:
        return None
    text, rest = pieces[0].text, pieces[1].text.rstrip()
    form = REST if re.search(r"\b0(?:x[0-9a-f]*)?$", text) else DIGITS
    if text[-1:].isalnum() and form.fullmatch(rest):
        return text + rest, 1
    return None


def with_following(pieces: Sequence[Piece], place: int, dress: Dress, most: int) -> list[Piece]:
    """A piece and the next lines of the text, without their quotation marks, up to the next known one,
    an empty one or the next record."""
    result = [pieces[place]]
    for piece in pieces[place + 1:place + 1 + most]:
        text = dress.continuation(piece.text)
        if piece.kind or dress.has_prefix(piece.text) or not text.strip():
            break
        result.append(dataclasses.replace(piece, text=text if result[-1].at_edge else text.lstrip()))
    return result


def mended(pieces: Sequence[Piece], place: int, dress: Dress) -> tuple[Line, int]:
    """A known line as whole as it can be made, and how many of the next lines it took."""
    piece = pieces[place]
    assert piece.kind
    text, used, whole = piece.text, 0, bool(piece.kind.whole.match(piece.text))
    found = None
    if piece.last and piece.kind.name == "command line":
        found = command_line(with_following(pieces, place, dress, MOST_COMMAND_LINES))
    elif piece.last and not (piece.kind.sure or piece.kind.whole).match(text):
        found = joined(with_following(pieces, place, dress, MOST_CONTINUATIONS))
    elif piece.last:
        found = number_goes_on(with_following(pieces, place, dress, 1))
    if found:
        (text, used), whole = found, True
    text = text.rstrip()
    indent = " " * indent_of(piece.kind, text)
    return Line(piece.number, indent + text, piece.kind, whole, not piece.prefix.endswith(indent)), used


def undress(lines: Sequence[str]) -> list[Line]:
    """A text's lines as the kernel printed them."""
    pieces = named(apart(lines))
    edge = edge_of(lines, pieces)
    for piece in pieces:
        piece.at_edge = edge > 0 and len(lines[piece.number - 1]) == edge
    dress = Dress([(piece.prefix, indent_of(piece.kind, piece.text))
                  for piece in pieces if piece.kind and piece.prefix], lines)
    pieces = with_cut_starts(pieces, dress)
    result, place = [], 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.kind:
            line, used = mended(pieces, place, dress)
            place += used
        else:
            line = Line(piece.number, dress.rest(piece.text).rstrip() if piece.text else "")
        result.append(line)
        place += 1
    return result


def lost_blanks(lines: Sequence[Line]) -> bool:
    """Have most of a log's known lines lost blanks, in front or between words?"""
    indented = [line for line in lines if line.kind and line.text.startswith("  ")]
    lost = [line for line in indented if line.bare or re.match(r"\s+(?:DMA|fixmap|pkmap) \S", line.text)
            and not line.text.lstrip().startswith("DMA zone")]
    return len(lost) * 2 > len(indented)


def texts_of(lines: Sequence[Line]) -> list[str]:
    """Lines without their numbers."""
    return [line.text for line in lines]
