# SPDX-License-Identifier: GPL-2.0-only
"""The commands: each reads, formats and prints. `help memdawn' lists them."""

import dataclasses
import json
import re
from collections.abc import Callable
from typing import TypeVar

import gdb

from memdawn import state
from memdawn.debugger import running, show
from memdawn.debugger.gdb_target import GdbTarget
from memdawn.explain import show as explain
from memdawn.explain.book import Book
from memdawn.state import boot_memory, kernel, milestones, page_tables, pages, virtual_layout, why
from memdawn.state.target import Missing
from memdawn.visible import visible

# In place of how many arguments there may be: one, an expression that may have blanks.
EXPRESSION = None

# What a command is given; what it shows: (value for --json, lines); how that is read.
Words = list[str]
Result = tuple[object, list[str]]
Work = Callable[[GdbTarget], Result]
Action = Callable[[Words], Work]
Data = TypeVar("Data")

TARGETS: dict[str, GdbTarget] = {}


class Usage(Exception):
    """The arguments make no sense; the text says what is wrong with them, or is empty."""


def the_target() -> GdbTarget:
    """The Target of the ELF file that GDB has loaded. Raises gdb.GdbError where it has none."""
    path = gdb.current_progspace().filename
    if not path:
        raise gdb.GdbError("no symbols: `file build/memdawn.elf' loads them")
    if path not in TARGETS:
        try:
            TARGETS[path] = GdbTarget(path)
        except (OSError, ValueError) as error:
            raise gdb.GdbError(f"{path}: {error}") from error
    return TARGETS[path]


WORD = re.compile(r"(?<![\w$.&>'])(?<!struct )(?<!union )(?<!enum )[A-Za-z_]\w*")


def find_symbol(name: str) -> gdb.Symbol:
    """What a name means where GDB stands, or in the whole kernel where it stands nowhere."""
    try:
        return gdb.lookup_symbol(name)[0]
    except gdb.error:
        return gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)


def with_values(text: str) -> str:
    """An expression with the kernel's variables replaced by their values, read through physical
    memory: GDB itself could read them only where paging is on."""
    def value_of(match: re.Match[str]) -> str:
        symbol = find_symbol(match[0])
        # Declared here, defined elsewhere: GDB calls it unresolved, and not a variable.
        if symbol is None or symbol.needs_frame or not (
                symbol.is_variable or symbol.addr_class == gdb.SYMBOL_LOC_UNRESOLVED):
            return match[0]
        kind = symbol.type.strip_typedefs()
        if kind.code not in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_ENUM,
                             gdb.TYPE_CODE_BOOL):
            return match[0]
        target = the_target()
        with target:
            target.require_c()
            return f"(({kind.unqualified()}){target.value(match[0])})"
    return WORD.sub(value_of, text)


def number(text: str, limit: int = 1 << 32, wraps: bool = False) -> int:
    """An argument: a number, or any expression of GDB's. `wraps': -1 is the highest address."""
    try:
        value = gdb.parse_and_eval(with_values(text))
        kind = value.type.strip_typedefs()
        if kind.code in (gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_STRUCT):
            value = value.address
        result = int(value)
    except (gdb.error, TypeError, OverflowError) as error:
        raise Usage(f"'{text}' is no number and no expression of GDB's ({error})") from error
    if wraps and -(1 << 31) <= result < 0:
        result += 1 << 32
    if not 0 <= result < limit:
        raise Usage(f"'{text}' is {result:#x}: 0 to {limit - 1:#x} is possible")
    return result


class Command(gdb.Command):
    """A command whose output doesn't stop at GDB's pager: that would take what is typed ahead for
    answers of its own."""

    def invoke(self, argument: str, from_tty: bool) -> None:
        with gdb.with_parameter("pagination", False):
            self.work(gdb.string_to_argv(argument))

    def work(self, words: Words) -> None:
        """What the command does with its words."""
        raise NotImplementedError


