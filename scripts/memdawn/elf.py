# SPDX-License-Identifier: GPL-2.0-only
"""Reads as much of 32-bit little-endian ELF files as the scripts and tests need."""

import dataclasses
import pathlib
import struct

SHT_SYMTAB = 2
SHT_NOBITS = 8
SHT_REL = 9
SHT_RELA = 4
SHF_ALLOC = 2
PT_LOAD = 1
STT_FUNC = 2
STT_SECTION = 3


@dataclasses.dataclass
class Section:
    """One section header."""
    name: str
    type: int
    flags: int
    addr: int
    offset: int
    size: int
    link: int
    info: int


@dataclasses.dataclass
class Symbol:
    """One symbol; `section` is None where it is absolute or undefined."""
    name: str
    value: int
    size: int
    type: int
    section: Section


@dataclasses.dataclass
class Relocation:
    """A reference at `offset` in `section` to `symbol` plus `addend`."""
    section: Section
    offset: int
    type: int
    symbol: Symbol
    addend: int


class Elf:
    """An ELF file. Raises ValueError where it is not a 32-bit one."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.data = self.path.read_bytes()
        if self.data[:6] != b"\x7fELF\x01\x01":
            raise ValueError(f"{path}: not a 32-bit little-endian ELF file")
        (self.entry, self.phoff, shoff) = struct.unpack_from("<III", self.data, 24)
        (_, self.phentsize, self.phnum, shentsize, shnum,
         shstrndx) = struct.unpack_from("<HHHHHH", self.data, 40)
        raw = [struct.unpack_from("<IIIIIIIIII", self.data, shoff + index * shentsize)
               for index in range(shnum)]
        names = raw[shstrndx][4]
        self.sections = [Section(self._string(names + one[0]), *one[1:8]) for one in raw]
        self.symbols = self._symbols()

    def _string(self, offset):
        return self.data[offset:self.data.index(b"\0", offset)].decode("ascii", "replace")

    def _symbols(self):
        symbols = []
        for table in self.sections:
            if table.type != SHT_SYMTAB:
                continue
            strings = self.sections[table.link].offset
            for offset in range(table.offset, table.offset + table.size, 16):
                name, value, size, info, _, index = struct.unpack_from(
                    "<IIIBBH", self.data, offset)
                section = self.sections[index] if 0 < index < len(self.sections) else None
                kind = info & 15
                text = section.name if kind == STT_SECTION and section else \
                    self._string(strings + name)
                symbols.append(Symbol(text, value, size, kind, section))
        return symbols

    def segments(self):
        """(virtual address, physical address, file size, memory size) of each PT_LOAD."""
        loads = []
        for index in range(self.phnum):
            kind, _, vaddr, paddr, filesz, memsz = struct.unpack_from(
                "<IIIIII", self.data, self.phoff + index * self.phentsize)
            if kind == PT_LOAD:
                loads.append((vaddr, paddr, filesz, memsz))
        return loads

    def read(self, address, size):
        """Bytes as they are loaded at a virtual address; zeros where the file has none.
        Raises ValueError for an address outside the segments."""
        for index in range(self.phnum):
            kind, offset, vaddr, _, filesz, memsz = struct.unpack_from(
                "<IIIIII", self.data, self.phoff + index * self.phentsize)
            if kind == PT_LOAD and vaddr <= address and address + size <= vaddr + memsz:
                start = offset + address - vaddr
                return self.data[start:min(start + size, offset + filesz)].ljust(size, b"\0")
        raise ValueError(f"{self.path}: no segment has {size} bytes at {address:#x}")

    def symbol_values(self):
        """Name to value, of every symbol that has a name."""
        return {symbol.name: symbol.value for symbol in self.symbols
                if symbol.name and symbol.type != STT_SECTION}

    def relocations(self):
        """Every relocation of an allocated section (REL: the addend stands in place)."""
        for table in self.sections:
            if table.type != SHT_REL:
                continue
            section = self.sections[table.info]
            if not section.flags & SHF_ALLOC or section.type == SHT_NOBITS:
                continue
            for at in range(table.offset, table.offset + table.size, 8):
                offset, info = struct.unpack_from("<II", self.data, at)
                addend, = struct.unpack_from("<i", self.data, section.offset + offset)
                yield Relocation(section, offset, info & 255, self.symbols[info >> 8], addend)
