# SPDX-License-Identifier: GPL-2.0-only
"""A machine that waits for a debugger before its first instruction, and GDB scripts run on it."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from memdawn import runner

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
LOADER = SCRIPTS / "gdb" / "memdawn-gdb.py"
REGISTERS = SCRIPTS / "gdb" / "i386.xml"
START_SECONDS = 30


class DebuggerError(Exception):
    """GDB or the machine cannot be used; the text says why."""


def setup(elf, socket, qemu="qemu-system-x86_64"):
    """GDB's commands that load symbols and commands, and attach."""
    lines = ["set pagination off", "set confirm off", f"file {elf}"]
    if qemu.endswith("x86_64"):
        lines += [f"set tdesc filename {REGISTERS}", "set may-write-registers off"]
    if socket is not None:
        lines.append(f"target remote {socket}")
    return lines + [f"source {LOADER}"]


class Stopped:
    """A machine that has been started and waits."""

    def __init__(self, machine, elf, directory, process):
        self.machine = machine
        self.elf = elf
        self.directory = directory
        self.process = process
        self.socket = os.path.join(directory, "gdb")
        self.qmp = os.path.join(directory, "qmp")
        self.serial = os.path.join(directory, "serial")

    def log(self):
        """What the serial port has said."""
        with open(self.serial, encoding="latin-1") as file:
            return runner.clean(file.read())

    def gdb(self, commands, timeout=None, attach=True):
        """Runs GDB with a list of commands behind setup(); returns what subprocess.run() does."""
        lines = setup(self.elf, self.socket if attach else None, self.machine.qemu)
        script = os.path.join(self.directory, "script.gdb")
        with open(script, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, *commands]) + "\n")
        return subprocess.run(["gdb", "-batch", "-nx", "-x", script], text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout, errors="replace")


def command(machine, disc, directory, serial=None):
    """QEMU's command for a machine that waits for a debugger on a socket of its own."""
    return machine.qemu_command(
        disc, os.path.join(directory, "qmp"),
        serial=serial or f"file:{directory}/serial") + [
            "-gdb", f"unix:{directory}/gdb,server=on,wait=off", "-S"]


@contextlib.contextmanager
def stopped(machine, iso, elf, serial=None):
    """Starts a Machine that waits, from a private copy of the disc `iso`; ends it afterwards."""
    for tool in (machine.qemu, "gdb"):
        if shutil.which(tool) is None:
            raise DebuggerError(f"{tool} is not installed (scripts/install-deps gdb)")
    with tempfile.TemporaryDirectory(prefix="memdawn-") as directory:
        disc = os.path.join(directory, "disc.iso")
        machine.make_disc(iso, disc)
        with open(os.path.join(directory, "errors"), "w+", encoding="utf-8") as errors, \
                subprocess.Popen(command(machine, disc, directory, serial),
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
