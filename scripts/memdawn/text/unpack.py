# SPDX-License-Identifier: GPL-2.0-only
"""Compressed bytes, by the first of them: gzip, bzip2, xz. What is cut is read as far as it goes."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

MOST_BYTES = 64 << 20


class TextError(Exception):
    """Bytes that hold no text, or too much; the message says what they are."""


class Unpacker(Protocol):
    """What the three modules' objects have in common."""

    @property
    def eof(self) -> bool:
        """Has the end of the stream been seen?"""

    @property
    def unused_data(self) -> bytes:
        """What comes after it."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes."""


PACKERS: list[tuple[bytes, str, Callable[[], Unpacker]]] = [
    (b"\x1f\x8b", "gzip", lambda: zlib.decompressobj(wbits=31)),
    (b"BZh", "bzip2", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\0", "xz", lzma.LZMADecompressor),
]

# What people take for a log, by its first bytes.
NO_TEXT = [(b"\x89PNG", "a PNG picture"), (b"\xff\xd8\xff", "a JPEG picture"), (b"%PDF", "a PDF file"),
           (b"PK\x03\x04", "a ZIP archive"), (b"\x7fELF", "an ELF file"),
           (b"\x28\xb5\x2f\xfd", "zstd: unpack it with unzstd")]


def unpacked(data: bytes, notes: list[str]) -> bytes:
    """The bytes as they were before gzip, bzip2 or xz. Raises TextError."""
    packer = next((entry for entry in PACKERS if data.startswith(entry[0])), None)
    if packer is None:
        return data
    magic, name, make = packer
    parts, left, size = [], data, 0
    while left.startswith(magic):           # such files may be put one after the other
        stream = make()
        try:
            part = stream.decompress(left, MOST_BYTES + 1 - size)
        except (zlib.error, OSError, lzma.LZMAError, EOFError) as error:
            raise TextError(f"{name}, but: {error}") from error
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise TextError(f"{name} of more than {MOST_BYTES} bytes, at most that many are read")
        if not stream.eof:
            notes.append(f"the {name} file is cut: its end is missing")
            break
        left = stream.unused_data
    return b"".join(parts)


def kind_of(data: bytes) -> str | None:
    """What bytes are that are no text; None: they may be."""
    kind = next((name for magic, name in NO_TEXT if data.startswith(magic)), None)
    return "a tar archive" if kind is None and data[257:262] == b"ustar" else kind
