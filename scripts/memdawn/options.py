# SPDX-License-Identifier: GPL-2.0-only
"""What the command lines of run-qemu and run-bochs have in common."""

import argparse
import os
import pathlib
import shlex
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from memdawn import program, visible
from memdawn.emulators import firmware, machine as machines, media, runner

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

EXIT_STATUS = """\
exit status: 0 the end of the boot was seen, 1 wrong use, 3 panic, 4 reboot, 5 timeout,
6 ended without the end line, 77 a tool is missing"""

COMMAND_LINE = f"""\
CASE.json is a reference case (tests/linux): its machine and its "cmdline" are taken as they
are. A command line given with --cmdline, or in MEMDAWN_CMDLINE as make does, is taken as it is
too; only where no word of it begins with console= or earlyprintk, the words that bring the log
to the serial port are put in front:
  {media.CONSOLE_WORDS}
BOOT_IMAGE=/boot/bzImage is put before either, unless it stands there, and memdawn.exit after
it (the kernel takes that word out again), so that the run ends with the boot.
GRUB itself puts a backslash before each quote and backslash of a command line."""


LEAST_MEM = 2           # MiB: with less QEMU's own firmware doesn't start
LONGEST_TIMEOUT = 10**7  # seconds
LAST_WORDS = 5          # lines, of a boot that had no log


def seconds(text: str) -> float:
    """A time limit, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= LONGEST_TIMEOUT:
        raise argparse.ArgumentTypeError(f"{text!r}: seconds are wanted, more than 0 and up to "
                                         f"{LONGEST_TIMEOUT}")
    return value


def mebibytes(text: str) -> int:
    """A size of RAM, for argparse."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: a number of MiB is wanted") from None
    if value < LEAST_MEM:
        raise argparse.ArgumentTypeError(f"{value}: at least {LEAST_MEM} MiB are wanted, or QEMU's own "
                                         "firmware doesn't start")
    return value