class Reader(Command):
    """A command that prints what it reads. `run` takes the Target and the words after the
    command, and returns (value for --json, lines)."""

    def __init__(self, name: str, usage: str, text: str, run: Action,
                 most: int | None) -> None:
        self.usage = f"usage: {name}" + (f" {usage}" if usage else "") + " [--json]"
        self.__doc__ = f"{text}\n{self.usage}"
        self.run = run
        self.most = most
        super().__init__(name, gdb.COMMAND_DATA, gdb.COMPLETE_SYMBOL)

    def result(self, words: Words) -> Result:
        """What run() gives, or why there is nothing."""
        target = the_target()
        try:
            # An expression is worked out before the stub is switched to physical addresses.
            prepared = self.run(words)
            with target:
                return prepared(target)
        except Missing as missing:
            return {"missing": str(missing)}, [str(missing)]

    def work(self, words: Words) -> None:
        as_json = "--json" in words
        words = [word for word in words if word != "--json"]
        try:
            if self.most is EXPRESSION:
                words = [" ".join(words)] if words else []
            elif len(words) > self.most:
                raise Usage(f"'{words[self.most]}' is one argument too many")
            value, lines = self.result(words)
        except Usage as error:
            raise gdb.GdbError("\n".join(filter(None, [str(error), self.usage]))) from error
        text = json.dumps(value) if as_json else visible("\n".join(lines))
        gdb.write(text + "\n")


@dataclasses.dataclass(frozen=True)
class Waiting:
    """A command that GDB has still to be told of."""
    usage: str
    run: Action
    most: int | None


WAITING: list[Waiting] = []


def command(usage: str = "", most: int | None = 0) -> Callable[[Action], Action]:
    """A decorator: the function becomes the command memdawn-NAME; its docstring is its help."""
    def made(function: Action) -> Action:
        WAITING.append(Waiting(usage, function, most))
        return function
    return made


def simple(reader: Callable[[GdbTarget], Data], form: Callable[[Data], list[str]]) -> Work:
    """A command's work where it takes no arguments."""
    def work(target: GdbTarget) -> Result:
        data = reader(target)
        return data, form(data)
    return work


@command("[-n] [LINES]", 2)
def run_dmesg(words: Words) -> Work:
    """The kernel's log, or its last lines, from the ring buffer in memory. `-n': numbered."""
    numbers = words[:1] == ["-n"]
    if len(words) > 1 + numbers:
        raise Usage(f"'{words[1 + numbers]}' is one argument too many")
    count = number(words[numbers]) if words[numbers:] else None

    def work(target: GdbTarget) -> Result:
        lines = kernel.dmesg(target)
        first = len(lines) - count if count is not None and count < len(lines) else 0
        return lines[first:], show.dmesg(lines[first:], first + 1 if numbers else None)
    return work


@command("[raw]", 1)
def run_e820(words: Words) -> Work:
    """The firmware's memory map and what became of it; `raw': as the loader has handed it over."""
    if words not in ([], ["raw"]):
        raise Usage(f"'{words[0]}' is not 'raw'")
    return simple(boot_memory.raw_e820, show.raw_e820) if words else \
        simple(boot_memory.e820, show.e820)


@command()
def run_earlyres(words: Words) -> Work:
    """The early reservations: who keeps which bytes before an allocator exists."""
    return simple(boot_memory.early_res, show.early_res)


@command()
def run_bootmem(words: Words) -> Work:
    """The boot allocator's bitmap as ranges of page frames."""
    return simple(boot_memory.bootmem, show.bootmem)


@command()
def run_memblock(words: Words) -> Work:
    """memblock's two arrays (memdawn.bootalloc=memblock)."""
    return simple(boot_memory.memblock, show.memblock)


@command()
def run_nodemap(words: Words) -> Work:
    """early_node_map: the page frames that are RAM."""
    return simple(boot_memory.node_map, show.node_map)


@command()
def run_zones(words: Words) -> Work:
    """The zones: borders, watermarks, types of pageblocks, per-cpu lists."""
    return simple(pages.zones, show.zones)


@command()
def run_buddyinfo(words: Words) -> Work:
    """Free blocks of each zone by order, as /proc/buddyinfo has them."""
    return simple(pages.buddyinfo, show.buddyinfo)


