# SPDX-License-Identifier: GPL-2.0-only
"""What is asked of the kernel's ELF files: symbols, sections, relocations, and the bytes that are
loaded. Debian's pyelftools reads them; the debugging information is left to GDB."""

import dataclasses
import io
import os
import pathlib
import struct
from collections.abc import Iterator

from elftools.common.exceptions import ELFError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

FUNCTION, LABEL, SECTION = "STT_FUNC", "STT_NOTYPE", "STT_SECTION"      # of Symbol.type
RELOCATIONS = ("SHT_REL", "SHT_RELA")                                   # of Section.type


@dataclasses.dataclass(frozen=True)
class Section:
    """A section. `info`: of relocations, the number of the section that they are for."""
    name: str
    type: str
    address: int
    is_allocated: bool
    info: int
    data: bytes


@dataclasses.dataclass(frozen=True)
class Symbol:
    """A symbol; `section` is None where it is absolute or undefined. One that stands for a section
    has the section's name."""
    name: str
    value: int
    size: int
    type: str
    section: Section | None


@dataclasses.dataclass(frozen=True)
class Relocation:
    """A reference at `offset` in `section` to `symbol` plus `addend`; `type` is the CPU's number."""
    section: Section
    offset: int
    type: int
    symbol: Symbol
    addend: int


@dataclasses.dataclass(frozen=True)
class Segment:
    """What is loaded: `data`, then zeros up to `size`."""
    virtual: int
    physical: int
    size: int
    data: bytes


class Elf:
    """An ELF file. Raises ValueError where it is not a 32-bit one."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        content = self.path.read_bytes()
        if content[:6] != b"\x7fELF\x01\x01":
            raise ValueError(f"{path}: not a 32-bit little-endian ELF file")
        try:
            self._file = ELFFile(io.BytesIO(content))
            self.entry: int = self._file["e_entry"]
            self.sections = [
                Section(found.name, found["sh_type"], found["sh_addr"],
                        bool(found["sh_flags"] & SH_FLAGS.SHF_ALLOC), found["sh_info"], found.data()
                        if found["sh_type"] != "SHT_NOBITS" else b"")
                for found in self._file.iter_sections()]
            self.segments = [
                Segment(found["p_vaddr"], found["p_paddr"], found["p_memsz"], found.data())
                for found in self._file.iter_segments() if found["p_type"] == "PT_LOAD"]
            self.symbols = [symbol for table in self._file.iter_sections()
                            if isinstance(table, SymbolTableSection)
                            for symbol in self._symbols_of(table)]
        except ELFError as error:
            raise ValueError(f"{path}: a damaged ELF file: {error}") from error

    def _symbols_of(self, table: SymbolTableSection) -> Iterator[Symbol]:
        """The symbols of a table, in its order."""
        for found in table.iter_symbols():
            index = found["st_shndx"]
            section = self.sections[index] if isinstance(index, int) else None
            kind = found["st_info"]["type"]
            name = section.name if kind == SECTION and section else found.name
            yield Symbol(name, found["st_value"], found["st_size"], kind, section)

    def symbol_values(self) -> dict[str, int]:
        """Name to value, of every symbol that has a name."""
        return {symbol.name: symbol.value for symbol in self.symbols
                if symbol.name and symbol.type != SECTION}

    def read(self, address: int, size: int) -> bytes:
        """Bytes as they are loaded at a virtual address; zeros where the file has none.
        Raises ValueError for an address outside the segments."""
        for segment in self.segments:
            at = address - segment.virtual
            if 0 <= at and at + size <= segment.size:
                return segment.data[at:at + size].ljust(size, b"\0")
        raise ValueError(f"{self.path}: no segment has {size} bytes at {address:#x}")

    def string(self, address: int) -> str:
        """The characters at a virtual address, up to the NUL."""
        for segment in self.segments:
            at = address - segment.virtual
            if 0 <= at < len(segment.data):
                return segment.data[at:segment.data.index(b"\0", at)].decode("latin-1")
        raise ValueError(f"{self.path}: no segment has anything at {address:#x}")

    def relocations(self) -> Iterator[Relocation]:
        """Every relocation of an allocated section (REL: the addend stands in place)."""
        for number, table in enumerate(self.sections):
            if table.type != "SHT_REL":
                continue
            section = self.sections[table.info]
            if not section.is_allocated or not section.data:
                continue
            for found in self._file.get_section(number).iter_relocations():
                offset = found["r_offset"]
                addend, = struct.unpack_from("<i", section.data, offset)
                yield Relocation(section, offset, found["r_info_type"],
                                 self.symbols[found["r_info_sym"]], addend)
