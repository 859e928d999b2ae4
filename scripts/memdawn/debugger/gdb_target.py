# SPDX-License-Identifier: GPL-2.0-only
"""The Target that GDB gives: a live machine behind QEMU's stub, or a core. Symbols and types are
GDB's, from the ELF file; memory is physical memory, read in pieces as large as they are wanted."""

import contextlib
import re
from collections.abc import Iterator
from types import TracebackType

import gdb

from memdawn.debugger.core import Core, CoreError
from memdawn.program import StrPath
from memdawn.state.c_types import Array, CType, Number, Struct
from memdawn.state.target import Missing, Target, Unreadable

PHYSICAL_MODE = "Qqemu.PhyMemMode"


class NoMachine(gdb.GdbError):
    """There is nothing to read from; the text says what to do."""


def describe(found: gdb.Type) -> CType:
    """A gdb.Type as memdawn.state.c_types has it."""
    kind = found.strip_typedefs()
    if kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        fields = {field.name: (field.bitpos // 8, describe(field.type))
                  for field in kind.fields() if field.name}
        return Struct(kind.name or "", kind.sizeof, fields)
    if kind.code == gdb.TYPE_CODE_ARRAY:
        element = kind.target().strip_typedefs()
        first, last = kind.range()
        return Array(describe(element), last - first + 1,
                     element.code == gdb.TYPE_CODE_INT and element.sizeof == 1
                     and element.name in ("char", "const char"))
    signed = kind.code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR) and kind.is_signed
    return Number(kind.sizeof, signed)


def loaded_core() -> str | None:
    """The path of the core that GDB has loaded, or None."""
    found = re.search(r"^Local core dump file:\n\s+[`'](.*)', file type",
                      gdb.execute("info files", to_string=True), re.MULTILINE)
    return found[1] if found else None


class GdbTarget(Target):
    """What GDB is connected to."""

    def __init__(self, image: StrPath) -> None:
        super().__init__(image)
        self.found: dict[tuple[str, str | None], tuple[int, CType]] = {}
        self.types: dict[str, Struct] = {}
        self.enums: dict[str, dict[str, int]] = {}
        self.core: Core | None = None
        self.core_is_gdbs = False    # by core-file, not by memdawn-core
        self.depth = 0
        self.known: dict[tuple[int, int], bytes] | None = None

    # --- memory ---

    def use_core(self, path: str | None) -> None:
        """Reads from this core from now on; None: from what GDB is connected to."""
        self.core_is_gdbs = False
        try:
            self.core = Core(path) if path else None
        except CoreError as error:
            raise gdb.GdbError(str(error)) from error

    def connection(self) -> gdb.TargetConnection:
        """QEMU's stub. Raises NoMachine."""
        connection = gdb.selected_inferior().connection
        if connection is None or connection.type != "remote":
            raise NoMachine("no machine: `make gdb' starts one, `target remote' attaches to one, "
                            "memdawn-core FILE reads a core")
        if not gdb.selected_inferior().threads():
            raise NoMachine("no machine: the connection is closed")
        return connection

    def physical(self, is_on: bool) -> None:
        """Switches the stub's addresses from virtual to physical and back."""
        answer = self.connection().send_packet(f"{PHYSICAL_MODE}:{int(is_on)}")
        if answer != b"OK":
            raise NoMachine(f"the stub does not know {PHYSICAL_MODE}: it is not QEMU's "
                            "(4.1 or later)")

    def follow_gdb(self) -> None:
        """A core that GDB itself has loaded is what is read, as long as it has it."""
        if self.core is not None and not self.core_is_gdbs:
            return
        connection = gdb.selected_inferior().connection
        path = loaded_core() if connection is not None and connection.type == "core" else None
        if path != (self.core.path if self.core else None):
            self.use_core(path)
            self.core_is_gdbs = path is not None

    def __enter__(self) -> "GdbTarget":
        if not self.depth:
            self.follow_gdb()
            if not self.core:
                self.physical(True)
        self.depth += 1
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.depth -= 1
        if not self.depth and not self.core:
            self.physical(False)

    @contextlib.contextmanager
    def remembering(self) -> Iterator[None]:
        """Each piece of memory is asked for only once: while the machine stands."""
        self.known = {}
        try:
            yield
        finally:
            self.known = None

    def phys(self, address: int, size: int) -> bytes:
        if self.known is None:
            return self.ask(address, size)
        if (address, size) not in self.known:
            self.known[address, size] = self.ask(address, size)
        return self.known[address, size]

    def ask(self, address: int, size: int) -> bytes:
        """Bytes of physical memory, from where they are."""
        if not self.depth:
            with self:
                return self.ask(address, size)
        if self.core:
            data = self.core.phys(address, size)
            if data is None:
                raise Unreadable(f"physical {address:#x}: {size} bytes are not in "
                                 f"{self.core.path}")
            return data
        try:
            return bytes(gdb.selected_inferior().read_memory(address, size))
        except gdb.MemoryError as error:
            raise Unreadable(f"physical {address:#x}: {size} bytes: {error}") from error

    def registers(self) -> dict[str, int] | None:
        if self.core:
            return self.core.registers()
        # QEMU's own description has them as sets of flags, which are no numbers for GDB.
        texts = {name: gdb.parse_and_eval(f"${name}").format_string(format="x")
                 for name in ("cr0", "cr3", "cr4", "efer")}
        if "void" in texts.values():
            return None
        return {name: int(text, 16) for name, text in texts.items()}

    # --- symbols and types ---

    def find(self, name: str, file: str | None = None) -> tuple[int, CType]:
        if (name, file) not in self.found:
            text = f"&'{file}'::{name}" if file else f"&{name}"
            try:
                pointer = gdb.parse_and_eval(text)
            except gdb.error as error:
                raise Missing(f"this image has no {name} ({error})") from error
            self.found[name, file] = int(pointer), describe(pointer.type.target())
        return self.found[name, file]

    def type(self, name: str) -> Struct:
        if name not in self.types:
            try:
                kind = describe(gdb.lookup_type(name))
            except gdb.error as error:
                raise Missing(f"this image has no {name} ({error})") from error
            assert isinstance(kind, Struct), name
            self.types[name] = kind
        return self.types[name]

    def enum(self, name: str) -> dict[str, int]:
        if name not in self.enums:
            try:
                fields = gdb.lookup_type(f"enum {name}").fields()
            except gdb.error as error:
                raise Missing(f"this image has no enum {name} ({error})") from error
            self.enums[name] = {field.name: int(field.enumval) for field in fields}
        return self.enums[name]