@command("[ZONE [ORDER]]", 2)
def run_freelist(words: Words) -> Work:
    """The free lists by order and migrate type: first page frames of the blocks, the head of
    the list first. Of one zone, or one order of it: all of them."""
    order = number(words[1], 11) if len(words) > 1 else None

    def work(target: GdbTarget) -> Result:
        known = list(dict.fromkeys(name.rpartition(":")[2] for name, _, _ in pages.zone_structs(target)))
        if words and words[0] not in known:
            raise Usage(f"no zone '{words[0]}' (there are: {', '.join(known)})")
        data = pages.free_lists(target, words[0] if words else None, order)
        return data, show.freelist(data, bool(words), order)
    return work


def one_number(words: Words, what: str) -> int:
    """The only argument, which must be there."""
    if not words:
        raise Usage(f"{what} is missing")
    return number(words[0], wraps="address" in what)


@command("PFN", EXPRESSION)
def run_page(words: Words) -> Work:
    """One page frame: its zone, its flags, what it is used for."""
    pfn = one_number(words, "a page frame number")

    def work(target: GdbTarget) -> Result:
        data = pages.page(target, pfn)
        return data, show.page(data)
    return work


@command("PFN", EXPRESSION)
def run_why(words: Words) -> Work:
    """How a page frame came to be what it is: the firmware's word, what the boot did to it, who has
    it, and which allocation gets it next. The kernel's prompt says it as `why'."""
    pfn = one_number(words, "a page frame number")

    def work(target: GdbTarget) -> Result:
        told = why.why(target, pfn)
        return told, told
    return work


@command("PFN", EXPRESSION)
def run_pfn_to_page(words: Words) -> Work:
    """The address of a page frame's struct page."""
    pfn = one_number(words, "a page frame number")

    def work(target: GdbTarget) -> Result:
        mem_map = pages.MemMap(target)
        mem_map.require(pfn)
        address = mem_map.address(pfn)
        return {"pfn": pfn, "page": address}, [f"(struct page *) {address:#x}"]
    return work


@command("ADDRESS", EXPRESSION)
def run_page_to_pfn(words: Words) -> Work:
    """The page frame that a struct page stands for."""
    address = one_number(words, "the address of a struct page")

    def work(target: GdbTarget) -> Result:
        pfn = pages.MemMap(target).pfn(address)
        return {"page": address, "pfn": pfn}, [f"page frame {pfn}, physical {pfn << 12:010x}"]
    return work


@command("ADDRESS", EXPRESSION)
def run_virt_to_phys(words: Words) -> Work:
    """The physical address of one in the linear map, by the kernel's arithmetic alone
    (memdawn-vtop asks the page tables)."""
    address = one_number(words, "a virtual address")

    def work(target: GdbTarget) -> Result:
        target.require_c()
        end = target.value("high_memory") or \
            target.page_offset + (target.value_u32("max_pfn_mapped") << 12)
        if not target.page_offset <= address < end:
            raise Missing(f"{address:08x} is not in the linear map, which is "
                          f"{target.page_offset:08x} - {end:08x}: memdawn-vtop walks the tables")
        phys = address - target.page_offset
        return {"virtual": address, "phys": phys}, [
            f"virtual {address:08x}: physical {phys:010x}, page frame {phys >> 12}"]
    return work


@command("ADDRESS", EXPRESSION)
def run_vtop(words: Words) -> Work:
    """The walk through the kernel's page tables to a virtual address."""
    address = one_number(words, "a virtual address")

    def work(target: GdbTarget) -> Result:
        data = page_tables.walk(target, address)
        return data, show.vtop(data, target.page_offset)
    return work


@command("[ADDRESS]", EXPRESSION)
def run_pgtable(words: Words) -> Work:
    """What is mapped, as ranges with their permissions; or the range of one address."""
    address = number(words[0], wraps=True) if words else None

    def work(target: GdbTarget) -> Result:
        data = page_tables.pgtable(target)
        if address is not None:
            data = [found for found in data if found["start"] <= address < found["end"]]
            if not data:
                return data, [f"{address:08x} is not mapped"]
        return data, show.pgtable(data)
    return work


@command("[all]", 1)
def run_fixmap(words: Words) -> Work:
    """The fixed pages that are mapped; `all': the others too."""
    if words not in ([], ["all"]):
        raise Usage(f"'{words[0]}' is not 'all'")
    return simple(page_tables.fixmap, lambda data: show.fixmap(data, bool(words)))