class Parser(argparse.ArgumentParser):
    """argparse, with the scripts' status for wrong use."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(runner.Outcome.USAGE)


def parser(prog: str, description: str, default_timeout: float) -> Parser:
    """A parser with the options that both emulators' scripts take."""
    made = Parser(prog=prog, description=description, epilog=f"{COMMAND_LINE}\n\n{EXIT_STATUS}",
                  formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("case", nargs="?", metavar="CASE.json", help="a reference case")
    made.add_argument("--mem", type=mebibytes, metavar="MIB", help="RAM (default 2048)")
    made.add_argument("--cmdline", help="the kernel's command line")
    made.add_argument("--words", default="", help="memdawn.* words to be put after it")
    made.add_argument("--iso", default=str(ROOT / "build" / "memdawn.iso"), metavar="FILE")
    made.add_argument("--serial-log", metavar="FILE", help="keep all serial output")
    made.add_argument("--timeout", type=seconds, default=default_timeout, metavar="SECONDS",
                      help=f"default {default_timeout}")
    made.add_argument("--log-only", action="store_true",
                      help="print the kernel's log and nothing else")
    made.add_argument("--dry-run", action="store_true",
                      help="print what the emulator and GRUB would be told")
    return made


def command_line(args: argparse.Namespace) -> str | None:
    """The user's command line, None where there is none and the default or the case's holds."""
    given = args.cmdline
    if given is None and args.case is None:
        given = os.environ.get("MEMDAWN_CMDLINE") or None
    return None if given is None else media.with_console(given)


def add_hardware(made: argparse.ArgumentParser) -> None:
    """The options for a machine of QEMU's, but for its RAM."""
    made.add_argument("--machine", help="QEMU's board (default pc; q35 with UEFI)")
    made.add_argument("--cpu", help="QEMU's CPU (default qemu64)")
    made.add_argument("--numa", metavar="NODES", help="a machine with nodes, and the kernel for such: how many, which "
                      "share the RAM, or their sizes: 1G+7G")
    made.add_argument("--firmware", choices=firmware.NAMES,
                      help="BIOS (the default), UEFI of 64 bits or of 32 bits")


def add_machine(made: Parser) -> None:
    """The options that machine_from() takes."""
    made.add_argument("case", nargs="?", metavar="CASE.json", help="a reference case")
    made.add_argument("--mem", type=mebibytes, metavar="MIB", help="RAM (default 2048)")
    add_hardware(made)
    made.add_argument("--cmdline", help="the kernel's command line")


def machine_from(args: argparse.Namespace, made: Parser, mem: int | None) -> machines.Machine:
    """The machine that the options, or the case, describe; `mem`: of the sizes that were asked for.
    Raises CaseError."""
    given = [name for name, value in (("mem", mem), ("machine", args.machine), ("cpu", args.cpu),
                                   ("firmware", args.firmware), ("numa", args.numa)) if value is not None]
    if args.case is not None:
        if given:
            made.error(f"--{given[0]} does not go with a case: the case says the machine")
        machine = machines.from_case(args.case)
    else:
        machine = machines.Machine()
        if args.numa is not None:
            machine.numa = True
            machine.nodes = machines.nodes_from(args.numa, mem)
            mem = sum(machine.nodes)
        machine.mem = machine.mem if mem is None else mem
        machine.machine = args.machine
        machine.firmware = args.firmware or machine.firmware
        machine.cpu = machine.cpu if args.cpu is None else args.cpu
        if machine.mem < LEAST_MEM:
            made.error(f"--mem {machine.mem}: at least {LEAST_MEM} MiB are wanted, or QEMU's own firmware "
                       "doesn't start")
    cmdline = command_line(args)
    if cmdline is not None:
        machine.cmdline = cmdline
    return machine


def modules_from(args: argparse.Namespace, made: Parser,
                 more: Sequence[str] = ()) -> list[tuple[program.StrPath, str]]:
    """(file, words) of each module to be loaded: --initrd, --dtb, and WORDS=FILE of others."""
    modules = [(path, words) for path, words in ((args.initrd, "initrd"), (args.dtb, "dtb"))
               if path is not None]
    for module in more:
        words, separator, path = module.partition("=")
        if not separator:
            made.error(f"--module {module}: WORDS=FILE is wanted")
        modules.append((path, words))
    for path, _ in modules:
        if not os.path.isfile(path):
            made.error(f"{path}: {'no file' if os.path.exists(path) else 'no such file'}")
    return modules


def qemu_args_from(args: argparse.Namespace, made: Parser) -> list[str]:
    """Further arguments for QEMU, from the one string that --qemu-args is."""
    try:
        return shlex.split(args.qemu_args)
    except ValueError as error:
        made.error(f"--qemu-args: {error}")


def emitter(log_only: bool) -> Callable[[str], None]:
    """A function that shows serial output as it comes: as it is, for who works at the machine and for
    files; a log on a terminal is only to be read."""
    log_filter = runner.LogFilter()
    stream = visible.raw(sys.stdout)
    is_read = log_only and stream.isatty()

    def emit(text: str) -> None:
        text = log_filter.feed(text) if log_only else text
        stream.write(visible.visible(text) if is_read else text)
        stream.flush()

    return emit


def require_iso(args: argparse.Namespace, made: Parser) -> None:
    """Wrong use unless the disc exists."""
    if not os.path.isfile(args.iso):
        made.error(f"{args.iso}: no such file (make iso builds it)")


def conclude(prog: str, args: argparse.Namespace, result: runner.Result) -> int:
    """Says how the boot ended where it did not end well; returns the exit status."""
    if args.serial_log:
        pathlib.Path(args.serial_log).write_text(result.serial, encoding="utf-8")
    if result.outcome != runner.Outcome.PASSED:
        print(f"{prog}: {result.outcome.name.lower()}: {result.reason}", file=sys.stderr)
        if args.log_only and not result.log:
            said = [line for line in runner.clean(result.serial) if line.strip()][-LAST_WORDS:]
            print("\n  ".join([f"{prog}: what was said last:", *said]), file=sys.stderr)
    return result.outcome
