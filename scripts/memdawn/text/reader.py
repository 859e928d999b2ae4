# SPDX-License-Identifier: GPL-2.0-only
"""Bytes of a file, as people keep and post them, to lines of plain text.

read_lines() undoes, in this order: gzip, bzip2, xz; UTF-16 and UTF-32; a mail's quoted-printable and
base64; text of eight bits in no known code; the terminal's control sequences; HTML's tags and
entities; blanks and dashes that an editor has put in; line ends of any kind."""

import codecs
import pathlib
import re
import sys

from memdawn.text import mail, unpack, web
from memdawn.text.unpack import MOST_BYTES, TextError

# Control sequences: with brackets, with a text that is ended by BEL or ESC \, and short ones. The
# eight-bit CSI is meant only where it reads like one.
SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]P^_X][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
                      r"|\x1b[ -/]*[0-~]|\^\[\[[0-9;?]*[A-Za-z]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
LINE_END = re.compile(r"\r*\n|\r")
MARKS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"),
         (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
         (codecs.BOM_UTF16_BE, "utf-16-be")]
SAMPLE = 4096


def wide_code(data: bytes) -> tuple[str, int] | None:
    """UTF-16 or UTF-32, and the length of its mark; None: neither."""
    for mark, code in MARKS:
        if data.startswith(mark):
            return code, len(mark)
    sample = data[:SAMPLE]
    if len(sample) > 3 and b"\0" in sample:     # every second byte of English text is zero
        odd, even = sample[1::2].count(0), sample[::2].count(0)
        if max(odd, even) * 2 > 0.8 * len(sample) and min(odd, even) * 2 < 0.1 * len(sample):
            return ("utf-16-le" if odd > even else "utf-16-be"), 0
    return None


def decoded(data: bytes) -> str:
    """Bytes as text, in the code that they are in."""
    wide = wide_code(data)
    if wide:
        code, skip = wide
        return data[skip:].decode(code, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")       # each byte a character: figures and names stay what they are


def plain_text(data: bytes, notes: list[str]) -> str:
    """Bytes as plain text, control sequences gone; notes takes what the user should know. Raises
    TextError."""
    data = unpack.unpacked(data, notes)
    if len(data) > MOST_BYTES:
        raise TextError(f"{len(data)} bytes, at most {MOST_BYTES} are read")
    if kind := unpack.kind_of(data):
        raise TextError(f"this is no text, but {kind}")
    if wide_code(data):
        data = decoded(data).encode("utf-8", "replace")
    text = decoded(mail.decoded(data))
    if "\x1b" in text or "\x9b" in text or "^[" in text:
        text = SEQUENCE.sub("", text)
    return web.plain(CONTROL.sub("", text))


def lines_of(text: str) -> list[str]:
    """Plain text as lines; \\n, \\r\\n and a bare \\r end one."""
    lines = LINE_END.split(text)
    return lines[:-1] if lines[-1] == "" else lines


def read_bytes(name: str) -> bytes:
    """A file's bytes, or standard input's. Raises OSError."""
    return sys.stdin.buffer.read(MOST_BYTES + 1) if name == "-" else pathlib.Path(name).read_bytes()
