# SPDX-License-Identifier: GPL-2.0-only
"""What the model is told and cannot compute: image, CPU, and the firmware's own lines."""

import re
from collections.abc import Iterable
from typing import TypedDict, cast

from memdawn import elf
from memdawn.model.e820 import FOUR_GIB, Range, type_number
from memdawn.program import StrPath

# Name to address.
Symbols = dict[str, int]

SYMBOLS = ("_text", "_etext", "_edata", "__init_begin", "__init_end", "__bss_start",
           "__bss_stop", "__brk_base", "_end", "contig_page_data")


def image_from_lines(lines: Iterable[str]) -> Symbols:
    """The symbols the model needs, from the lines of a System.map."""
    image = {}
    for line in lines:
        fields = line.split()
        if len(fields) == 3 and fields[2] in SYMBOLS:
            image[fields[2]] = int(fields[0], 16)
    return whole(image)


def whole(image: Symbols) -> Symbols:
    """The image, unless a symbol that the model needs is missing."""
    missing = [name for name in SYMBOLS if name not in image]
    if missing:
        raise ValueError("symbols missing: " + ", ".join(missing))
    return image


def image_from_map(path: StrPath) -> Symbols:
    """The image described by a System.map (or a part of one)."""
    with open(path, encoding="ascii") as lines:
        return image_from_lines(lines)


def image_from_elf(path: StrPath) -> Symbols:
    """The image of an ELF file."""
    values = elf.Elf(path).symbol_values()
    return whole({name: values[name] for name in SYMBOLS if name in values})


def qemu_mtrr(base: int) -> list[str]:
    """The MTRR lines that SeaBIOS leaves in QEMU: uncachable from `base` to 4 GiB."""
    return ["MTRR default type: write-back",
            "MTRR fixed ranges enabled:",
            "  00000-9FFFF write-back",
            "  A0000-BFFFF uncachable",
            "  C0000-FFFFF write-protect",
            "MTRR variable ranges enabled:",
            f"  0 base {base:010X} mask {(1 << 40) - (FOUR_GIB - base):010X} uncachable",
            ] + [f"  {i} disabled" for i in range(1, 8)]


class Cpu(TypedDict):
    """What the model is told of a CPU, see cpu_facts()."""
    nx: bool
    pse: bool
    pge: bool
    fxsr: bool
    xmm: bool
    mtrr: list[str] | None
    xsave: tuple[int, int] | None
    bios_reserved: int


# What is reserved below 1 MiB: from the EBDA on, where QEMU's BIOS has it; where the BIOS data area names
# none, as under UEFI.
BIOS_EBDA = 0x9fc00
WITHOUT_EBDA = 0x9f000


def cpu_facts(name: str = "qemu64", mtrr: list[str] | None = None,
              xsave: tuple[int, int] | None = None, bios_reserved: int = BIOS_EBDA) -> Cpu:
    """CPU facts for a QEMU -cpu argument.

    mtrr: the lines about MTRRs; None where the CPU has none (qemu32).
    xsave: None, or (feature bits, size of the area).
    bios_reserved: where the EBDA begins, from the BIOS data area (firmware's choice).
    """
    model, *flags = name.split(",")
    facts: Cpu = {"nx": model != "qemu32", "pse": True, "pge": True, "fxsr": True, "xmm": True,
                  "mtrr": mtrr, "xsave": xsave, "bios_reserved": bios_reserved}
    names = {"nx": "nx", "pse": "pse", "pge": "pge", "fxsr": "fxsr", "sse": "xmm"}
    for flag in flags:
        if flag[1:] in names:
            cast(dict[str, bool], facts)[names[flag[1:]]] = flag[0] == "+"
        elif flag == "-mtrr":
            facts["mtrr"] = None
    return facts


BIOS_LINE = re.compile(r" BIOS-e820: ([0-9a-f]{16}) - ([0-9a-f]{16}) (.+)$")


def bios_map_from_log(lines: Iterable[str]) -> list[Range]:
    """[(start, end, type)] from the BIOS-e820 lines of a log."""
    matches = filter(None, map(BIOS_LINE.match, lines))
    return [(int(m[1], 16), int(m[2], 16), type_number(m[3])) for m in matches]


def mtrr_from_log(lines: Iterable[str]) -> list[str] | None:
    """The MTRR lines of a log, or None."""
    found: list[str] = []
    for line in lines:
        if line.startswith("MTRR "):
            found.append(line)
        elif found and re.match(r"  ([0-9A-F]{5}-[0-9A-F]{5} |\d+ (base|disabled))", line):
            found.append(line)
        elif found:
            break
    return found or None


def xsave_from_log(lines: Iterable[str]) -> tuple[int, int] | None:
    """(feature bits, size) from the log's xsave line, or None."""
    for line in lines:
        match = re.match(r"xsave/xrstor: enabled xstate_bv 0x(\w+), cntxt size 0x(\w+)$", line)
        if match:
            return int(match[1], 16), int(match[2], 16)
    return None


def initrd_from_log(lines: Iterable[str], size: int) -> tuple[int, int] | None:
    """(start, size) of the initrd whose place the log's RAMDISK line shows, or None."""
    for line in lines:
        match = re.match(r"RAMDISK: ([0-9a-f]+) - [0-9a-f]+$", line)
        if match:
            return int(match[1], 16), size
    return None
