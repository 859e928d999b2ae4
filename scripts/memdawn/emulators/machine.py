# SPDX-License-Identifier: GPL-2.0-only
"""What is to be booted: a machine, a command line, modules; and its QEMU command."""

import dataclasses
import json
import os
import re
import shlex
import shutil
from collections.abc import Iterable

from memdawn.emulators import firmware as firmwares, media
from memdawn.program import StrPath

# 2 * 16 + 1 and so on to 2 * 19 + 1: what the kernel writes to isa-debug-exit's port.
STATUS_END = 33
STATUS_PANIC = 35
STATUS_SELFTEST_FAILED = 37
STATUS_UNBALANCED = 39

EXIT_WORD = "memdawn.exit"
NUMA_WORD = "memdawn.numa"      # the menu's function memdawn loads the kernel for several nodes then
MOST_NODES = 128                # QEMU's

MIB = 1 << 20
LARGEST_DISK = 891 * MIB // 2
LEAST_MIB = 20      # measured: GRUB loads the kernel here, and no longer in 19


# QEMU's -icount shift=N: an instruction takes 2^N ticks of the time stamp counter. The larger N is,
# the sooner are the delays over that firmware and loader wait for; the count is the same.
ICOUNT_SHIFT = 4


def icount_args(shift: int = ICOUNT_SHIFT) -> list[str]:
    """QEMU's arguments that make the time stamp counter count instructions."""
    return ["-icount", f"shift={shift}"]


class CaseError(Exception):
    """A case or an option makes no sense; the message says which."""


