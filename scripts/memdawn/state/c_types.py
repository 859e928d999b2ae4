# SPDX-License-Identifier: GPL-2.0-only
"""C types as a debugger found them in the ELF file, and bytes read as such.

Every type has a size in bytes and decode(data, offset). Numbers, pointers and enumerators
become ints, arrays lists, arrays of char strings, structures dicts.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Union

# A variable's value: what it is made of, only the image that is read says.
CValue = Any


@dataclasses.dataclass(frozen=True)
class Number:
    """An integer, a pointer, a bool or an enum."""
    size: int
    signed: bool = False

    def decode(self, data: bytes, offset: int = 0) -> int:
        """Its value."""
        return int.from_bytes(data[offset:offset + self.size], "little", signed=self.signed)


@dataclasses.dataclass(frozen=True)
class Array:
    """`count` elements; of single characters: a string up to its NUL."""
    element: "CType"
    count: int
    text: bool = False

    @property
    def size(self) -> int:
        """In bytes."""
        return self.element.size * self.count

    def decode(self, data: bytes, offset: int = 0) -> CValue:
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
    fields: Mapping[str, tuple[int, "CType"]]

    def decode(self, data: bytes, offset: int = 0) -> dict[str, CValue]:
        """A dict."""
        return {name: kind.decode(data, offset + at) for name, (at, kind) in self.fields.items()}

    def offset(self, *path: str) -> int:
        """The offset in bytes of a field of a field of ..."""
        return self.field(*path)[0]

    def field(self, *path: str) -> tuple[int, "CType"]:
        """(offset in bytes, type) of a field of a field of ..."""
        at = 0
        kind: CType = self
        for name in path:
            assert isinstance(kind, Struct), f"{self.name}: {name} is no field of a struct"
            step, kind = kind.fields[name]
            at += step
        return at, kind

    def array(self, *path: str) -> tuple[int, Array]:
        """The same of a field that is an array."""
        at, kind = self.field(*path)
        assert isinstance(kind, Array), f"{self.name}: {path[-1]} is no array"
        return at, kind


CType = Union[Number, Array, Struct]