@command()
def run_pkmap(words: Words) -> Work:
    """The windows of kmap() that are mapped."""
    return simple(page_tables.pkmap, show.pkmap)


@command()
def run_slabinfo(words: Words) -> Work:
    """The caches, the newest first, as /proc/slabinfo has them."""
    return simple(kernel.slabinfo, show.slabinfo)


@command()
def run_layout(words: Words) -> Work:
    """The virtual address space from the top down, and how the low memory limit came about."""
    return simple(virtual_layout.virtual_layout, show.virtual_layout)


@command()
def run_balance(words: Words) -> Work:
    """Every page frame: what it is, and whose."""
    return simple(pages.balance, show.balance)


class Milestones(Command):
    """List the boot's milestones; an arrow marks the one at which the machine stands.
usage: memdawn-milestones [--json]"""

    def __init__(self) -> None:
        super().__init__("memdawn-milestones", gdb.COMMAND_RUNNING)

    def work(self, words: Words) -> None:
        if words not in ([], ["--json"]):
            raise gdb.GdbError(f"'{words[0]}' is one argument too many\n"
                               "usage: memdawn-milestones [--json]")
        target = the_target()
        here = running.milestone_here(target)
        if words:
            gdb.write(json.dumps([{**vars(milestone), "here": milestone == here, "address":
                                   milestones.address_of(target.image, milestone)}
                                  for milestone in milestones.MILESTONES]) + "\n")
            return
        for milestone in milestones.MILESTONES:
            gdb.write(f"{'->' if milestone == here else '  '} {milestone.name:14s} "
                      f"{milestone.when + ' ' + milestone.function + '()':35s} "
                      f"{milestone.meaning}\n")


class Next(Command):
    """Run to the next milestone, or to the one that is named, and print what has changed since
the last.
usage: memdawn-next [MILESTONE] [--json]"""

    def __init__(self) -> None:
        super().__init__("memdawn-next", gdb.COMMAND_RUNNING)
        self.stepper: running.Stepper | None = None

    def work(self, words: Words) -> None:
        names = [word for word in words if word != "--json"]
        usage = "\nusage: memdawn-next [MILESTONE] [--json]"
        if len(names) > 1:
            raise gdb.GdbError(f"'{names[1]}' is one argument too many{usage}")
        try:
            wanted = [milestones.by_name(name) for name in names] or list(milestones.MILESTONES)
        except KeyError as error:
            raise gdb.GdbError(error.args[0] + usage) from error
        target = the_target()
        if self.stepper is None or self.stepper.target is not target:
            self.stepper = running.Stepper(target)
        try:
            reached, changed, log = self.stepper.step(wanted)
        except running.Interrupted as error:
            raise gdb.GdbError(str(error)) from error
        if "--json" in words:
            gdb.write(json.dumps({"milestone": reached.name, "changes": changed, "log": log})
                      + "\n")
        else:
            self.stepper.show(reached, changed, log)

    def complete(self, text: str, word: str | None) -> list[str]:
        """The milestones' names."""
        return [milestone.name for milestone in milestones.MILESTONES
                if milestone.name.startswith(word or "")]


class Collect(Command):
    """Run to each milestone, or to those that are named, and write the state there as JSON.
usage: memdawn-collect FILE [MILESTONE...]"""

    def __init__(self) -> None:
        super().__init__("memdawn-collect", gdb.COMMAND_RUNNING, gdb.COMPLETE_FILENAME)

    def work(self, words: Words) -> None:
        if not words:
            raise gdb.GdbError("usage: memdawn-collect FILE [MILESTONE...]")
        try:
            wanted = [milestones.by_name(word) for word in words[1:]] or list(milestones.MILESTONES)
            found = running.collect(the_target(), wanted)
            running.write_json(words[0], {"readers": list(state.READERS), "milestones": found})
        except (KeyError, OSError, running.Interrupted) as error:
            text = error.args[0] if isinstance(error, KeyError) else str(error)
            raise gdb.GdbError(text) from error