@dataclasses.dataclass
class Machine:
    """One boot.

    mem        -- RAM in MiB
    nodes      -- RAM in MiB of each node of a NUMA machine, together mem; empty: no node is named
    numa       -- boot the kernel for machines with several nodes
    cmdline    -- passed on as it is; BOOT_IMAGE= is put in front
    words      -- words of ours (memdawn.*) put after it; the kernel takes them out again
    modules    -- (file, words) each, loaded by GRUB in this order
    prepare    -- GRUB commands before the modules, for files that are not the disc's own
    files      -- further (file here, path on the disc)
    machine    -- QEMU's board; None: the firmware's usual one
    firmware   -- one of firmwares.NAMES
    hardware   -- a reference case's own arguments for QEMU in place of mem, machine, cpu
    qemu_args  -- further arguments for QEMU
    """
    mem: int = 2048
    nodes: list[int] = dataclasses.field(default_factory=list)
    numa: bool = False
    machine: str | None = None
    firmware: str = firmwares.BIOS
    cpu: str = "qemu64"
    cmdline: str = media.CONSOLE_WORDS
    words: tuple[str, ...] = (EXIT_WORD,)
    modules: list[tuple[StrPath, str]] = dataclasses.field(default_factory=list)
    prepare: list[str] = dataclasses.field(default_factory=list)
    files: list[tuple[StrPath, str]] = dataclasses.field(default_factory=list)
    hardware: list[str] | None = None
    qemu_args: list[str] = dataclasses.field(default_factory=list)
    qemu: str = "qemu-system-x86_64"

    @property
    def is_for_nodes(self) -> bool:
        """Is the kernel for several nodes to be booted?"""
        return self.numa or NUMA_WORD in self.words or NUMA_WORD in self.cmdline.split()

    def command_line(self) -> str:
        """The whole command line, as GRUB is to hand it over."""
        numa = (NUMA_WORD,) if self.numa and NUMA_WORD not in (*self.words, *self.cmdline.split()) else ()
        return " ".join([media.with_boot_image(self.cmdline), *numa, *self.words])

    @property
    def flash(self) -> firmwares.Flash | None:
        """The flash memory with its firmware; None where QEMU's own BIOS serves."""
        return firmwares.find(self.firmware)

    @property
    def board(self) -> str:
        """QEMU's board. UEFI came with boards like q35."""
        return self.machine or ("pc" if self.firmware == firmwares.BIOS else "q35")

    def board_args(self) -> list[str]:
        """QEMU's arguments for the board, and for the firmware that only it can run."""
        backend = ",memory-backend=ram" if self.mem > 4096 and not self.nodes else ""
        if self.flash is None or not self.flash.wants_smm:
            return ["-machine", self.board + backend]
        if not self.board.startswith("q35"):
            raise CaseError(f"{self.flash.code} needs the board q35, not {self.board}")
        return ["-machine", f"{self.board},smm=on{backend}",
                "-global", "driver=cfi.pflash01,property=secure,value=on"]

    def default_devices(self) -> list[str]:
        """Those of QEMU's board pc that a reference machine had and that show: as entries of an ACPI table,
        whose length and place the kernel for several nodes prints."""
        is_pc = self.hardware is not None and "pc" in self.hardware
        return ["-parallel", "null", "-device", "floppy"] if self.is_for_nodes and is_pc else []

    def node_args(self) -> list[str]:
        """QEMU's arguments for nodes: each has a CPU and memory of its own."""
        args = ["-smp", str(len(self.nodes))]
        for nid, size in enumerate(self.nodes):
            args += ["-object", f"memory-backend-ram,id=node{nid},size={size}M,reserve=off",
                     "-numa", f"node,nodeid={nid},cpus={nid},memdev=node{nid}"]
        return args

    def hardware_args(self) -> list[str]:
        """QEMU's arguments for CPU, board and RAM. More than 4096 MiB need not fit into
        the host's own memory."""
        if self.hardware is not None:
            return [*self.hardware, *self.default_devices()]
        cpu, size = ["-cpu", self.cpu], ["-m", str(self.mem)]
        if self.nodes:
            return [*cpu, *self.board_args(), *size, *self.node_args()]
        if self.mem > 4096:
            cpu += ["-object", f"memory-backend-ram,id=ram,size={self.mem}M,reserve=off"]
        return [*cpu, *self.board_args(), *size]

    def qemu_command(self, disc: StrPath, qmp: StrPath | None = None,
                     serial: str = "stdio") -> list[str]:
        """The whole QEMU command. No KVM: the reference was made without it. A reset ends
        QEMU, so that a triple fault is seen."""
        flash_args = [] if self.flash is None else self.flash.qemu_args()
        command = [self.qemu, *self.hardware_args(), *flash_args, "-accel", "tcg", "-nodefaults",
                   "-vga", "std", "-display", "none", "-no-reboot", "-cdrom", str(disc),
                   "-boot", "d", "-serial", serial,
                   "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        if qmp is not None:
            command += ["-qmp", f"unix:{qmp},server=on,wait=off"]
        return command + list(self.qemu_args)

    def missing(self) -> str | None:
        """What a run needs and is not installed, in words. xorriso puts further files on the disc."""
        programs = [self.qemu] + (["xorriso"] if self.modules or self.files else [])
        for program in programs:
            if shutil.which(program) is None:
                return f"{program} is not installed"
        if self.flash is not None and not self.flash.is_there:
            return (f"no {self.flash.code}: the firmware {self.firmware} is not installed "
                    "(scripts/install-deps uefi)")
        return None

    def memory_needed(self) -> str:
        """How much RAM a boot needs, and why, in words."""
        modules = [(file, os.path.getsize(file), words) for file, words in self.modules]
        disk = sum(size for _, size, words in modules if words == "initrd")
        needed = max(LEAST_MIB + -(-sum(size for _, size, _ in modules) >> 20), 2 * disk // MIB + 2)
        reason = ("the kernel's image lies at 16 MiB, and below 20 MiB GRUB has no room for it" +
                  "".join(f"; {file} has {size} bytes" for file, size, _ in modules))
        if disk:
            reason += "; Linux wants a RAM disk to be smaller than half of low memory"
        if disk >= LARGEST_DISK:
            return f"{reason}, which is {2 * LARGEST_DISK // MIB} MiB at most: no machine will do"
        return f"{reason}: {needed} MiB or more, --mem {needed} or make's MEM={needed}"

    def grub_config(self) -> str:
        """What GRUB is told in this run."""
        modules = [(f"/boot/module{index}", words)
                   for index, (_, words) in enumerate(self.modules)]
        return media.run_cfg(self.command_line(), modules, self.prepare)

    def make_disc(self, iso: StrPath, output: StrPath) -> None:
        """Writes the disc of this run."""
        modules = [(path, f"/boot/module{index}")
                   for index, (path, _) in enumerate(self.modules)]
        media.make_disc(iso, output, self.grub_config(), modules + self.files)


def load_case(path: StrPath) -> dict[str, object]:
    """A reference case's NAME.json as a dict."""
    try:
        with open(path, encoding="utf-8") as file:
            case = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise CaseError(f"{path}: {error}") from error
    if not isinstance(case, dict) or not isinstance(case.get("cmdline"), str):
        raise CaseError(f"{path}: no \"cmdline\" string")
    words = case.get("qemu", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise CaseError(f"{path}: \"qemu\" is no list of strings")
    return case


def nodes_from(text: str, mem: int | None) -> list[int]:
    """The sizes of nodes in MiB: a number of nodes, which share `mem` MiB, or sizes like 1G+7G. Raises CaseError."""
    if re.fullmatch("[1-9][0-9]{0,2}", text) and int(text) <= MOST_NODES:
        total, count = mem or Machine.mem, int(text)
        if total < count:
            raise CaseError(f"{text}: {total} MiB are too few for {count} nodes")
        return [total // count] * (count - 1) + [total - total // count * (count - 1)]
    if text.isdecimal() or not re.fullmatch("[1-9][0-9]{0,6}[MG]?([+][1-9][0-9]{0,6}[MG]?)*", text) or text.count("+") >= MOST_NODES:
        raise CaseError(f"{text!r}: a number of nodes up to {MOST_NODES} is wanted, or sizes like 1G+7G or "
                        "512+512")
    sizes = [int(size.rstrip("MG")) << (10 if size.endswith("G") else 0) for size in text.split("+")]
    if mem is not None and mem != sum(sizes):
        raise CaseError(f"{text}: these nodes have {sum(sizes)} MiB, not {mem}")
    return sizes


def from_case(path: StrPath) -> Machine:
    """The Machine of a reference case for QEMU; its command line is taken as it is. One with nodes is for the
    kernel for several nodes."""
    case = load_case(path)
    hardware = case.get("qemu")
    if not isinstance(hardware, list):
        raise CaseError(f"{path}: no \"qemu\" arguments")
    return Machine(hardware=[str(word) for word in hardware], cmdline=str(case["cmdline"]),
                   firmware=firmware_of(case, path), numa="-numa" in hardware)


def firmware_of(case: dict[str, object], path: StrPath) -> str:
    """Which firmware a reference case has, one of firmwares.NAMES."""
    named = case.get("firmware")
    if named is None:
        return firmwares.BIOS
    arch = named.get("arch") if isinstance(named, dict) else None
    if arch not in firmwares.ARCHITECTURES:
        raise CaseError(f"{path}: \"firmware\" has no \"arch\" that is one of "
                        f"{', '.join(firmwares.ARCHITECTURES)}")
    return firmwares.ARCHITECTURES[arch]


def shell_form(command: Iterable[str]) -> str:
    """A command as one would type it."""
    return " ".join(shlex.quote(word) for word in command)
