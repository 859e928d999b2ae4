# SPDX-License-Identifier: GPL-2.0-only
"""Machines that are not there: QEMU's firmware facts for any size, and random cases."""

import random
from collections.abc import Sequence
from typing import TypedDict

from memdawn.model import cmdline, facts, prediction
from memdawn.model.e820 import FOUR_GIB, RAM, RESERVED, Range, overlay

MIB = 1 << 20
GIB = 1 << 30

CONSOLE_WORDS = "console=ttyS0 earlyprintk=serial,ttyS0,115200"

# An image of a likely size at 16 MiB, for choosing cases before one has been built.
NOMINAL_IMAGE = {
    "_text": 0xC1000000, "_etext": 0xC1040000, "_edata": 0xC1070000,
    "__init_begin": 0xC1071000, "__init_end": 0xC1080000, "__bss_start": 0xC1080000,
    "__bss_stop": 0xC1200000, "__brk_base": 0xC1200000, "_end": 0xC1320000,
    "contig_page_data": 0xC1050000}

# Where no random case touches the map: the image, its page tables, and room after them.
IMAGE_ZONE = (15 * MIB, 26 * MIB)


def below_4g(mib: int, machine: str) -> int:
    """Bytes of RAM below 4 GiB: the board moves the rest up to leave room for PCI."""
    size = mib * MIB
    limit, kept = (0xB0000000, 2 * GIB) if machine == "q35" else (0xE0000000, 3 * GIB)
    return kept if size >= limit else size


def firmware_map(mib: int, machine: str, cpu: str = "qemu64") -> list[Range]:
    """The map that SeaBIOS reports in QEMU 7.2, as Linux prints it."""
    low = below_4g(mib, machine)
    top = low - (0x21000 if machine == "q35" else 0x20000)      # ACPI tables and SeaBIOS
    entries = [(0, 0x9FC00, RAM), (0x9FC00, 0xA0000, RESERVED), (0xF0000, MIB, RESERVED),
               (MIB, top, RAM), (top, low, RESERVED), (0xFFFC0000, FOUR_GIB, RESERVED)]
    if machine == "q35":
        entries += [(0xB0000000, 0xC0000000, RESERVED), (0xFED1C000, 0xFED20000, RESERVED)]
    high = mib * MIB - low
    entries.append((FOUR_GIB, FOUR_GIB + high, RAM))
    if not cpu.startswith("qemu32"):
        entries.append((0xFD00000000, 0x10000000000, RESERVED))   # AMD's HyperTransport
    return overlay(entries)


def firmware_cpu(mib: int, machine: str, cpu: str = "qemu64") -> facts.Cpu:
    """CPU facts with the MTRRs that SeaBIOS sets: all uncachable where PCI begins."""
    low = below_4g(mib, machine)
    if machine == "q35" or 2 * GIB < low <= 3 * GIB:
        pci = 3 * GIB
    else:
        pci = 2 * GIB if low <= 2 * GIB else 0xE0000000
    return facts.cpu_facts(cpu, None if cpu.startswith("qemu32") else facts.qemu_mtrr(pci))


def amount(rng: random.Random, value: int) -> str:
    """A number of bytes as a user might type it."""
    forms = [str(value), f"{value:#x}"]
    for letter, unit in (("K", 1 << 10), ("M", MIB), ("G", GIB)):
        if value >= unit:
            forms += [f"{value // unit}{letter}"] * 3
            forms.append(f"{value // unit:#x}{letter.lower()}")
    return rng.choice(forms)


def place(rng: random.Random, ram_top: int, size: int) -> int | None:
    """An address in RAM, away from the image, where `size` bytes fit; None if none does."""
    ranges = [(IMAGE_ZONE[1], ram_top), (IMAGE_ZONE[1], ram_top), (MIB, IMAGE_ZONE[0])]
    if size < 0x40000:
        ranges.append((0x1000, 0x9F000))
    low, high = rng.choice(ranges)
    if high - low <= size:
        return None
    start = rng.randrange(low, high - size)
    return start if rng.random() < 0.4 else start & ~0xFFF


def some_size(rng: random.Random, most: int) -> int:
    """Up to `most` bytes, small ones as likely as large ones."""
    size = int(2 ** rng.uniform(0, max(1, most).bit_length()))
    return size if rng.random() < 0.3 else max(4096, size & ~0xFFF)


def word_mem(rng: random.Random, size: int, ram_top: int) -> str:
    return "mem=" + amount(rng, rng.randrange(IMAGE_ZONE[1], max(IMAGE_ZONE[1], size) + 64 * MIB))


def word_memmap_limit(rng: random.Random, size: int, ram_top: int) -> str:
    """memmap= without a place is mem=, and what follows the number is malformed."""
    tail = rng.choice(["", "", "!", "x"])
    return "memmap=" + amount(rng, rng.randrange(IMAGE_ZONE[1], size + 2 * IMAGE_ZONE[1])) + tail


