# SPDX-License-Identifier: GPL-2.0-only
"""A machine that stays on after it has said something: what stands on its screen then."""

import contextlib
import os
import pathlib
import re
import select
import subprocess
import time

import glyphs
from boot import TIMEOUT
from memdawn import program
from memdawn.emulators import qmp, runner

TEXT_BUFFER = 0xB8000
COLUMNS, ROWS = 80, 25


class Guest:
    """A running QEMU: its serial port and its monitor (qmp.Monitor)."""

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

    def screen(self):
        """The text screen's lines."""
        dump = self.monitor.human(f"xp /{COLUMNS * ROWS}hx {TEXT_BUFFER:#x}")
        cells = [int(word, 16) for line in dump.splitlines()
                 for word in line.split(":", 1)[1].split()]
        text = "".join(chr(cell & 0xFF) if 32 <= cell & 0xFF < 127 else " " for cell in cells)
        return [text[at:at + COLUMNS].rstrip() for at in range(0, len(text), COLUMNS)]

    def picture(self, directory, last, timeout=TIMEOUT):
        """What is on a screen of pixels, as soon as its last line is this one (a pattern): its lines up to
        that, and (column, row) of the cursor."""
        path = pathlib.Path(directory, "picture.ppm")
        deadline = time.monotonic() + timeout
        while True:
            self.monitor.execute("screendump", filename=str(path))
            try:
                lines, cursor = glyphs.text(glyphs.load(path))
            except glyphs.NoGlyph as error:        # perhaps half of one, so far
                lines, problem = [], error
            else:
                problem = "\n".join(lines)
            while lines and not lines[-1]:
                lines.pop()
            if lines and re.fullmatch(last, lines[-1]):
                return lines, cursor
            assert time.monotonic() < deadline, f"'{last}' does not end what is shown:\n{problem}"
            time.sleep(0.1)

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
    qmp_path = os.path.join(directory, "qmp")
    with subprocess.Popen(program.tethered(machine.qemu_command(disc, qmp_path)), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        runner.widen(process.stdout)
        try:
            monitor = qmp.connect(qmp_path, lambda: process.poll() is None)
            assert monitor is not None, f"QEMU ended at once: {process.stdout.read()}"
            with monitor:
                yield Guest(process, monitor)
        finally:
            runner.stop(process)
