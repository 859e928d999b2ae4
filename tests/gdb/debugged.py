# SPDX-License-Identifier: GPL-2.0-only
"""A machine under GDB: lists of commands, and their answers."""

import contextlib
import json
import os
import pathlib
import queue
import shutil
import socket
import threading

import pytest

from boot import BUILD
from memdawn.emulators import runner, stepping

INSIDE = pathlib.Path(__file__).resolve().parent / "inside.py"
SECONDS = 600
PROMPT = "memdawn> "

# Every command that shows, without arguments and with one that always makes sense.
SHOWING = ("dmesg", "e820", "e820 raw", "earlyres", "bootmem", "memblock", "nodemap", "zones",
           "buddyinfo", "freelist", "page 4096", "why 4096", "pfn_to_page 4096", "page_to_pfn mem_map + 17",
           "virt_to_phys 0xc1000000", "vtop 0xc1000000", "pgtable", "fixmap", "pkmap",
           "slabinfo", "layout", "balance")


class Failed(AssertionError):
    """GDB refused a command that should have worked."""


class Answers:
    """What a list of commands answered, in their order."""

    def __init__(self, answers):
        self.answers = answers

    def all(self):
        """(command, text or error) of each."""
        return [(answer["command"], answer.get("text", answer.get("error")))
                for answer in self.answers]

    def text(self, command, nth=0):
        """The nth answer to a command."""
        answer = [answer for answer in self.answers if answer["command"] == command][nth]
        if "error" in answer:
            raise Failed(f"{command}: {answer['error']}")
        return answer["text"]

    def lines(self, command, nth=0):
        """Its lines."""
        return self.text(command, nth).splitlines()

    def json(self, command, nth=0):
        """What memdawn-COMMAND --json answered."""
        return json.loads(self.text(f"memdawn-{command} --json", nth))

    def error(self, command):
        """Why GDB refused it."""
        return next(answer for answer in self.answers if answer["command"] == command)["error"]


def run(vm, commands, attach=True):
    """Runs GDB on a machine: an Answers."""
    plan = pathlib.Path(vm.directory) / "plan"
    answers = pathlib.Path(vm.directory) / "answers"
    answers.unlink(missing_ok=True)
    plan.write_text(json.dumps({"commands": commands, "answers": str(answers)}),
                    encoding="utf-8")
    os.environ.update(MEMDAWN_PLAN=str(plan), MEMDAWN_QMP=vm.qmp)
    done = vm.gdb([f"source {INSIDE}"], timeout=SECONDS, attach=attach)
    for word in ("Traceback", "Python Exception"):
        assert word not in done.stdout, done.stdout
    assert answers.exists(), done.stdout
    found = json.loads(answers.read_text(encoding="utf-8"))
    for answer in found:
        text = answer.get("text", answer.get("error"))
        assert "Traceback" not in text and "Error occurred in Python" not in text, answer
    return Answers(found)


@contextlib.contextmanager
def debugged(machine, build=BUILD, serial=None):
    """A Machine that waits for GDB; a missing tool skips the test, and says so."""
    machine.words = tuple(word for word in machine.words if word != "memdawn.exit")
    for tool in ("gdb", machine.qemu):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is missing")
    iso = build / "memdawn.iso"
    with stepping.stopped(machine, iso, stepping.kernel_of(machine, iso), serial) as vm:
        yield vm


class Prompt:
    """The kernel's own prompt on a machine whose serial port is a socket. A thread empties it
    all the time: a byte takes so much of the socket's room that a few lines would stop QEMU."""

    SERIAL = "unix:{directory}/com,server=on,wait=off"

    def __init__(self, vm):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(os.path.join(vm.directory, "com"))
        self.pieces = queue.Queue()
        threading.Thread(target=self.drain, daemon=True).start()
        self.said = ""

    def drain(self):
        """Takes what is said until the machine ends."""
        piece = b"start"
        while piece:
            try:
                piece = self.connection.recv(65536)
            except OSError:
                piece = b""
            self.pieces.put(piece)

    def wait(self):
        """The lines that were said up to the next prompt."""
        while PROMPT not in self.said:
            try:
                piece = self.pieces.get(timeout=SECONDS)
            except queue.Empty:
                piece = b""
            assert piece, f"no prompt; the serial port said:\n{self.said[-2000:]}"
            self.said += piece.decode("latin-1")
        before, _, self.said = self.said.partition(PROMPT)
        return runner.clean(before)

    def ask(self, command):
        """The lines that a command answers."""
        self.connection.sendall(command.encode("ascii") + b"\r")
        echo, *lines = self.wait()
        assert echo == command, echo
        return lines[:-1]
