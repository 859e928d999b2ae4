# SPDX-License-Identifier: GPL-2.0-only
"""A core that QEMU's dump-guest-memory wrote: physical memory and the CPU's control registers.

Only physical addresses are looked at: it makes no difference whether the core was made with
paging (-p) or without, and GDB itself need not have loaded it.
"""

import mmap
import struct

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

# struct QEMUCPUState: 4 bytes of version and size each, 18 registers of 8 bytes, 10 segments
# of 24, then cr[5]; after it kernel_gs_base. There is no efer.
QEMU_NOTE = b"QEMU\0"
CR_OFFSET = 8 + 18 * 8 + 10 * 24


class CoreError(Exception):
    """The file is no such core; the text says why."""


class Core:
    """One core file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.loads: list[tuple[int, int, int]] = []      # physical address, size, place in the file
        self.notes = b""
        try:
            with open(path, "rb") as file:
                self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise CoreError(f"{path}: {error}") from error
        if self.data[:4] != b"\x7fELF" or self.data[16:18] != b"\x04\0":
            raise CoreError(f"{path}: not an ELF core (QEMU's dump-guest-memory writes one)")
        try:
            for segment in ELFFile(self.data).iter_segments():
                if segment["p_type"] == "PT_LOAD" and segment["p_filesz"]:
                    self.loads.append((segment["p_paddr"], segment["p_filesz"], segment["p_offset"]))
                elif segment["p_type"] == "PT_NOTE":
                    self.notes += segment.data()
        except ELFError as error:
            raise CoreError(f"{path}: {error}") from error
        self.loads.sort()

    def phys(self, address: int, size: int) -> bytes | None:
        """Bytes of physical memory; None where the core has not all of them."""
        pieces = []
        while size:
            for start, length, offset in self.loads:
                if start <= address < start + length:
                    count = min(size, start + length - address)
                    at = offset + address - start
                    pieces.append(self.data[at:at + count])
                    if len(pieces[-1]) < count:
                        return None          # the file is cut short
                    address += count
                    size -= count
                    break
            else:
                return None
        return b"".join(pieces)

    def registers(self) -> dict[str, int] | None:
        """cr0 to cr4 of the first CPU, or None."""
        at = 0
        while at + 12 <= len(self.notes):
            namesz, descsz, _ = struct.unpack_from("<III", self.notes, at)
            name = self.notes[at + 12:at + 12 + namesz]
            desc = at + 12 + (namesz + 3 & -4)
            if name == QEMU_NOTE and descsz >= CR_OFFSET + 40:
                values = struct.unpack_from("<5Q", self.notes, desc + CR_OFFSET)
                return {f"cr{number}": values[number] for number in (0, 2, 3, 4)}
            at = desc + (descsz + 3 & -4)
        return None