class UseCore(Command):
    """Read a core that QEMU's dump-guest-memory wrote, with paging (-p) or without, also while GDB
is attached to a machine. Without FILE: the machine again.
usage: memdawn-core [FILE]"""

    def __init__(self) -> None:
        super().__init__("memdawn-core", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def work(self, words: Words) -> None:
        if len(words) > 1:
            raise gdb.GdbError(f"'{words[1]}' is one argument too many\n"
                               "usage: memdawn-core [FILE]")
        the_target().use_core(words[0] if words else None)


EXPLAIN_WIDTH = 100


class Explain(Command):
    """What a word means: a term, a command, a column. What a line of the log means, by the number that
memdawn-dmesg -n gives it. The numbers are this machine's, as far as the log has them.
usage: memdawn-explain WORD|LINE"""

    def __init__(self) -> None:
        super().__init__("memdawn-explain", gdb.COMMAND_SUPPORT)

    @staticmethod
    def log() -> list[str]:
        """The log, which may not be there yet."""
        try:
            with the_target() as target:
                return [line["text"] for line in kernel.dmesg(target)]
        except (Missing, gdb.GdbError):
            return []

    def work(self, words: Words) -> None:
        text = " ".join(words)
        if not words:
            raise gdb.GdbError("a word or the number of a line is missing\nusage: memdawn-explain WORD|LINE")
        log = self.log()
        book = Book(log)
        if not text.isdecimal():
            found = explain.word(book, text, EXPLAIN_WIDTH)
        elif 0 < int(text) <= len(log):
            found = explain.line(book, log[int(text) - 1], EXPLAIN_WIDTH)
        else:
            raise gdb.GdbError(f"the log has no line {text}: memdawn-dmesg -n numbers them")
        if not found:
            raise gdb.GdbError(explain.unknown(book, text))
        gdb.write(visible("\n".join(found)) + "\n")

    def complete(self, text: str, word: str | None) -> list[str]:
        """Names of one word."""
        return sorted({name for entry in Book().entries for name in entry.names
                       if name.startswith(word or "") and " " not in name and not entry.patterns})


LONGEST_SUMMARY = 60


class Overview(Command):
    """memdawn's commands; `help COMMAND' tells more of each."""

    def __init__(self) -> None:
        names = [found.split(" -- ")[0] for found in
                 gdb.execute("apropos ^memdawn-", to_string=True).splitlines()]
        self.__doc__ = "\n".join([self.__doc__ or "", "", *map(self.line, names)])
        super().__init__("memdawn", gdb.COMMAND_SUPPORT)

    @staticmethod
    def line(name: str) -> str:
        """A command, its arguments, and how its help begins."""
        text = gdb.execute(f"help {name}", to_string=True)
        usage = re.search(r"^usage: (\S.*?)( \[--json\])?$", text, re.MULTILINE)
        sentence = re.split(r"[.;:(](?:\s|$)", " ".join(text.split("usage:")[0].split()))[0]
        if len(sentence) > LONGEST_SUMMARY:
            sentence = sentence.partition(", ")[0]
        return f"{usage[1] if usage else name:36} {sentence}"

    def work(self, words: Words) -> None:
        gdb.write(f"{self.__doc__}\n")


def before_core_file() -> None:
    """Called before GDB's core-file. A core's registers are not those of scripts/gdb/i386.xml,
    and GDB ends itself where they are expected."""
    connection = gdb.selected_inferior().connection
    if connection is not None and connection.type == "remote":
        raise gdb.GdbError("core-file: GDB is attached to a machine: memdawn-core FILE reads a "
                           "core beside it (or `disconnect' first)")
    gdb.execute("unset tdesc filename", to_string=True)


HOOK = """define hook-core-file
python memdawn.debugger.commands.before_core_file()
end"""


def register() -> None:
    """Adds the commands to GDB; once is enough."""
    if not WAITING:
        return
    for waiting in WAITING:
        name = "memdawn-" + waiting.run.__name__.removeprefix("run_")
        text = re.sub(r"\n *", "\n", waiting.run.__doc__ or "")
        Reader(name, waiting.usage, text, waiting.run, waiting.most)
    WAITING.clear()
    for kind in (Milestones, Next, Collect, UseCore, Explain):
        kind()
    Overview()
    gdb.execute("alias memdawn- = memdawn")
    gdb.execute("python import memdawn.debugger.commands")
    gdb.execute(HOOK)
