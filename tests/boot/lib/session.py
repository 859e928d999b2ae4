# SPDX-License-Identifier: GPL-2.0-only
"""A session at the monitor's prompt, over the serial port of a machine that stays on."""

import contextlib
import os
import re
import subprocess

from pexpect import fdpexpect

from boot import BUILD
from memdawn import program
from memdawn.emulators import runner

PROMPT = "memdawn> "
TIMEOUT = 600


class Session:
    """What is typed, and what is answered."""

    def __init__(self, process):
        self.process = process
        self.child = fdpexpect.fdspawn(process.stdout, timeout=TIMEOUT, maxread=65536,
                                       encoding="latin-1")
        self.log = []            # the kernel's lines before the first prompt

    def wait_for(self, text, timeout=TIMEOUT):
        """What stands before the next occurrence of a text, without carriage returns."""
        self.child.expect_exact(text, timeout=timeout)
        return self.child.before.replace("\r", "")

    def send(self, keys):
        """Keys for the serial port; a character is a byte."""
        self.process.stdin.write(keys.encode("latin-1"))
        self.process.stdin.flush()

    def ask(self, command, timeout=TIMEOUT):
        """The lines that a command answers."""
        self.send(command + "\r")
        echo, *lines = self.wait_for(PROMPT, timeout).split("\n")
        assert echo == command, f"typed {command!r}, shown {echo!r}"
        assert lines and lines[-1] == "", f"{command}: the prompt is after {lines[-1:]}"
        return lines[:-1]

    def answer(self, command, pattern):
        """The match of a command's only line of answer."""
        lines = self.ask(command)
        assert len(lines) == 1, f"{command}: {lines}"
        match = re.fullmatch(pattern, lines[0])
        assert match, f"{command}: {lines[0]!r} is not {pattern!r}"
        return match


@contextlib.contextmanager
def session(machine, directory, build=BUILD):
    """Boots a Machine whose words don't end it, up to the prompt."""
    disc = os.path.join(directory, "disc.iso")
    machine.make_disc(build / "memdawn.iso", disc)
    with subprocess.Popen(program.tethered(machine.qemu_command(disc)), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        runner.widen(process.stdout)
        try:
            made = Session(process)
            made.log = runner.kernel_log(made.wait_for(PROMPT))
            yield made
        finally:
            runner.stop(process)
