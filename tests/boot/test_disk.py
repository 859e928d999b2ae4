# SPDX-License-Identifier: GPL-2.0-only
"""The disc's file, written to a disk or a USB stick as it is: firmware boots that too."""

import dataclasses
import os
import re

import pytest

from boot import LINUX, boot_well, lines_of
from memdawn.emulators import machine as machines
from memdawn.logs import bootlog
from uefi_reference import uefi_reference

IDE = ["-drive", "if=ide,format=raw,file={}"]
USB = ["-device", "qemu-xhci", "-drive", "if=none,id=stick,format=raw,file={}",
       "-device", "usb-storage,drive=stick"]
STICK = 64 << 20         # bytes: a stick is larger than what is written to it


@dataclasses.dataclass
class DiskMachine(machines.Machine):
    """A machine without a CD drive; `drive` are QEMU's words for its disk."""
    drive: tuple = ()

    def qemu_command(self, disc, qmp=None, serial="stdio"):
        os.truncate(disc, STICK)
        command = super().qemu_command(disc, qmp, serial)
        at = command.index("-cdrom")
        return [*command[:at], *(word.format(disc) for word in self.drive), *command[at + 4:]]


def test_ide_disk():
    """The same log as from the CD, which is the real kernel's."""
    log = boot_well(DiskMachine(mem=64, drive=IDE))
    diff, _ = bootlog.compare(log, lines_of(LINUX / "bootmem" / "pc-64M.log"))
    assert not diff, "\n".join(diff)


@pytest.mark.parametrize("firmware, name", [("uefi", "x64-q35-512M"), ("uefi32", "ia32-q35-1024M")])
def test_usb_stick_uefi(firmware, name):
    """A stick has a partition for UEFI; the log is the real kernel's, as from the CD."""
    log = boot_well(DiskMachine(mem=int(re.search(r"(\d+)M", name)[1]), firmware=firmware, drive=USB))
    diff, _ = bootlog.compare(log, uefi_reference(LINUX / "uefi" / f"{name}.log", log))
    assert not diff, "\n".join(diff)


def test_usb_stick():
    """On another board, behind another controller; its firmware reserves a little more."""
    log = boot_well(DiskMachine(mem=64, machine="q35", drive=USB))
    assert bootlog.span(log)