def word_memmap_holes(rng: random.Random, size: int, ram_top: int) -> str:
    words = []
    for _ in range(rng.choice([1, 1, 2, 3, 8, 40])):
        length = some_size(rng, min(size // 4, 64 * MIB))
        start = place(rng, ram_top, length)
        if start is not None:
            words.append(f"memmap={amount(rng, length)}{rng.choice('$#')}{start:#x}")
    return " ".join(words)


def word_exactmap(rng: random.Random, size: int, ram_top: int) -> str:
    """A map of the user's own; what it calls RAM is RAM."""
    low = rng.choice([640 << 10, 639 << 10, 0x9E6DE, 320 << 10])
    first = rng.randrange(min(IMAGE_ZONE[1], ram_top), ram_top + 1)
    words = ["memmap=exactmap", f"memmap={amount(rng, low)}@0", f"memmap={first - MIB:#x}@1M"]
    for _ in range(rng.randrange(6)):
        length = some_size(rng, size // 2)
        start = place(rng, ram_top, length)
        if start is not None:
            words.append(f"memmap={length:#x}{rng.choice('@@@$#')}{start:#x}")
    return " ".join(words)


def word_highmem(rng: random.Random, size: int, ram_top: int) -> str:
    return "highmem=" + amount(rng, rng.randrange(size + size // 2))


def word_vmalloc(rng: random.Random, size: int, ram_top: int) -> str:
    return "vmalloc=" + amount(rng, rng.randrange(32 * MIB, 600 * MIB))


def word_kernelcore(rng: random.Random, size: int, ram_top: int) -> str:
    return "kernelcore=" + amount(rng, rng.randrange(size + size // 4))


def word_movablecore(rng: random.Random, size: int, ram_top: int) -> str:
    return "movablecore=" + amount(rng, rng.randrange(size + size // 4))


def word_hashes(rng: random.Random, size: int, ram_top: int) -> str:
    entries = rng.choice([1, 2, 512, 1000, 4096, 65536, 100000, 1 << 20, rng.randrange(1 << 22)])
    return f"{rng.choice('di')}hash_entries={entries}"


def word_other(rng: random.Random, size: int, ram_top: int) -> str:
    return rng.choice(["noexec=off", "noexec=on", "mem=nopentium", "memmap=foo", "highmem",
                       "mem=nopentium noexec=off", "mminit_loglevel=1", "mminit_loglevel=4",
                       "bootmem_debug", "quiet loglevel=8"])


def word_memtest(rng: random.Random, size: int, ram_top: int) -> str:
    return f"memtest={rng.randrange(1, 4)}" if size <= 160 * MIB else ""


WORDS = [word_mem, word_memmap_holes, word_memmap_holes, word_exactmap, word_memmap_limit,
         word_highmem, word_highmem, word_vmalloc, word_kernelcore, word_movablecore,
         word_hashes, word_other, word_other, word_memtest]

EDGES = [24, 32, 64, 128, 890, 891, 892, 896, 897, 1024, 2047, 2048, 2049, 2815, 2816, 2817,
         3071, 3072, 3073, 3583, 3584, 3585, 4095, 4096, 4097]


def random_size(rng: random.Random) -> int:
    """MiB of RAM: mostly small machines, some at the boards' edges, a few giants."""
    kind = rng.random()
    if kind < 0.35:
        return rng.randrange(24, 257)
    if kind < 0.65:
        return rng.randrange(256, 2049)
    if kind < 0.80:
        return rng.randrange(2048, 8193)
    if kind < 0.98:
        return rng.choice(EDGES)
    return rng.choice([rng.randrange(8192, 65537), 16384, 32768, 65536])


def command_line(rng: random.Random, words: Sequence[str]) -> str:
    """The words after those for the console; sometimes before them or between.

    The place matters: what is printed before ignore_loglevel was read, or before there was
    a console, may never be shown.
    """
    kind = rng.random()
    if kind < 0.8:
        order = [CONSOLE_WORDS, "ignore_loglevel", *words]
    elif kind < 0.9:
        order = rng.sample([CONSOLE_WORDS, "ignore_loglevel", *words], len(words) + 2)
    else:
        order = rng.sample([CONSOLE_WORDS, *words], len(words) + 1)
    return " ".join(order)


class Case(TypedDict):
    """A machine and what it is told; see random_case()."""
    mem: int
    machine: str
    cpu: str
    cmdline: str
    initrd: int
    bulk: bool


def random_case(rng: random.Random, image: facts.Symbols | None = None) -> Case:
    """A machine and a command line for which Linux's outcome is defined.

    Returns {"mem": MiB, "machine", "cpu", "cmdline", "initrd": bytes or 0, "bulk": whether
    memdawn.free=bulk, which must not change anything}.  The same rng state gives the same
    case.
    """
    while True:
        mib, machine = random_size(rng), rng.choice(["pc", "q35"])
        cpu = rng.choice(["qemu64"] * 6 + ["qemu64,-nx", "qemu64,-pse", "qemu64,-pge", "qemu32"])
        bios_map = firmware_map(mib, machine, cpu)
        ram_top = max(end for start, end, kind in bios_map
                      if kind == RAM and end < FOUR_GIB)
        makers = rng.sample(WORDS, rng.choice([0, 1, 1, 1, 2, 2, 3]))
        words = [maker(rng, mib * MIB, ram_top) for maker in dict.fromkeys(makers)]
        line = command_line(rng, [word for word in words if word])
        initrd = rng.choice([0] * 11 + [rng.randrange(1, 1 << 17)])
        outcome = prediction.predict(bios_map, cmdline.with_boot_image(line),
                                firmware_cpu(mib, machine, cpu), image or NOMINAL_IMAGE)
        if outcome.panic is None and outcome.undefined is None:
            return {"mem": mib, "machine": machine, "cpu": cpu, "cmdline": line,
                    "initrd": initrd, "bulk": rng.random() < 0.25}
