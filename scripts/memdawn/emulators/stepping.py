# SPDX-License-Identifier: GPL-2.0-only
"""A machine that waits for a debugger before its first instruction, and GDB scripts run on it."""

import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence

from memdawn import program
from memdawn.emulators import runner
from memdawn.emulators.machine import Machine
from memdawn.program import StrPath

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent.parent
LOADER = SCRIPTS / "gdb" / "memdawn-gdb.py"
REGISTERS = SCRIPTS / "gdb" / "i386.xml"
START_SECONDS = 300
ANSWER_SECONDS = 300


class DebuggerError(Exception):
    """GDB or the machine cannot be used; the text says why."""

    outcome = runner.Outcome.ENDED


class MissingTool(DebuggerError):
    """A program is not installed."""

    outcome = runner.Outcome.NO_TOOL


class NoEnd(DebuggerError):
    """The time limit is over."""

    outcome = runner.Outcome.TIMEOUT


def gdb_word(path: StrPath) -> str:
    """A path as one word of a GDB command that takes several."""
    return re.sub(r"([\\'\" ])", r"\\\1", str(path))


def setup(elf: StrPath, socket: str | None, qemu: str = "qemu-system-x86_64") -> list[str]:
    """GDB's commands that load symbols and commands, and attach."""
    # A machine on a busy host answers late, not never.
    lines = ["set pagination off", "set confirm off", f"set remotetimeout {ANSWER_SECONDS}",
             f"add-auto-load-safe-path {LOADER}", f"file {gdb_word(elf)}"]
    if qemu.endswith("x86_64"):
        lines += [f"set tdesc filename {REGISTERS}", "set may-write-registers off"]
    if socket is not None:
        lines.append(f"target remote {socket}")
    return lines + [f"source {LOADER}"]


class Stopped:
    """A machine that has been started and waits."""

    def __init__(self, machine: Machine, elf: StrPath, directory: str,
                 process: subprocess.Popen[bytes]) -> None:
        self.machine = machine
        self.elf = elf
        self.directory = directory
        self.process = process
        self.socket = os.path.join(directory, "gdb")
        self.qmp = os.path.join(directory, "qmp")
        self.serial = os.path.join(directory, "serial")

    def log(self) -> list[str]:
        """What the serial port has said."""
        with open(self.serial, encoding="latin-1") as file:
            return runner.clean(file.read())

    def last_words(self, most: int = 5) -> list[str]:
        """What it, or the firmware or GRUB before it, has said last."""
        return [line for line in self.log() if line.strip()][-most:]

    def gdb(self, commands: Sequence[str], timeout: float | None = None,
            attach: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs GDB with a list of commands after setup(); returns what subprocess.run() does. Raises
        NoEnd."""
        lines = setup(self.elf, self.socket if attach else None, self.machine.qemu)
        script = os.path.join(self.directory, "script.gdb")
        with open(script, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, *commands]) + "\n")
        try:
            return subprocess.run(["gdb", "-batch", "-nx", "-x", script], text=True, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=timeout, errors="replace")
        except subprocess.TimeoutExpired:
            raise NoEnd("\n  ".join([f"no end within {timeout:g} s; the log up to there ends with:",
                                     *self.last_words()])) from None


def command(machine: Machine, disc: StrPath, directory: str,
            serial: str | None = None) -> list[str]:
    """QEMU's command for a machine that waits for a debugger on a socket of its own."""
    return machine.qemu_command(
        disc, os.path.join(directory, "qmp"),
        serial=(serial or "file:{directory}/serial").format(directory=directory)) + [
            "-gdb", f"unix:{directory}/gdb,server=on,wait=off", "-S"]


def require(machine: Machine, *tools: str) -> None:
    """Raises MissingTool where something is missing that the machine needs, or one of the programs."""
    missing = machine.missing()
    if missing is not None:
        raise MissingTool(missing)
    for tool in tools:
        if shutil.which(tool) is None:
            raise MissingTool(f"{tool} is not installed (scripts/install-deps qemu gdb)")


@contextlib.contextmanager
def stopped(machine: Machine, iso: StrPath, elf: StrPath,
            serial: str | None = None) -> Iterator[Stopped]:
    """Starts a Machine that waits, from a private copy of the disc `iso`; ends it afterwards.
    `serial`: QEMU's words for the serial port, {directory} in them the run's own."""
    require(machine, "gdb")
    with program.temporary_folder() as directory:
        disc = os.path.join(directory, "disc.iso")
        machine.make_disc(iso, disc)
        with open(os.path.join(directory, "errors"), "w+", encoding="utf-8") as errors, \
                subprocess.Popen(program.tethered(command(machine, disc, directory, serial)),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=errors, start_new_session=True) as process:
            try:
                end = time.monotonic() + START_SECONDS
                while not os.path.exists(os.path.join(directory, "gdb")):
                    if process.poll() is not None or time.monotonic() > end:
                        errors.seek(0)
                        raise DebuggerError(f"{machine.qemu} did not start: {errors.read()}")
                    time.sleep(0.02)
                yield Stopped(machine, elf, directory, process)
            finally:
                runner.stop(process)


def kernel_of(machine: Machine, iso: StrPath) -> pathlib.Path:
    """The ELF file that a disc was made from stands beside it; that of the kernel for several nodes, which is
    on the same disc, in a folder there."""
    folder = pathlib.Path(iso).resolve().parent
    elf = folder / ("numa" if machine.is_for_nodes else "") / "memdawn.elf"
    if not elf.is_file():
        raise DebuggerError(f"{elf}: no such file: symbols are read from it (make builds it)")
    return elf


WELCOME = """\
The machine waits before its first instruction. Its log is in {serial}.
  memdawn-next         run to the next milestone of the boot, print what has changed
  memdawn-milestones   list them
  help memdawn-        list the other commands (Tab completes)
  Ctrl-C               stop the machine, wherever `continue' has taken it
  hbreak FUNCTION      a breakpoint, also where no page is mapped yet
"""


def take_terminal() -> None:
    """Makes this process' group the one that the terminal's keys reach, from wherever it is."""
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, before)


