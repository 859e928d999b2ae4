# SPDX-License-Identifier: GPL-2.0-only
"""A file to the lines of a kernel's log."""

from collections.abc import Sequence

from memdawn.logs import which_boot
from memdawn.logs.undress import Line, undress
from memdawn.text import reader


def kernel_lines(data: bytes, notes: list[str]) -> list[Line]:
    """The lines of a file's bytes as the kernel printed them. Raises reader.TextError."""
    return undress(reader.lines_of(reader.plain_text(data, notes)))


def one_boot(lines: Sequence[Line], number: int | None, notes: list[str]) -> list[Line]:
    """The lines of one of several boots. Raises which_boot.NoSuchBoot."""
    boots = which_boot.boots_of(lines)
    boot, said = which_boot.choose(boots, number)
    if said:
        notes.append(said)
    return boot.lines
