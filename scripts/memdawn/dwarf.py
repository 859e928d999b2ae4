# SPDX-License-Identifier: GPL-2.0-only
"""What an ELF file's debugging information says, without a debugger: types, variables, and the source
line of an address. Types are those of c_types.py, as memdawn.debugger.gdb_target has them from GDB."""

import bisect
import os
import pathlib
from collections.abc import Iterator
from typing import Any

from elftools.dwarf.enums import ENUM_DW_ATE
from elftools.elf.elffile import ELFFile

from memdawn.state.c_types import Array, CType, Number, Struct

POINTER = 4
TRANSPARENT = ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type")
SIGNED = (ENUM_DW_ATE["DW_ATE_signed"], ENUM_DW_ATE["DW_ATE_signed_char"])
CHARS = ("char", "const char")
ADDRESS_OF = 0x03           # DW_OP_addr

# The variables of one name: of each the source file, the address and the type.
Variables = dict[str, list[tuple[str, int, CType]]]


def text_of(die: Any, attribute: str) -> str:
    """A string of an entry; empty where there is none."""
    found = die.attributes.get(attribute)
    return found.value.decode() if found else ""


def number_of(die: Any, attribute: str) -> int:
    """A number of an entry; 0 where there is none."""
    found = die.attributes.get(attribute)
    return int(found.value) if found else 0


class Dwarf:
    """The debugging information of an ELF file. `variables`, `structs` (by name, without `struct`) and
    `enums` (name to enumerator to value) are of all its C files."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._known: dict[int, CType] = {}
        self.variables: Variables = {}
        self.structs: dict[str, Struct] = {}
        self.enums: dict[str, dict[str, int]] = {}
        self._lines: list[tuple[int, str, int]] = []
        with pathlib.Path(path).open("rb") as file:
            elf = ELFFile(file)
            if not elf.has_dwarf_info():
                raise ValueError(f"{path}: no debugging information")
            info = elf.get_dwarf_info()
            for unit in info.iter_CUs():
                self._read_lines(info, unit)
                self._read_unit(unit)
        self._lines.sort()

    # --- types ---

    def _target(self, die: Any) -> Any:
        """The type that an entry names, without typedef, const and volatile."""
        found = die.get_DIE_from_attribute("DW_AT_type")
        while found.tag in TRANSPARENT and "DW_AT_type" in found.attributes:
            found = found.get_DIE_from_attribute("DW_AT_type")
        return found

    def _array(self, die: Any) -> Array:
        """An array, of arrays where it has several bounds."""
        element = self._target(die)
        counts = [number_of(child, "DW_AT_count") if "DW_AT_count" in child.attributes else
                  number_of(child, "DW_AT_upper_bound") + 1
                  if "DW_AT_upper_bound" in child.attributes else 0
                  for child in die.iter_children() if child.tag == "DW_TAG_subrange_type"]
        text = element.tag == "DW_TAG_base_type" and number_of(element, "DW_AT_byte_size") == 1 \
            and text_of(element, "DW_AT_name") in CHARS
        kind: CType = self._describe(element)
        for place, count in enumerate(reversed(counts)):
            kind = Array(kind, count, text and place == 0)
        assert isinstance(kind, Array)
        return kind

    def _describe(self, die: Any) -> CType:
        """A type."""
        if die.offset not in self._known:
            self._known[die.offset] = self._made(die)
        return self._known[die.offset]

    def _made(self, die: Any) -> CType:
        size = number_of(die, "DW_AT_byte_size")
        if die.tag in ("DW_TAG_structure_type", "DW_TAG_union_type"):
            fields = {text_of(child, "DW_AT_name"): (number_of(child, "DW_AT_data_member_location"),
                                                     self._describe(self._target(child)))
                      for child in die.iter_children()
                      if child.tag == "DW_TAG_member" and "DW_AT_name" in child.attributes}
            return Struct(text_of(die, "DW_AT_name"), size, fields)
        if die.tag == "DW_TAG_array_type":
            return self._array(die)
        if die.tag in TRANSPARENT or die.tag == "DW_TAG_subroutine_type":
            return Number(1)
        signed = die.tag == "DW_TAG_base_type" and number_of(die, "DW_AT_encoding") in SIGNED
        return Number(size or POINTER, signed)

    # --- what a unit has ---

    def _read_unit(self, unit: Any) -> None:
        """The types and variables of a C file."""
        top = unit.get_top_DIE()
        file = text_of(top, "DW_AT_name")
        if file.endswith(".asm"):
            return
        for die in top.iter_children():
            name = text_of(die, "DW_AT_name")
            declared = "DW_AT_declaration" in die.attributes
            if die.tag == "DW_TAG_structure_type" and name and not declared:
                found = self._describe(die)
                assert isinstance(found, Struct)
                self.structs.setdefault(name, found)
            elif die.tag == "DW_TAG_enumeration_type" and name and not declared:
                self.enums.setdefault(name, {
                    text_of(child, "DW_AT_name"): number_of(child, "DW_AT_const_value")
                    for child in die.iter_children() if child.tag == "DW_TAG_enumerator"})
            elif die.tag == "DW_TAG_variable":
                self._read_variable(die, file)

    def _read_variable(self, die: Any, file: str) -> None:
        """A variable that has a place in memory; a declaration of it may stand apart."""
        place = die.attributes.get("DW_AT_location")
        if place is None or not isinstance(place.value, list) or place.value[0] != ADDRESS_OF:
            return
        declared = die
        if "DW_AT_specification" in die.attributes:
            declared = die.get_DIE_from_attribute("DW_AT_specification")
        # An array's size may stand only where the variable is defined.
        typed = die if "DW_AT_type" in die.attributes else declared
        address = int.from_bytes(bytes(place.value[1:5]), "little")
        self.variables.setdefault(text_of(declared, "DW_AT_name"), []).append(
            (file, address, self._describe(self._target(typed))))

    # --- source lines ---

    def _read_lines(self, info: Any, unit: Any) -> None:
        """The table of lines of a unit."""
        program = info.line_program_for_CU(unit)
        if program is None:
            return
        header = program.header
        first = 0 if header["version"] >= 5 else 1
        for entry in program.get_entries():
            state = entry.state
            if state is None:
                continue
            name = "" if state.end_sequence else \
                header["file_entry"][state.file - first].name.decode()
            folder = header["include_directory"][header["file_entry"][state.file - first].dir_index] \
                if name and header["version"] >= 5 else b""
            folder = folder.decode() if isinstance(folder, bytes) else str(folder)
            full = name if not folder or folder.startswith("/") or "/" in name else f"{folder}/{name}"
            self._lines.append((state.address, full, 0 if state.end_sequence else state.line))

    def line(self, address: int) -> tuple[str, int] | None:
        """(file, line) of the code at an address."""
        at = bisect.bisect_right(self._lines, (address, "\U0010ffff", 0)) - 1
        if at < 0 or not self._lines[at][2]:
            return None
        return self._lines[at][1], self._lines[at][2]

    def files(self) -> Iterator[str]:
        """The source files that have variables."""
        yield from sorted({file for places in self.variables.values() for file, _, _ in places})
