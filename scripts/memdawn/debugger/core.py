# SPDX-License-Identifier: GPL-2.0-only
"""A core that QEMU's dump-guest-memory wrote: physical memory and the CPU's control registers.

Only physical addresses are looked at: it makes no difference whether the core was made with
paging (-p) or without, and GDB itself need not have loaded it.
"""

import mmap
import struct

PT_LOAD, PT_NOTE = 1, 4
EM_386 = 3
# struct QEMUCPUState: 4 bytes of version and size each, 18 registers of 8 bytes, 10 segments
# of 24, then cr[5]; behind it kernel_gs_base. There is no efer.
QEMU_NOTE = b"QEMU\0"
CR_OFFSET = 8 + 18 * 8 + 10 * 24


class CoreError(Exception):
    """The file is no such core; the text says why."""


class Core:
    """One core file."""

    def __init__(self, path):
        self.path = path
        try:
            with open(path, "rb") as file:
                self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise CoreError(f"{path}: {error}") from error
        if self.data[:4] != b"\x7fELF" or self.data[16:18] != b"\x04\0":
            raise CoreError(f"{path}: not an ELF core (QEMU's dump-guest-memory writes one)")
        wide = self.data[4] == 2
        self.loads, self.notes = [], b""
        header = struct.unpack_from("<HHIQQQIHHHHHH" if wide else "<HHIIIIIHHHHHH", self.data, 16)
        phoff, phentsize, phnum = header[4], header[8], header[9]
        if phnum == 0xffff:       # more than fit: section 0's sh_info has the number
            shoff = header[5]
            phnum = struct.unpack_from("<I", self.data, shoff + (44 if wide else 28))[0]
        for index in range(phnum):
            self._segment(phoff + index * phentsize, wide)
        self.loads.sort()

    def _segment(self, at, wide):
        if wide:
            kind, _, offset, _, paddr, filesz, _, _ = struct.unpack_from("<IIQQQQQQ", self.data,
                                                                         at)
        else:
            kind, offset, _, paddr, filesz, _, _, _ = struct.unpack_from("<IIIIIIII", self.data,
                                                                         at)
        if kind == PT_LOAD and filesz:
            self.loads.append((paddr, filesz, offset))
        elif kind == PT_NOTE:
            self.notes += self.data[offset:offset + filesz]

    def phys(self, address, size):
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

    def registers(self):
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
