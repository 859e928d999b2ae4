# SPDX-License-Identifier: GPL-2.0-only
"""The kernel command line: words, numbers, and the parameters read from it."""

import string
from collections.abc import Callable

from memdawn.model.e820 import Map, U64
from memdawn.model.log import CRIT, INFO, Log, WARNING

SPACE = " \t\n\v\f\r"
COMMAND_LINE_SIZE = 2048
VMALLOC_RESERVE = 128 << 20       # unless vmalloc= says otherwise
BOOT_IMAGE = "BOOT_IMAGE=/boot/bzImage "
U32 = (1 << 32) - 1


def with_boot_image(cmdline: str) -> str:
    """The line as GRUB's linux command passes it: its own word in front."""
    return cmdline if cmdline.startswith(BOOT_IMAGE.strip()) else BOOT_IMAGE + cmdline


def without_own_words(cmdline: str) -> str:
    """The line that Linux would see: words `memdawn.*` and one space each taken out."""
    return " ".join(word for word in cmdline.split(" ") if not word.startswith("memdawn."))


def split_args(cmdline: str) -> list[tuple[str, str | None]]:
    """[(name, value or None)] of the words, double quotes keeping spaces together."""
    args: list[tuple[str, str | None]] = []
    rest = cmdline.lstrip(SPACE)
    while rest:
        quoted = rest[0] == '"'
        if quoted:
            rest = rest[1:]
        in_quote, equals, length = quoted, 0, 0
        while length < len(rest) and (in_quote or rest[length] not in SPACE):
            if rest[length] == "=" and not equals:
                equals = length
            if rest[length] == '"':
                in_quote = not in_quote
            length += 1
        word, rest = rest[:length], rest[length + 1:].lstrip(SPACE)
        if not equals:
            args.append((word, None))
            continue
        name, value = word[:equals], word[equals + 1:]
        if value.startswith('"'):
            value = value[1:].removesuffix('"')
        elif quoted:
            value = value.removesuffix('"')
        args.append((name, value))
    return args


def number(text: str) -> tuple[int, str]:
    """simple_strtoull with base 0: (value, rest of the text)."""
    base, pos = 10, 0
    if text[:1] == "0":
        base = 8
        if text[1:2] in ("x", "X") and text[2:3] and text[2] in string.hexdigits:
            base, pos = 16, 2
    value = 0
    while pos < len(text) and text[pos] in string.hexdigits and int(text[pos], 16) < base:
        value = (value * base + int(text[pos], 16)) & U64
        pos += 1
    return value, text[pos:]


def to_int(value: int) -> int:
    """The value as a 32-bit int keeps it."""
    value &= U32
    return value - (1 << 32) if value >> 31 else value


def signed_number(text: str) -> tuple[int, str]:
    """simple_strtol, in 32 bits: (value, rest)."""
    if text.startswith("-"):
        value, rest = number(text[1:])
        return to_int(-value), rest
    value, rest = number(text)
    return to_int(value), rest


def size(text: str) -> tuple[int, str]:
    """memparse: a number with an optional K, M or G; (bytes, rest)."""
    value, rest = number(text)
    shift = {"k": 10, "m": 20, "g": 30}.get(rest[:1].lower())
    if shift:
        value, rest = (value << shift) & U64, rest[1:]
    return value, rest


def option(text: str | None, old: int) -> int:
    """get_option: the leading integer, or the old value if there is none."""
    if not text:
        return old
    value, rest = signed_number(text)
    return old if rest == text else value


Handler = Callable[[str | None, Log, Map], bool]


