# SPDX-License-Identifier: GPL-2.0-only
"""C types as a debugger found them in the ELF file, and bytes read as such.

Every type has a size in bytes and decode(data, offset). Numbers, pointers and enumerators
become ints, arrays lists, arrays of char strings, structures dicts.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Number:
    """An integer, a pointer, a bool or an enum."""
    size: int
    signed: bool = False

    def decode(self, data, offset=0):
        """Its value."""
        return int.from_bytes(data[offset:offset + self.size], "little", signed=self.signed)


@dataclasses.dataclass(frozen=True)
class Array:
    """`count` elements; of single characters: a string up to its NUL."""
    element: object
    count: int
    text: bool = False

    @property
    def size(self):
        """In bytes."""
        return self.element.size * self.count

    def decode(self, data, offset=0):
        """A list, or a string."""
        if self.text:
            return bytes(data[offset:offset + self.count]).split(b"\0", 1)[0].decode("latin-1")
        return [self.element.decode(data, offset + i * self.element.size)
                for i in range(self.count)]


@dataclasses.dataclass(frozen=True)
class Struct:
    """`fields`: name to (offset, type)."""
    name: str
    size: int
    fields: dict

    def decode(self, data, offset=0):
        """A dict."""
        return {name: kind.decode(data, offset + at) for name, (at, kind) in self.fields.items()}

    def offset(self, *path):
        """The offset in bytes of a field of a field of ..."""
        at, kind = 0, self
        for name in path:
            step, kind = kind.fields[name]
            at += step
        return at
