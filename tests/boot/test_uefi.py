# SPDX-License-Identifier: GPL-2.0-only
"""Machines with UEFI: what is on the screen, read back from its pixels, and what is said of the
firmware. Their logs are compared in test_exact.py and test_reference.py."""

import re
import subprocess

import pytest

from boot import BUILD, ROOT, RealMachine
from memdawn.emulators import firmware as firmwares, machine as machines, media, runner
from screen import running

BOTH = ("uefi", "uefi32")
SCREEN_WORDS = "console=tty0 " + media.CONSOLE_WORDS
SCREEN_LINE = (r"\nmemdawn: the screen is a framebuffer of 1280 x 800 pixels, 32 bits, at [0-9a-f]+: "
               r"160 columns, 50 rows\n")
ROWS = 50


def start(firmware, tmp_path, words=(), cmdline=SCREEN_WORDS):
    """A machine with UEFI that stays on, from a disc that boots at once."""
    machine = RealMachine(mem=1024, firmware=firmware, cmdline=cmdline, words=words)
    machine.make_disc(BUILD / "memdawn.iso", tmp_path / "disc.iso")
    return running(machine, tmp_path / "disc.iso", tmp_path)


def without_consoles(lines):
    """What each console says of itself, and some of the others, left out."""
    return [line for line in lines if "console [" not in line]


@pytest.mark.parametrize("firmware", BOTH)
def test_screen(firmware, tmp_path):
    """The log's end and the prompt stand on the screen as on the serial port, and so does what is typed
    there. Nothing asks for other modes of the screen, and only the 32-bit firmware has something of its
    own where the kernel lies."""
    with start(firmware, tmp_path) as guest:
        log = runner.clean(guest.wait_for("memdawn> "))
        lines, cursor = guest.picture(tmp_path, "memdawn>")
        shown = without_consoles(lines)
        assert shown == [line.rstrip() for line in without_consoles(log)[-len(shown):]]
        assert len(lines) > ROWS - 4 and cursor == (len("memdawn> "), len(lines) - 1)
        guest.type("buddyinfo\r")
        said = runner.clean(guest.wait_for(r"HighMem[ \d]+\nmemdawn> "))[len(log) - 1:]
        lines, cursor = guest.picture(tmp_path, "memdawn>")
        assert lines[-len(said):] == [line.rstrip() for line in said]
        assert cursor == (len("memdawn> "), len(lines) - 1)
        guest.type("dmesg\r")
        serial = guest.wait_for(r"Write protecting the kernel read-only data: \d+k\nmemdawn> $")
    assert re.search(SCREEN_LINE, serial) and re.search(r"memdawn: loaded by GRUB .* under UEFI\n", serial)
    assert "no suitable video mode" not in serial and "gfxpayload" not in serial
    assert ("memdawn: the kernel lies at 01000000 - " in serial) == (firmware == "uefi32")
    assert ("kB of the kernel are no RAM, says the memory map" in serial) == (firmware == "uefi32")


def test_early_screen(tmp_path):
    """A panic before there is an allocator: the screen has the log from its first line on."""
    with start("uefi", tmp_path, cmdline="console=tty0 memmap=exactmap") as guest:
        serial = guest.wait_for(r"Kernel panic - not syncing(.*\n)+.* high_half.*\n")
        lines, _ = guest.picture(tmp_path, r"memdawn: with panic=5 .*")
    assert lines[0].startswith("memdawn: memdawn ") and lines[0] in serial
    assert re.search(SCREEN_LINE, "\n".join(lines))
    assert any(line.startswith("Kernel panic - not syncing: ") and line in serial for line in lines)


def ends_by(guest, command):
    """The reason of the shutdown after a command."""
    guest.type(command + "\r")
    return next((event["data"]["reason"] for event in guest.monitor.events()
                 if event["event"] == "SHUTDOWN"), None)


def test_keyboard_and_poweroff(tmp_path):
    """The PS/2 keyboard is there under UEFI too; and UEFI's tables say how to switch off."""
    with start("uefi", tmp_path) as guest:
        guest.wait_for("memdawn> ")
        for key in ("h", "e", "l", "p", "spc", "b", "a", "l", "a", "n", "c", "e", "ret"):
            guest.monitor.execute("send-key", keys=[{"type": "qcode", "data": key}])
        guest.wait_for(r"help balance\nbalance .*\nusage: balance\nmemdawn> ")
        assert ends_by(guest, "poweroff") == "guest-shutdown"


def test_command_line_is_given_as_typed(tmp_path):
    """GRUB for UEFI hands over the same words; the block for a report says what machine this is. And
    reboot, with the tables of 32-bit firmware."""
    cmdline = f"{media.CONSOLE_WORDS} memmap=100M$1000M"
    with start("uefi32", tmp_path, ("memdawn.dump=report",), cmdline) as guest:
        serial = guest.wait_for("memdawn> ")
        assert ends_by(guest, "reboot") == "guest-reset"
    assert f"Kernel command line: BOOT_IMAGE=/boot/bzImage {cmdline}\n" in serial
    report = re.search(r"\nreport: begin, memdawn .*\n((?:.*\n)+)report: end\n", serial)[1].splitlines()
    assert "report: firmware UEFI, ACPI 2" in report and "balance: ok" in report
    have = [re.fullmatch(r"report: map (\w+) - (\w+) \d+", line) for line in report]
    want = re.findall(r"\n BIOS-e820: (\w+) - (\w+) ", serial)
    assert [(int(one[1], 16), int(one[2], 16)) for one in have if one] == [
        (int(first, 16), int(last, 16)) for first, last in want]
    assert any(line.startswith("low memory ends: ") for line in report)


def test_map():
    """GDB's commands under UEFI, from the machine's first instruction on: the firmware's own code runs at
    the same addresses, in another mode."""
    done = subprocess.run([ROOT / "scripts" / "map", "--firmware", "uefi", "--mem", "512"],
                          capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "512 MiB, uefi, stage buddy: " in done.stdout
    assert re.search(r"\n\w+-\w+ k+ +[\d.]+ KiB  TEXT DATA BSS \(Normal\) +i386_start_kernel:\d+\n", done.stdout)
    assert re.search(r" ACPI NVS, says the memory map ", done.stdout)


class SecureMachine(machines.Machine):
    """The firmware has Microsoft's keys, and Secure Boot is on."""

    @property
    def flash(self):
        return firmwares.Flash("/usr/share/OVMF/OVMF_CODE_4M.secboot.fd",
                               "/usr/share/OVMF/OVMF_VARS_4M.ms.fd")


def test_secure_boot(tmp_path):
    """The firmware refuses the disc, and says so in the README's words."""
    machine = SecureMachine(mem=512, firmware="uefi")
    if machine.missing():
        pytest.skip(machine.missing())
    with running(machine, BUILD / "memdawn.iso", tmp_path) as guest:
        said = guest.wait_for(r"failed to load .*: Access Denied")
        assert "Welcome to GRUB" not in said
    assert '"Access Denied"' in (ROOT / "README.md").read_text(encoding="utf-8")