class Parameters:
    """What the early parameters set, before and while the log is written.

    parse() walks the words once and calls back into the parts that react at once: the
    log's consoles and levels, and the memory map.
    """

    def __init__(self) -> None:
        self.user_map = False          # mem= or memmap= was there
        self.no_pse = False
        self.nx_off = False
        self.highmem_pages: int | None = None
        self.vmalloc_reserve = VMALLOC_RESERVE
        self.kernelcore = 0            # in pages
        self.movablecore = 0
        self.mminit_loglevel = 0
        self.bootmem_debug = False
        self.memtest = 0
        self.dhash_entries = 0
        self.ihash_entries = 0
        self.no_mtrr_trim = False
        self.refused: list[str] = []   # what memdawn refuses or clamps, and why
        self._earlyprintk_seen = False

    def parse(self, cmdline: str, log: Log, e820: Map) -> None:
        """Early parameters in their order, then those read later."""
        for name, value in split_args(cmdline):
            handler: Handler | None = getattr(self, "_early_" + name, None)
            if handler and not handler(value, log, e820):
                log.print(WARNING, f"Malformed early option '{name}'")
        for name, value in split_args(cmdline):
            if name == "dhash_entries" and value is not None:
                self.dhash_entries = number(value)[0] & U32
            if name == "ihash_entries" and value is not None:
                self.ihash_entries = number(value)[0] & U32

    def _early_earlyprintk(self, value: str | None, log: Log, e820: Map) -> bool:
        if value is None or self._earlyprintk_seen:
            return True
        self._earlyprintk_seen = True
        keep = "" if "keep" in value else "boot"
        pos, used = 0, False
        while pos < len(value):
            found = []
            if value.startswith("serial", pos):
                pos += 6
                found.append("earlyser")
                if value.startswith(",ttyS", pos):
                    pos += 5
            if value.startswith("ttyS", pos):
                found.append("earlyser")
            if value.startswith("vga", pos):
                found.append("earlyvga")
            for console in found:
                if used:
                    log.print(CRIT, f"ERROR: earlyprintk= {console} already used")
                    continue
                used = True
                log.console_comes()
                log.print(INFO, f"{keep}console [{console}0] enabled")
            pos += 1
        return True

    def _early_ignore_loglevel(self, value: str | None, log: Log, e820: Map) -> bool:
        log.ignore_loglevel = True
        log.print(INFO, "debug: ignoring loglevel setting.")
        return True

    def _early_debug(self, value: str | None, log: Log, e820: Map) -> bool:
        log.console_loglevel = 10
        return True

    def _early_quiet(self, value: str | None, log: Log, e820: Map) -> bool:
        log.console_loglevel = 4
        return True

    def _early_loglevel(self, value: str | None, log: Log, e820: Map) -> bool:
        log.console_loglevel = option(value, log.console_loglevel)
        return True

    def _early_mem(self, value: str | None, log: Log, e820: Map) -> bool:
        if value is None:
            return False
        if value == "nopentium":
            self.no_pse = True
            return True
        self.user_map = True
        limit, _ = size(value)
        if limit == 0:
            self.refused.append(f"mem={value} leaves no memory")
        e820.remove_range(limit, U64 - limit, 1)
        return True

    def _early_memmap(self, value: str | None, log: Log, e820: Map) -> bool:
        if value is None:
            return False
        if value.startswith("exactmap"):
            e820.table = []
            self.user_map = True
            return True
        length, rest = size(value)
        if rest == value:
            return False
        self.user_map = True
        kind = {"@": 1, "#": 3, "$": 2}.get(rest[:1])
        if kind:
            start, rest = size(rest[1:])
            e820.add(start, start + length, kind)
        else:
            if length == 0:
                self.refused.append(f"memmap={value} leaves no memory")
            e820.remove_range(length, U64 - length, 1)
        return rest == ""

    def _early_highmem(self, value: str | None, log: Log, e820: Map) -> bool:
        if value is None:
            return False
        self.highmem_pages = (size(value)[0] >> 12) & U32
        return True

    def _early_vmalloc(self, value: str | None, log: Log, e820: Map) -> bool:
        if value is None:
            return False
        self.vmalloc_reserve = (size(value)[0] + (8 << 20)) & U32
        return True

    def _early_noexec(self, value: str | None, log: Log, e820: Map) -> bool:
        if value is None:
            return False
        if value.startswith("on"):
            self.nx_off = False
        elif value.startswith("off"):
            self.nx_off = True
        return True

    def _early_kernelcore(self, value: str | None, log: Log, e820: Map) -> bool:
        if value is None:
            return False
        self.kernelcore = (size(value)[0] >> 12) & U32
        return True

    def _early_movablecore(self, value: str | None, log: Log, e820: Map) -> bool:
        if value is None:
            return False
        self.movablecore = (size(value)[0] >> 12) & U32
        return True

    def _early_mminit_loglevel(self, value: str | None, log: Log, e820: Map) -> bool:
        self.mminit_loglevel = option(value, self.mminit_loglevel)
        return True

    def _early_bootmem_debug(self, value: str | None, log: Log, e820: Map) -> bool:
        self.bootmem_debug = True
        return True

    def _early_memtest(self, value: str | None, log: Log, e820: Map) -> bool:
        self.memtest = 17 if value is None else to_int(number(value)[0])
        return True

    def _early_disable_mtrr_trim(self, value: str | None, log: Log, e820: Map) -> bool:
        self.no_mtrr_trim = True
        return True
