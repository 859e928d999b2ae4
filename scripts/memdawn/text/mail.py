# SPDX-License-Identifier: GPL-2.0-only
"""Mails, as they were sent: parts in quoted-printable and base64."""

import binascii
import quopri
import re

from memdawn.text import unpack

HEADER = re.compile(rb"^[> |]*content-transfer-encoding:[ \t]*(quoted-printable|base64)[ \t]*\r?$",
                    re.IGNORECASE | re.MULTILINE)
BLANK = re.compile(rb"^[ \t>|]*\r?\n", re.MULTILINE)
BOUNDARY = re.compile(rb"^--[^\s-][^\r\n]{2,}\r?\n(?:Content-|\Z)|^--[^\s-][^\r\n]*--[ \t]*\r?$"
                      rb"|^From \S+@\S+ .*\d{4}\r?$", re.MULTILINE | re.IGNORECASE)
BASE64 = re.compile(rb"(?:[A-Za-z0-9+/=]+[ \t]*\r?(?:\n|\Z))+")

# In quoted-printable each = is followed by two digits or by the end of a line, and = itself is =3D.
NOT_QUOTED = re.compile(rb"=(?![0-9A-F]{2}|[ \t]*\r?(?:\n|\Z))")
QUOTED = re.compile(rb"=3D|=20\r?$|=C2=A0|^.{66,75}=\r?$", re.MULTILINE)


def base64_decoded(part: bytes) -> bytes:
    """A part whose first block is base64, unpacked; what isn't stays."""
    match = BASE64.match(part)
    if not match:
        return part
    try:
        return unpack.unpacked(binascii.a2b_base64(match[0]), []) + b"\n" + part[match.end():]
    except binascii.Error:
        return part


def decoded(data: bytes) -> bytes:
    """The bytes with the parts decoded whose header says how, or that can be nothing else."""
    headers = list(HEADER.finditer(data))
    if not headers:
        if QUOTED.search(data) and not NOT_QUOTED.search(data):
            return quopri.decodestring(data)
        return data
    result, done = [], 0
    for header in headers:
        blank = BLANK.search(data, header.end() + 1)
        if not blank or header.start() < done:
            continue
        border = BOUNDARY.search(data, blank.end())
        end = border.start() if border else len(data)
        part = data[blank.end():end]
        result += [data[done:blank.end()], quopri.decodestring(part)
                   if header[1].lower() != b"base64" else base64_decoded(part)]
        done = end
    return b"".join(result) + data[done:]
