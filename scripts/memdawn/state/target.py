# SPDX-License-Identifier: GPL-2.0-only
"""What the readers read from: physical memory, symbols and types."""

from collections.abc import Iterator
from types import TracebackType

from memdawn import elf
from memdawn.program import StrPath
from memdawn.state.c_types import CType, CValue, Struct

PAGE_SHIFT = 12
PAGE_SIZE = 1 << PAGE_SHIFT


class Missing(Exception):
    """There is nothing to be read; the text says why."""


# No node's KVA begins below it: the image is there, and what is read to find KVA out.
ABOVE_IMAGE = 32 << 20


class NotReady(Missing):
    """The function that makes it has not run yet."""

    def __init__(self, function: str) -> None:
        super().__init__(f"not initialised yet (needs {function})")
        self.function = function


class Unreadable(Missing):
    """Memory that is not there, a pointer that leads nowhere, a list that is not whole: damage,
    or the machine has stopped in the middle of a change."""


class Target:
    """One machine. A kind of target gives the abstract methods; with `with target:` around
    several reads it may prepare for them once."""

    def __init__(self, image: StrPath) -> None:
        self.image = elf.Elf(image)
        self.symbols = self.image.symbol_values()
        # The linear map, as the linker script has it.
        last = self.image.segments[-1]
        self.page_offset = last.virtual - last.physical
        self.known_kva: list[tuple[int, int, int, int]] = []

    def __enter__(self) -> "Target":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        pass

    # --- what a kind of target gives ---

    def phys(self, address: int, size: int) -> bytes:
        """Bytes of physical memory. Raises Unreadable."""
        raise NotImplementedError

    def find(self, name: str, file: str | None = None) -> tuple[int, CType]:
        """(address, type) of a variable; `file`: the source file of a static one that
        others share their name with."""
        raise NotImplementedError

    def type(self, name: str) -> Struct:
        """A type by its C name, `struct page`."""
        raise NotImplementedError

    def enum(self, name: str) -> dict[str, int]:
        """Enumerator to value, of `enum NAME`."""
        raise NotImplementedError

    def registers(self) -> dict[str, int] | None:
        """cr0, cr3, cr4, efer as a dict; None where they are not known."""
        raise NotImplementedError

    # --- what follows from it ---

    def to_phys(self, address: int) -> int:
        """The physical address of low memory or of the image, before paging too; of a node's KVA, where in the
        node's memory it is."""
        phys = address - self.page_offset if address >= self.page_offset else address
        if phys >= ABOVE_IMAGE and "node_remap" in self.symbols:
            for start, end, there, _ in self.kva():
                if start <= address < end:
                    return address - start + there
        return phys

    def kva(self) -> list[tuple[int, int, int, int]]:
        """(first address, last + 1, physical address, node) of each node's KVA, once it is mapped."""
        if not self.known_kva and "node_remap" in self.symbols:
            self.known_kva = [(remap["start_vaddr"], remap["end_vaddr"], remap["start_pfn"] << PAGE_SHIFT, nid)
                              for nid, remap in enumerate(self.value("node_remap"))
                              if remap["pages"] and remap["start_vaddr"]]
        return self.known_kva

    def read(self, address: int, size: int) -> bytes:
        """Bytes at a virtual address of low memory."""
        return self.phys(self.to_phys(address), size)

    def at(self, what: CType | str, address: int) -> CValue:
        """A type's value at a virtual address of low memory."""
        kind = self.type(what) if isinstance(what, str) else what
        return kind.decode(self.read(address, kind.size))

    def value(self, name: str, file: str | None = None) -> CValue:
        """A variable's value."""
        address, kind = self.find(name, file)
        return kind.decode(self.read(address, kind.size))

    def string(self, address: int, longest: int = 64) -> str:
        """A C string; what is not ASCII is replaced."""
        if not address:
            return ""
        return self.read(address, longest).split(b"\0", 1)[0].decode("ascii", "replace")

    def initial(self, name: str, file: str | None = None) -> CValue:
        """A variable's value in the ELF file, before the kernel ran."""
        address, kind = self.find(name, file)
        return kind.decode(self.image.read(address, kind.size))

    def walk(self, head: int) -> Iterator[int]:
        """The entries of a struct list_head: their addresses. Raises Unreadable where it is
        not a list (any more)."""
        link = self.type("struct list_head")
        seen = {head}
        previous, entry = head, self.at(link, head)["next"]
        while entry != head:
            if entry in seen or entry < self.page_offset:
                raise Unreadable(f"the list at {head:#x} is not whole: {previous:#x} is followed "
                                 f"by {entry:#x}")
            seen.add(entry)
            yield entry
            node = self.at(link, entry)
            if node["prev"] != previous:
                raise Unreadable(f"the list at {head:#x} is not whole: {entry:#x} follows "
                                 f"{previous:#x}, but says {node['prev']:#x}")
            previous, entry = entry, node["next"]

    # --- how far the boot is ---

    def is_loaded(self) -> bool:
        """Does the image lie in memory?"""
        start = self.image.entry
        size = 64
        return self.phys(start, size) == self.image.read(start, size)

    def require_image(self) -> None:
        """Raises NotReady before the loader has loaded the image."""
        if not self.is_loaded():
            raise NotReady("startup_32")

    def require_c(self) -> None:
        """Raises NotReady before variables mean anything: .bss is cleared, then the first
        page tables are built."""
        self.require_image()
        if not self.value_u32("_brk_end"):
            raise NotReady("build_page_tables")

    def value_u32(self, name: str) -> int:
        """A word that an assembly file defines."""
        return int.from_bytes(self.read(self.symbols[name], 4), "little")

    def init_is_gone(self) -> bool:
        """Have the init sections been given back?"""
        start = self.symbols["_sinittext"]
        size = min(256, self.symbols["_einittext"] - start)
        return self.read(start, size) != self.image.read(start, size)

    def require_init(self) -> None:
        """Raises Missing after free_initmem()."""
        if self.init_is_gone():
            raise Missing("given back to the page allocator (by free_initmem)")

    def boot_allocator(self) -> str:
        """The live one's name, as memdawn.bootalloc= has it."""
        self.require_c()
        table = self.value("boot_allocators")[self.value("boot_alloc_live")]
        return self.string(self.at("struct boot_allocator", table)["name"])
