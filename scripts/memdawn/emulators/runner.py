# SPDX-License-Identifier: GPL-2.0-only
"""Runs an emulator, reads the serial port, and says how the boot ended.

An outcome is what was SEEN: silence is never success.
"""

import contextlib
import dataclasses
import enum
import fcntl
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from memdawn import program
from memdawn.emulators import machine as machines, qmp
from memdawn.program import StrPath


class Outcome(enum.IntEnum):
    """How a boot ended; the number is the scripts' exit code."""
    PASSED = 0
    USAGE = 1
    PANIC = 3
    REBOOT = 4
    TIMEOUT = 5
    ENDED = 6
    NO_TOOL = 77


BANNER = re.compile(r"^memdawn: memdawn \S")
END_LINE = re.compile(r"^memdawn: boot complete: \d+ pages free, \d+ reserved, balance ok$")
KEXEC_LINE = re.compile(r"^memdawn: \S+ has handed over; now the same machine with \S+$")
PANIC_LINE = re.compile(r"^Kernel panic - not syncing: ")
GRUB_FAILED = re.compile("GRUB could not load the kernel('s modules)?: too little memory")
# Printk time stamps and console levels are not used; terminal control is the firmware's.
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1bc")

DEFAULT_TIMEOUT = 180


@dataclasses.dataclass
class Result:
    """What was seen of one boot."""
    outcome: Outcome
    reason: str
    log: list[str]       # the kernel's own lines, from its banner on
    serial: str          # everything that came over the serial port
    seconds: float


def clean(serial: str) -> list[str]:
    """Serial output as lines, without carriage returns and terminal control."""
    return CONTROL.sub("", serial.replace("\r", "")).split("\n")


def kernel_log(serial: str) -> list[str]:
    """The kernel's lines: from its first banner on. Firmware and GRUB come before it."""
    lines = clean(serial)
    for index, line in enumerate(lines):
        if BANNER.match(line):
            lines = lines[index:]
            return lines[:-1] if lines[-1] == "" else lines
    return []


class LogFilter:
    """Passes on what the serial port says from the kernel's banner on, chunk by chunk."""

    def __init__(self) -> None:
        self.pending = ""
        self.started = False

    def feed(self, text: str) -> str:
        """The part of `text` that belongs to the kernel's log."""
        text = text.replace("\r", "")
        if self.started:
            return text
        self.pending += text
        position = 0
        while (end := self.pending.find("\n", position)) >= 0:
            if BANNER.match(CONTROL.sub("", self.pending[position:end])):
                self.started = True
                start = self.pending.index("memdawn: ", position)
                return self.pending[start:]
            position = end + 1
        self.pending = self.pending[position:]
        return ""


def judge(serial: str, status: int | None = None, timed_out: bool = False,
          reset: bool = False) -> tuple[Outcome, str]:
    """(Outcome, reason) of a boot.

    serial -- what came over the serial port
    status -- the emulator's exit status, None where it says nothing (Bochs)
    reset  -- the machine was seen to reset
    """
    lines = clean(serial)
    banners = sum(1 for line in lines if BANNER.match(line))
    wanted = sum(1 for line in lines if KEXEC_LINE.match(line))
    if banners > 1 + wanted or reset:
        return Outcome.REBOOT, "the machine was reset" + (
            "" if banners else " before the kernel said anything")
    panic = next((line for line in lines if PANIC_LINE.match(line)), None)
    if panic is not None or status == machines.STATUS_PANIC:
        return Outcome.PANIC, panic or "panic, without a line that says so"
    ended = any(END_LINE.match(line) for line in lines)
    if ended and status in (machines.STATUS_END, None):
        return Outcome.PASSED, "end of boot seen"
    if timed_out:
        return Outcome.TIMEOUT, "no end within the time limit"
    if status == machines.STATUS_SELFTEST_FAILED:
        return Outcome.ENDED, "a selftest failed"
    if status == machines.STATUS_UNBALANCED:
        return Outcome.ENDED, "page frames were lost or counted twice: the balance is BAD"
    failed = GRUB_FAILED.search(serial)
    if failed:
        return Outcome.ENDED, failed.group(0)
    if not banners:
        return Outcome.ENDED, f"ended (status {status}) before the kernel said anything"
    return Outcome.ENDED, f"ended (status {status}) without the line that ends a good boot"


class Resets(threading.Thread):
    """Listens on QEMU's monitor for the reason why QEMU ended."""

    def __init__(self, path: StrPath) -> None:
        super().__init__(daemon=True)
        self.path = path
        self.reset = False
        self.stopped = threading.Event()

    def run(self) -> None:
        with contextlib.suppress(qmp.QmpError, ValueError):
            monitor = qmp.connect(self.path, lambda: not self.stopped.is_set())
            if monitor is None:
                return
            with monitor:
                for event in monitor.events():
                    if event["event"] == "SHUTDOWN":
                        self.reset = event["data"]["reason"] == "guest-reset"


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends an emulator that would not end by itself."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                continue