def with_terminal(command: Sequence[StrPath]) -> int:
    """Runs a program that has the terminal, and what Ctrl-C means there, for itself: make and this
    program see nothing of it. Ctrl-Z stops all. Returns the program's exit status."""
    try:
        is_ours = os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        is_ours = False
    if not is_ours:
        return subprocess.call(command)
    with subprocess.Popen(command, process_group=0, preexec_fn=take_terminal) as process:
        try:
            while process.returncode is None:
                _, status = os.waitpid(process.pid, os.WUNTRACED)
                take_terminal()
                if os.WIFSTOPPED(status):
                    os.killpg(0, signal.SIGTSTP)
                    os.tcsetpgrp(0, process.pid)
                    os.killpg(process.pid, signal.SIGCONT)
                else:
                    process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            runner.stop(process)
            take_terminal()
    return process.returncode


def with_gdb(machine: Machine, iso: StrPath) -> int:
    """Starts a Machine and GDB, which has the terminal; the machine ends with it."""
    elf = kernel_of(machine, iso)
    serial = elf.with_name("serial.log")
    with stopped(machine, iso, elf, f"file:{serial}") as vm:
        script = os.path.join(vm.directory, "script.gdb")
        lines = [line for line in setup(elf, vm.socket, machine.qemu)
                 if line != "set pagination off"]
        # GDB leaves out blanks at the beginning, unless they are escaped.
        lines += ["echo " + re.sub("^ +", lambda blanks: "\\ " * len(blanks[0]), line) + "\\n"
                  for line in WELCOME.format(serial=serial).splitlines()]
        pathlib.Path(script).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return with_terminal(["gdb", "-q", "-x", script])


ATTACH = """\
The machine waits for a debugger on port {port} of this host; the serial port is this terminal.
  gdb {commands}
In Visual Studio Code, .vscode/launch.json (with Microsoft's C/C++ extension):
{launch}
`quit' in the debugger lets the machine run on; Ctrl-C here ends it.
"""


def launch_json(elf: StrPath, port: str, qemu: str) -> str:
    """A configuration for Visual Studio Code's cppdbg."""
    before = [line for line in setup(elf, None, qemu) if not line.startswith("file ")]
    return json.dumps({"version": "0.2.0", "configurations": [{
        "name": "memdawn", "type": "cppdbg", "request": "launch", "MIMode": "gdb",
        "program": str(elf), "cwd": str(SCRIPTS.parent), "miDebuggerPath": "gdb",
        "miDebuggerServerAddress": f"127.0.0.1:{port}", "stopAtConnect": True,
        "hardwareBreakpoints": {"require": True},
        "setupCommands": [{"text": line} for line in before]}]}, indent=2)


def wait_for_debugger(machine: Machine, iso: StrPath, port: str) -> int:
    """Starts a Machine that waits for the user's own debugger; returns QEMU's exit status."""
    elf = kernel_of(machine, iso)
    require(machine)
    commands = " ".join(f"-ex {shlex.quote(line)}" for line in setup(elf, f"127.0.0.1:{port}", machine.qemu))
    print(ATTACH.format(port=port, commands=commands,
                        launch=launch_json(elf, port, machine.qemu)), flush=True)
    with program.temporary_folder() as directory:
        disc = os.path.join(directory, "disc.iso")
        machine.make_disc(iso, disc)
        try:
            return subprocess.call(program.tethered(machine.qemu_command(disc) + [
                "-gdb", f"tcp:127.0.0.1:{port}", "-S"]))
        except KeyboardInterrupt:
            return runner.Outcome.PASSED
