# SPDX-License-Identifier: GPL-2.0-only
"""Boots the disc in Bochs. Bochs always ends with the same status: the outcome is read from
the serial port, and Bochs is ended when the boot has."""

import dataclasses
import glob
import os
import pty
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

from memdawn import program
from memdawn.emulators import machine as machines, media, runner
from memdawn.program import StrPath

DEFAULT_CPU = "model=corei7_sandy_bridge_2600k, ips=50000000, reset_on_triple_fault=0"
DEFAULT_TIMEOUT = 300
LINGER_SECONDS = 5       # after the last line that matters
TRIPLE_FAULT = re.compile(r"exception with no resolution|triple fault", re.IGNORECASE)

# A new memory map or disc geometry is no matter here: only what a boot from CD needs.
BOCHSRC = """\
display_library: {display}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
cpu: {cpu}
memory: {memory}
ata0: enabled=1
ata0-master: type=cdrom, path={directory}/disc.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={directory}/serial
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
clock: sync=none
log: {directory}/bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
"""


@dataclasses.dataclass
class BochsMachine:
    """One boot in Bochs: what bochsrc says of its CPU and memory, and the command line."""
    cpu: str = DEFAULT_CPU
    memory: str = "guest=2048, host=256"
    cmdline: str = media.CONSOLE_WORDS
    words: tuple[str, ...] = (machines.EXIT_WORD,)


def from_case(path: StrPath) -> BochsMachine:
    """The machine of a reference case for Bochs."""
    case = machines.load_case(path)
    bochs = case.get("bochs")
    if not isinstance(bochs, dict):
        raise machines.CaseError(f"{path}: no \"bochs\" options")
    return BochsMachine(bochs["cpu"], bochs["memory"], str(case["cmdline"]))


def display_library() -> str:
    """A window where there is a display and Bochs has the plugin for it, else a terminal."""
    if os.environ.get("DISPLAY"):
        for name in ("x", "sdl2", "sdl"):
            if glob.glob(f"/usr/lib/*/bochs/plugins/libbx_{name}_gui.so"):
                return name
    return "term"


def configuration(machine: BochsMachine, directory: str) -> str:
    """The text of bochsrc."""
    return BOCHSRC.format(display=display_library(), cpu=machine.cpu, memory=machine.memory,
                          directory=directory)


def drain(descriptor: int) -> None:
    """Reads and forgets what Bochs shows on its terminal."""
    try:
        while os.read(descriptor, 65536):
            pass
    except OSError:
        pass


def boot_is_over(lines: Sequence[str]) -> bool:
    """Has a boot ended that isn't followed by another one (memdawn.bootalloc=all)?"""
    return any(runner.END_LINE.match(line) and not runner.KEXEC_LINE.match(following)
               for line, following in zip(lines, lines[1:]))


class Serial:
    """The serial port's file, and what of it has been shown: whole lines."""

    def __init__(self, path: str, emit: Callable[[str], object]) -> None:
        self.path = path
        self.emit = emit
        self.text = ""
        self.shown = 0

    def read(self) -> None:
        """Reads what has come, and shows it up to the end of its last line."""
        if not os.path.exists(self.path):
            return
        with open(self.path, "rb") as serial:
            self.text = serial.read().decode("ascii", "replace")
        end = self.text.rfind("\n") + 1
        if end > self.shown:
            self.emit(self.text[self.shown:end])
            self.shown = end

    def close(self) -> None:
        """Shows the last line where it has no end, and ends it."""
        self.read()
        if self.shown < len(self.text):
            self.emit(self.text[self.shown:] + "\n")
            self.shown = len(self.text)


def watch(process: subprocess.Popen[bytes], serial: Serial, timeout: float) -> bool:
    """Follows the serial port until Bochs ends, or no longer has a reason to stay. Returns whether
    the time was over before."""
    deadline = time.monotonic() + timeout
    linger = None
    while True:
        running = process.poll() is None
        serial.read()
        if not running:
            return False
        lines = runner.clean(serial.text)[:-1]
        # The kernel ends Bochs itself when the boot is over (memdawn.exit): mostly a moment later.
        if linger is None and (boot_is_over(lines) or any(map(runner.PANIC_LINE.match, lines))):
            linger = time.monotonic() + LINGER_SECONDS
        if linger is not None and time.monotonic() > linger:
            return False
        if time.monotonic() > deadline:
            return not boot_is_over(lines)
        time.sleep(0.1)


def run_bochs(machine: BochsMachine, iso: StrPath, timeout: float = DEFAULT_TIMEOUT,
              emit: Callable[[str], object] = lambda text: None) -> runner.Result:
    """Boots `machine` in Bochs from a private copy of the disc `iso`."""
    if shutil.which("bochs") is None:
        return runner.Result(runner.Outcome.NO_TOOL, "bochs is not installed", [], "", 0.0)
    with program.temporary_folder() as directory:
        cmdline = " ".join([media.with_boot_image(machine.cmdline), *machine.words])
        media.make_disc(iso, f"{directory}/disc.iso", media.run_cfg(cmdline))
        for name, content in (("bochsrc", configuration(machine, directory)), ("rc", "c\n")):
            with open(f"{directory}/{name}", "w", encoding="utf-8") as file:
                file.write(content)
        start = time.monotonic()
        master, slave = pty.openpty()
        environment = dict(os.environ, TERM="vt100")
        # Debian's Bochs has the internal debugger: rc tells it to continue.
        with subprocess.Popen(program.tethered(["bochs", "-q", "-f", f"{directory}/bochsrc",
                                                "-rc", f"{directory}/rc"]),
                              stdin=slave, stdout=slave, stderr=slave, env=environment,
                              cwd=directory, start_new_session=True) as process:
            os.close(slave)
            threading.Thread(target=drain, args=[master], daemon=True).start()
            port = Serial(f"{directory}/serial", emit)
            try:
                timed_out = watch(process, port, timeout)
            finally:
                runner.stop(process)
                port.close()
        os.close(master)
        with open(f"{directory}/bochs.log", encoding="utf-8", errors="replace") as log:
            triple_fault = TRIPLE_FAULT.search(log.read()) is not None
        outcome, reason = runner.judge(port.text, None, timed_out, triple_fault)
        return runner.Result(outcome, reason, runner.kernel_log(port.text), port.text,
                             time.monotonic() - start)
