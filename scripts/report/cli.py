# SPDX-License-Identifier: GPL-2.0-only
"""What make-report and map have in common: which machines, and their documents."""

import argparse
import contextlib
import itertools
import json
import os
import pathlib
from collections.abc import Callable, Iterator

from memdawn import options
from memdawn.emulators import machine as machines, media, stepping
from memdawn.logs import bootalloc
from report import collect, textmap
from report.document import Document

NUMBERS = "one or more, separated by blanks: one document for each"


def add_options(parser: options.Parser) -> None:
    """The options that say what is booted."""
    parser.add_argument("case", nargs="?", metavar="CASE.json", help="a reference case")
    parser.add_argument("--mem", default=os.environ.get("MEMDAWN_MEM", ""), metavar="MIB...",
                        help=f"RAM (default 2048); {NUMBERS}")
    parser.add_argument("--bootalloc", default="", metavar="NAME...",
                        help=f"boot allocator: {', '.join(bootalloc.GENERATIONS)}; {NUMBERS}")
    options.add_hardware(parser)
    parser.add_argument("--cmdline", help="the kernel's command line")
    parser.add_argument("--words", default="", help="memdawn.* words to be put behind it")
    parser.add_argument("--initrd", metavar="FILE")
    parser.add_argument("--dtb", metavar="FILE", help="a device tree")
    parser.add_argument("--qemu-args", default=os.environ.get("MEMDAWN_QEMU_ARGS", ""),
                        metavar="ARGS", help="further arguments for QEMU, one string")
    parser.add_argument("--iso", default=str(options.ROOT / "build" / "memdawn.iso"),
                        metavar="FILE")
    parser.add_argument("--elf", metavar="FILE", help="its kernel (default: the .elf beside it)")
    parser.add_argument("--timeout", type=options.seconds, default=900, metavar="SECONDS",
                        help="for each boot (default 900)")
    parser.add_argument("--from", dest="documents", action="append", default=[], metavar="FILE",
                        help="do not boot: take a document that was written by make-report --json; "
                        "may be given more than once")


def numbers(text: str, parser: options.Parser) -> list[int]:
    """The sizes of RAM that were asked for."""
    try:
        sizes = [int(word) for word in text.split()]
    except ValueError:
        parser.error(f"--mem {text}: numbers of MiB are wanted")
    if any(size <= 0 for size in sizes):
        parser.error(f"--mem {text}: at least 1 MiB is wanted")
    return sizes


def allocators(text: str, parser: options.Parser) -> list[str]:
    """The boot allocators that were asked for."""
    for name in text.split():
        if name not in bootalloc.GENERATIONS:
            parser.error(f"--bootalloc {name}: there are {', '.join(bootalloc.GENERATIONS)}")
    return text.split()


def wanted(args: argparse.Namespace, parser: options.Parser) -> list[tuple[str, machines.Machine]]:
    """(title, Machine) of each boot."""
    sizes, names = numbers(args.mem, parser), allocators(args.bootalloc, parser)
    modules = options.modules_from(args, parser)
    found = []
    for size, name in itertools.product(list[int | None](sizes) or [None],
                                        list[str | None](names) or [None]):
        machine = options.machine_from(args, parser, size)
        machine.words = (*args.words.split(), machines.EXIT_WORD)    # where it halts early, QEMU ends
        if name is not None:
            machine.words = (f"memdawn.bootalloc={name}", *machine.words)
        machine.modules = modules
        machine.qemu_args = options.qemu_args_from(args, parser)
        title = [pathlib.Path(args.case).stem if args.case else f"{machine.mem} MiB"]
        title += [args.machine] if args.machine else []
        title += [args.firmware] if args.firmware else []
        title += [name] if name else []
        found.append((", ".join(title), machine))
    return found


def load(path: str) -> list[Document]:
    """A document from a file. Raises CollectError."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise collect.CollectError(f"{path}: {error}") from error
    several: list[Document] = found if isinstance(found, list) else [found]
    for document in several:
        if not isinstance(document, dict) or document.get("schema") != collect.SCHEMA:
            raise collect.CollectError(f"{path}: no document of the form {collect.SCHEMA} "
                                       "(make-report --json writes one)")
    return several


@contextlib.contextmanager
def drawing(args: argparse.Namespace) -> Iterator[None]:
    """Around what draws the documents: one from a file may have anything in it. Raises
    CollectError."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        if not args.documents or isinstance(error, textmap.UnknownStage):
            raise
        raise collect.CollectError(f"{', '.join(args.documents)}: a damaged document: "
                                   f"{type(error).__name__}: {error}") from error


def documents(args: argparse.Namespace, parser: options.Parser,
              say: Callable[[str], object]) -> list[Document]:
    """The documents of all boots, or of the files that were named. Raises CollectError."""
    if args.documents:
        return [document for path in args.documents for document in load(path)]
    found = []
    try:
        boots = wanted(args, parser)
        options.require_iso(args, parser)
        for title, machine in boots:
            elf = args.elf or (stepping.kernel_of(machine, args.iso) if machine.is_for_nodes else
                               pathlib.Path(args.iso).with_suffix(".elf"))
            say(f"booting {title} under GDB")
            found.append(collect.collect(machine, args.iso, elf, title, args.timeout))
    except (machines.CaseError, media.MediaError, ValueError) as error:
        parser.error(str(error))
    except stepping.DebuggerError as error:
        raise collect.CollectError(str(error), error.outcome) from error
    return found