PIPE_BYTES = 1 << 20


def widen(pipe: IO[bytes] | None) -> None:
    """Makes room in a pipe for a whole log: QEMU's serial port drops characters while its reader is kept
    waiting by a busy machine and the pipe is full."""
    assert pipe is not None
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def follow(process: subprocess.Popen[bytes], timeout: float, emit: Callable[[str], object],
           linger: float | None, last_lines: Sequence[re.Pattern[str]]) -> tuple[str, bool]:
    """Reads the emulator's serial output (its stdout) until it ends, the time is over, or
    it does not end `linger` seconds after one of the last lines, which are given as patterns.
    Returns (text, timed out)."""
    text = []
    timed_out = threading.Event()
    assert process.stdout is not None

    def expire() -> None:
        timed_out.set()
        stop(process)

    limit = threading.Timer(timeout, expire)
    limit.start()
    last_words = None
    tail = ""
    try:
        while chunk := os.read(process.stdout.fileno(), 65536):
            piece = chunk.decode("ascii", "replace")
            text.append(piece)
            emit(piece)
            lines = clean(tail + piece)
            tail = lines[-1]
            if linger is not None and last_words is None and any(
                    pattern.match(line) for line in lines for pattern in last_lines):
                last_words = threading.Timer(linger, stop, [process])
                last_words.start()
        process.wait()
    finally:
        limit.cancel()
        if last_words is not None:
            last_words.cancel()
        stop(process)
    return "".join(text), timed_out.is_set()


def read_all(pipe: IO[bytes], texts: list[str]) -> None:
    """Adds what a pipe says until it is closed."""
    texts.append(pipe.read().decode("utf-8", "replace"))


@contextlib.contextmanager
def switch() -> Iterator[threading.Event]:
    """Ctrl-C ends the emulator, which sees it as well, and nobody else: make, if it is what has started
    this program, goes on. The event says that it was pressed."""
    pressed = threading.Event()
    before, others = signal.getsignal(signal.SIGINT), os.tcgetpgrp(0)
    background = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGINT, lambda number, frame: pressed.set())
    own_group = os.getpgrp() != os.getpid() and os.getpgrp() == others
    if own_group:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
    try:
        yield pressed
    finally:
        if own_group:
            os.tcsetpgrp(0, others)
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTTOU, background)


def run_qemu(machine: machines.Machine, iso: StrPath, timeout: float = DEFAULT_TIMEOUT,
             emit: Callable[[str], object] = lambda text: None, terminal: bool = False) -> Result:
    """Boots `machine` from a private copy of the disc `iso`.

    emit     -- called with each piece of serial output as it comes
    terminal -- the terminal's keyboard is the serial port's input
    """
    missing = machine.missing()
    if missing is not None:
        return Result(Outcome.NO_TOOL, missing, [], "", 0.0)
    stays = machines.EXIT_WORD not in machine.words
    with program.temporary_folder() as directory:
        disc = os.path.join(directory, "disc.iso")
        monitor = os.path.join(directory, "qmp")
        machine.make_disc(iso, disc)
        start = time.monotonic()
        with switch() if terminal else contextlib.nullcontext() as pressed, \
                subprocess.Popen(program.tethered(machine.qemu_command(disc, monitor)),
                                 stdin=None if terminal else subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            widen(process.stdout)
            resets = Resets(monitor)
            resets.start()
            complaints: list[str] = []
            errors = threading.Thread(target=read_all, args=[process.stderr, complaints],
                                      daemon=True)
            errors.start()
            # What is to leave by itself may have work to do after the end of the boot.
            serial, timed_out = follow(process, timeout, emit, None if stays and terminal else 5,
                                       [PANIC_LINE, END_LINE] if stays else [PANIC_LINE])
            errors.join(5)
            resets.stopped.set()
            resets.join(5)
        if pressed is not None and pressed.is_set():
            print("\nCtrl-C: the machine was switched off", file=sys.stderr)
        outcome, reason = judge(serial, None if stays else process.returncode, timed_out,
                                resets.reset)
        if GRUB_FAILED.fullmatch(reason):
            reason += f" ({machine.memory_needed()})"
        if outcome == Outcome.ENDED and complaints and complaints[0].strip():
            reason += ": " + complaints[0].strip()
        return Result(outcome, reason, kernel_log(serial), serial, time.monotonic() - start)
