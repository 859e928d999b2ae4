# SPDX-License-Identifier: GPL-2.0-only
"""What stands in front of a log's lines: learned from the lines that are known, for those that aren't.

A prefix is cut into digits, words, blanks and other characters; two prefixes have the same shape if
they are cut in the same way. Numbers may differ from line to line, so may words that do so in the
known lines; all else is the same."""

import os.path
import re
from collections.abc import Iterable, Sequence

TOKEN = re.compile(r"\d+|[A-Za-z]+|\s+|.")
MOST_PREFIX = 160
WORD_SETS = [frozenset("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()),
             frozenset("Mon Tue Wed Thu Fri Sat Sun".split()),
             frozenset("emerg alert crit err error warn warning notice info debug".split()),
             frozenset("T C".split())]

# Where too little is known to learn from: levels, syslog, time stamps.
COMMON = re.compile(r"(?:[>|+] ?)*(?:<\d+>)?"
                    r"(?:[A-Z][a-z]{2} +\d+ [\d:]{8} \S+ |\d{4}-\d\d-\d\dT\S+ \S+ )?"
                    r"(?:kernel: ?)?(?:<\d+>)?(?:\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?)?(?:<\d+>)?")
QUOTES = re.compile(r"[>|+\s]*")

Shape = tuple[str, ...]


def token_class(token: str) -> str:
    """What a token counts as in a shape."""
    return "9" if token.isdigit() else "a" if token.isalpha() else " " if token.isspace() else token


def words_pattern(seen: set[str]) -> str:
    """A word of a prefix: the one that was seen, or one of those, or one of their kind."""
    for words in WORD_SETS:
        if seen <= words:
            seen = seen | words
    return "(?:" + "|".join(re.escape(word) for word in sorted(seen, key=len, reverse=True)) + ")"


def shape_pattern(shape: Shape, columns: list[set[str]], blanks: int) -> re.Pattern[str]:
    """All prefixes of a shape, with so many blanks behind it."""
    parts = []
    for place, (name, seen) in enumerate(zip(shape, columns)):
        if name == "9":
            parts.append(r"\d+")
        elif name == "a":
            parts.append(words_pattern(seen))
        elif name == " ":
            parts.append(r"\s*" if shape[place + 1:place + 2] == ("9",) else r"\s+")
        else:
            parts.append(re.escape(name))
    return re.compile("".join(parts) + f" {{0,{blanks}}}")


class Dress:
    """The prefixes of a log.

    quote    -- the marks of a mail program in front of most lines
    patterns -- all of them, the longest first
    full     -- those that only a whole record has: not a mere quotation mark
    """

    def __init__(self, prefixes: Iterable[tuple[str, int]], lines: Sequence[str] = ()) -> None:
        """prefixes: what stood in front of known lines, and the blanks at its end that are the
        line's own. lines: of the text, for its marks, if no line of it is known."""
        prefixes = list(prefixes)
        marks = [match[0] for prefix in [prefix for prefix, _ in prefixes] or lines
                 if (match := QUOTES.match(prefix))]
        self.quote = max(sorted(set(marks)), key=marks.count) if marks else ""
        columns: dict[Shape, list[set[str]]] = {}
        blanks: dict[Shape, int] = {}
        count: dict[Shape, int] = {}
        for prefix, own in prefixes:
            base = prefix.rstrip()
            if len(base) > MOST_PREFIX:
                continue
            tokens = TOKEN.findall(base)
            shape = tuple(map(token_class, tokens))
            room = max(0, len(prefix) - len(base) - own)
            for seen, token in zip(columns.setdefault(shape, [set() for _ in tokens]), tokens):
                seen.add(token)
            blanks[shape] = min(blanks.get(shape, room), room)
            count[shape] = count.get(shape, 0) + 1
        total = sum(count.values())
        common = [shape for shape in count if count[shape] > 1 and count[shape] * 50 >= total]
        self.patterns = [shape_pattern(shape, columns[shape], blanks[shape])
                         for shape in sorted(common, key=len, reverse=True)]
        self.full = [pattern for shape, pattern in zip(sorted(common, key=len, reverse=True), self.patterns)
                     if "9" in shape or "a" in shape]

    def has_prefix(self, line: str) -> bool:
        """Does one of the learned prefixes, if it is more than blanks, stand in front of a line?"""
        return any(pattern.match(line) for pattern in self.full)

    def rest(self, line: str) -> str:
        """A line without its prefix."""
        for pattern in self.patterns:
            if match := pattern.match(line):
                return line[match.end():]
        match = COMMON.match(line)
        return line[match.end():] if match else line

    def continuation(self, line: str) -> str:
        """The rest of a line that was wrapped: the mail program may have quoted it, and no more."""
        rest = self.rest(line)
        if rest == line or QUOTES.match(line):
            rest = line[len(os.path.commonprefix([line, self.quote])):]
        return rest
