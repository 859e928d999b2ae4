# SPDX-License-Identifier: GPL-2.0-only
"""Boots of this kernel on another machine's memory map: as a program, or in QEMU."""

import pathlib
import re
import struct
import subprocess
from collections.abc import Iterable, Sequence
from typing import Protocol

from memdawn import options, program
from memdawn.emulators import machine as machines, media, runner
from memdawn.model import node_cases
from memdawn.model.e820 import RESERVED, Range
from memdawn.model.nodes import Chunk

FAST = options.ROOT / "build" / "host" / "replay"
FAST_NODES = options.ROOT / "build" / "numa" / "host" / "replay"
FAST_TIMEOUT = 120
FAST_WORDS = ["memdawn.free=bulk"]      # the same numbers, sooner
FW_CFG = "opt/memdawn/e820"
VM_MEM = 1152           # low memory has to be there: 1 GiB is the most that there can be of it


class ReplayError(Exception):
    """The map could not be booted; the message says why."""


def raw_map(ranges: Iterable[Range]) -> bytes:
    """Ranges in the form in which the kernel takes them: u64 start, u64 size, u32 type."""
    try:
        return b"".join(struct.pack("<QQI", start, end - start, kind)
                        for start, end, kind in ranges)
    except struct.error as error:
        raise ReplayError(f"the map can't be written in 20-byte entries: {error}") from error


def complaint(log: Sequence[str]) -> str | None:
    """Why a boot did not use the map, or did not reach its end; None if all is well."""
    for line in log:
        if line == "memdawn: e820: the firmware's map is used":
            return next((said for said in log if said.startswith("memdawn: e820: ")), line)
        if line.startswith(("Kernel panic - not syncing: ", "kernel BUG at ")):
            return line
    return None


class Boots(Protocol):
    """Something that boots on a map."""

    def boot(self, ranges: Sequence[Range], cmdline: str, words: Sequence[str]) -> list[str]:
        """The log of a boot on a map."""


class Fast:
    """The kernel's sources as a program: make replay-fast."""
    name = "host build"

    def __init__(self, path: str | pathlib.Path = FAST) -> None:
        self.program = pathlib.Path(path)
        if not self.program.is_file():
            raise ReplayError(f"{self.program}: no such file (make replay-fast builds it)")

    def more_arguments(self, folder: str) -> list[program.StrPath]:
        """What the program is given after the map and the command line."""
        return []

    def boot(self, ranges: Sequence[Range], cmdline: str, words: Sequence[str]) -> list[str]:
        """The log of a boot on a map."""
        line = " ".join([media.with_boot_image(media.with_console(cmdline)), *words,
                         "memdawn.e820=module", *FAST_WORDS])
        with program.temporary_folder() as folder:
            path = pathlib.Path(folder, "e820")
            path.write_bytes(raw_map(ranges))
            try:
                done = subprocess.run([self.program, path, media.kernel_sees(line), *self.more_arguments(folder)],
                                      text=True, capture_output=True, check=False, timeout=FAST_TIMEOUT)
            except subprocess.TimeoutExpired as error:
                raise ReplayError(f"no end within {FAST_TIMEOUT} s") from error
        log = done.stdout.splitlines()
        why = complaint(log)
        if why is None and not done.returncode and not any(map(runner.BANNER.match, log)):
            why = f"{self.program} says nothing of a boot: is it what make replay-fast builds?"
        if why is None and done.returncode:
            why = f"{self.program.name} ended with status {done.returncode} {done.stderr.strip()}"
        if why:
            raise ReplayError(why)
        return log


class FastNodes(Fast):
    """The sources of the kernel for several nodes, and an SRAT: make replay-fast NODES=1."""
    name = "host build for several nodes"

    def __init__(self, chunks: Sequence[Chunk], cpus: Sequence[tuple[int, int]],
                 path: str | pathlib.Path = FAST_NODES) -> None:
        super().__init__(path)
        self.chunks, self.cpus = list(chunks), list(cpus)

    def more_arguments(self, folder: str) -> list[program.StrPath]:
        """No device tree, and the BIOS's memory with the tables; without chunks there is no SRAT."""
        path = pathlib.Path(folder, "bios")
        case = node_cases.NodeCase([], self.chunks, self.cpus)
        path.write_bytes(node_cases.bios([node_cases.srat(case)] if self.chunks else []))
        return ["", path]

    def boot(self, ranges: Sequence[Range], cmdline: str, words: Sequence[str]) -> list[str]:
        """The log of a boot on a map, in which the tables lie in something."""
        if not any(start <= node_cases.BIOS_AT and end >= node_cases.BIOS_END for start, end, _ in ranges):
            ranges = [*ranges, (node_cases.BIOS_AT, node_cases.BIOS_END, RESERVED)]
        return super().boot(ranges, cmdline, words)


class VM:
    """The kernel in QEMU, which hands it the map through fw_cfg."""
    name = "virtual machine"

    def __init__(self, iso: str | pathlib.Path, timeout: float = runner.DEFAULT_TIMEOUT) -> None:
        self.iso, self.timeout = iso, timeout

    def boot(self, ranges: Sequence[Range], cmdline: str, words: Sequence[str]) -> list[str]:
        """The log of a boot on a map."""
        with program.temporary_folder() as folder:
            path = pathlib.Path(folder, "e820")
            path.write_bytes(raw_map(ranges))
            machine = machines.Machine(
                mem=VM_MEM, cmdline=media.with_console(cmdline),
                words=(*words, "memdawn.e820=fw_cfg", machines.EXIT_WORD),
                qemu_args=["-fw_cfg", f"name={FW_CFG},file={path}"])
            result = runner.run_qemu(machine, self.iso, self.timeout)
        why = complaint(result.log)
        if why or result.outcome != runner.Outcome.PASSED:
            raise ReplayError(why or f"{result.outcome.name.lower()}: {result.reason}")
        return result.log


# What the log says of the machine that it ran on, not of the map.
HARDWARE = re.compile(r"^(?:MTRR |  [0-9A-F]{5}-[0-9A-F]{5} |  \d+ (?:disabled$|base )|bootconsole |"
                      r"debug: ignoring loglevel|Enabling (?:fast|unmasked) |Initializing CPU#|"
                      r"memdawn: )")


def map_lines(log: list[str]) -> list[str]:
    """The lines of a memory span that follow from the map and the image alone: the same from the
    VM and from the host build, but for pgdat, a variable of either program."""
    lines = []
    for line in log[log.index("BIOS-provided physical RAM map:"):]:
        if not HARDWARE.match(line):
            lines.append(re.sub(r"pgdat [0-9a-f]{8}", "pgdat X", line))
        if line.startswith("Checking if this processor honours the WP bit"):
            return lines
    raise ReplayError("the log breaks off")
