# SPDX-License-Identifier: GPL-2.0-only
"""A machine that stays on after it has said something: what stands on its screen then."""

import contextlib
import json
import os
import re
import select
import socket
import subprocess
import time

from boot import TIMEOUT
from memdawn import runner

TEXT_BUFFER = 0xB8000
COLUMNS, ROWS = 80, 25


class Guest:
    """A running QEMU: its serial port and its monitor."""

    def __init__(self, process, monitor):
        self.process = process
        self.monitor = monitor
        self.serial = ""

    def type(self, text):
        """Keys for the serial port."""
        self.process.stdin.write(text.encode("ascii"))
        self.process.stdin.flush()

    def wait_for(self, pattern, timeout=TIMEOUT):
        """Reads the serial port until the pattern is seen; returns everything read."""
        deadline = time.monotonic() + timeout
        output = self.process.stdout.fileno()
        while not re.search(pattern, runner.CONTROL.sub("", self.serial)):
            left = deadline - time.monotonic()
            ready = select.select([output], [], [], max(0, left))[0]
            piece = os.read(output, 65536) if ready else b""
            assert piece, f"'{pattern}' was not said. Serial port:\n{self.serial}"
            self.serial += piece.decode("ascii", "replace").replace("\r", "")
        return self.serial

    def command(self, line):
        """The answer to a line for QEMU's human monitor."""
        self.monitor.write(json.dumps({"execute": "human-monitor-command",
                                       "arguments": {"command-line": line}}) + "\n")
        self.monitor.flush()
        while True:
            answer = json.loads(self.monitor.readline())
            if "return" in answer:
                return answer["return"]

    def screen(self):
        """The text screen's lines."""
        dump = self.command(f"xp /{COLUMNS * ROWS}hx {TEXT_BUFFER:#x}")
        cells = [int(word, 16) for line in dump.splitlines()
                 for word in line.split(":", 1)[1].split()]
        text = "".join(chr(cell & 0xFF) if 32 <= cell & 0xFF < 127 else " " for cell in cells)
        return [text[at:at + COLUMNS].rstrip() for at in range(0, len(text), COLUMNS)]

    def wait_for_screen(self, pattern, timeout=TIMEOUT):
        """Looks at the screen until the pattern stands there; returns its lines."""
        deadline = time.monotonic() + timeout
        while not re.search(pattern, "\n".join(lines := self.screen())):
            assert time.monotonic() < deadline, f"'{pattern}' is not shown:\n" + "\n".join(lines)
            time.sleep(0.1)
        return lines


@contextlib.contextmanager
def running(machine, disc, directory):
    """Starts a Machine from a disc that is ready to boot; ends it afterwards."""
    qmp = os.path.join(directory, "qmp")
    with subprocess.Popen(machine.qemu_command(disc, qmp), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        runner.widen(process.stdout)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connect(connection, qmp, process)
                with connection.makefile("rw", encoding="utf-8") as monitor:
                    monitor.readline()
                    monitor.write('{"execute": "qmp_capabilities"}\n')
                    monitor.flush()
                    monitor.readline()
                    yield Guest(process, monitor)
        finally:
            runner.stop(process)


def connect(connection, path, process):
    """Waits for QEMU's monitor."""
    while process.poll() is None:
        try:
            connection.connect(path)
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"QEMU ended at once: {process.stdout.read()}")
