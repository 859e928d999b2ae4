# SPDX-License-Identifier: GPL-2.0-only
"""What the readers read from: physical memory, symbols and types."""

from memdawn import elf

PAGE_SHIFT = 12
PAGE_SIZE = 1 << PAGE_SHIFT


class Missing(Exception):
    """There is nothing to be read; the text says why."""


class NotReady(Missing):
    """The function that makes it has not run yet."""

    def __init__(self, function):
        super().__init__(f"not initialised yet (needs {function})")
        self.function = function


class Unreadable(Missing):
    """Memory that is not there, a pointer that leads nowhere, a list that is not whole: damage,
    or the machine has stopped in the middle of a change."""


class Target:
    """One machine. A kind of target gives the abstract methods; with `with target:` around
    several reads it may prepare for them once."""

    def __init__(self, image):
        self.image = elf.Elf(image)
        self.symbols = self.image.symbol_values()
        # The linear map, as the linker script has it.
        vaddr, paddr, _, _ = self.image.segments()[-1]
        self.page_offset = vaddr - paddr

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False

    # --- what a kind of target gives ---

    def phys(self, address, size):
        """Bytes of physical memory. Raises Unreadable."""
        raise NotImplementedError

    def find(self, name, file=None):
        """(address, type) of a variable; `file`: the source file of a static one that
        others share their name with."""
        raise NotImplementedError

    def type(self, name):
        """A type by its C name, `struct page`."""
        raise NotImplementedError

    def enum(self, name):
        """Enumerator to value, of `enum NAME`."""
        raise NotImplementedError

    def registers(self):
        """cr0, cr3, cr4, efer as a dict; None where they are not known."""
        raise NotImplementedError

    # --- what follows from it ---

    def to_phys(self, address):
        """The physical address of low memory or of the image, before paging too."""
        return address - self.page_offset if address >= self.page_offset else address

    def read(self, address, size):
        """Bytes at a virtual address of low memory."""
        return self.phys(self.to_phys(address), size)

    def at(self, kind, address):
        """A type's value at a virtual address of low memory."""
        if isinstance(kind, str):
            kind = self.type(kind)
        return kind.decode(self.read(address, kind.size))

    def value(self, name, file=None):
        """A variable's value."""
        address, kind = self.find(name, file)
        return kind.decode(self.read(address, kind.size))

    def string(self, address, longest=64):
        """A C string; what is not ASCII is replaced."""
        if not address:
            return ""
        return self.read(address, longest).split(b"\0", 1)[0].decode("ascii", "replace")

    def initial(self, name):
        """A variable's value in the ELF file, before the kernel ran."""
        address, kind = self.find(name)
        return kind.decode(self.image.read(address, kind.size))

    def walk(self, head):
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

    def is_loaded(self):
        """Does the image lie in memory?"""
        start = self.image.entry
        size = 64
        return self.phys(start, size) == self.image.read(start, size)

    def require_image(self):
        """Raises NotReady before the loader has loaded the image."""
        if not self.is_loaded():
            raise NotReady("startup_32")

    def require_c(self):
        """Raises NotReady before variables mean anything: .bss is cleared, then the first
        page tables are built."""
        self.require_image()
        if not self.value_u32("_brk_end"):
            raise NotReady("build_page_tables")

    def value_u32(self, name):
        """A word that an assembly file defines."""
        return int.from_bytes(self.read(self.symbols[name], 4), "little")

    def init_is_gone(self):
        """Have the init sections been given back?"""
        start = self.symbols["_sinittext"]
        size = min(256, self.symbols["_einittext"] - start)
        return self.read(start, size) != self.image.read(start, size)

    def require_init(self):
        """Raises Missing after free_initmem()."""
        if self.init_is_gone():
            raise Missing("given back to the page allocator (by free_initmem)")

    def boot_allocator(self):
        """The live one's name, as memdawn.bootalloc= has it."""
        self.require_c()
        table = self.value("boot_allocators")[self.value("boot_alloc_live")]
        return self.string(self.at("struct boot_allocator", table)["name"])
