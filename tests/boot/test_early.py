# SPDX-License-Identifier: GPL-2.0-only
"""What is said before paging: by a CPU that cannot run the kernel, and about what the boot
loader handed over. The latter is put into the machine's memory with a debugger, at the moment
when GRUB jumps to the kernel."""

import re
import shutil
import struct
import subprocess
import time

import pytest

from boot import BUILD, boot, failure, image
from memdawn.emulators import machine as machines, qmp, runner

MISSING = "This kernel requires the following features not present on the CPU:"
OLD_CPUS = {"486": " pae cmov", "pentium": " pae cmov", "qemu64,-pae": " pae",
            "qemu64,-cmov": " cmov", "qemu64,-pae,-cmov": " pae cmov"}
SECONDS = 600
VGA_TEXT = 0xB8000
COLUMNS, ROWS = 80, 25


@pytest.mark.parametrize("cpu", OLD_CPUS)
def test_missing_features_on_serial(cpu):
    """They are named, and the emulator is left as after a panic."""
    result = boot(machines.Machine(mem=64, cpu=cpu))
    assert result.outcome == runner.Outcome.PANIC, failure(result)
    lines = runner.clean(result.serial)
    assert lines[lines.index(MISSING) + 1] == OLD_CPUS[cpu]
    assert lines[lines.index(MISSING) + 2].startswith("memdawn: ")


class Live:
    """A QEMU that runs on while it is looked at, with its monitor and its debugger's port."""

    def __init__(self, machine, tmp_path, stopped=False):
        self.path = tmp_path
        disc = tmp_path / "disc.iso"
        machine.make_disc(BUILD / "memdawn.iso", disc)
        command = machine.qemu_command(disc, qmp=tmp_path / "qmp",
                                       serial=f"file:{tmp_path / 'serial'}")
        command += ["-gdb", f"unix:{tmp_path / 'gdb'},server=on,wait=off"]
        if stopped:
            command.append("-S")
        self.process = subprocess.Popen(command)
        self.end = time.monotonic() + SECONDS

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()

    def wait_for(self, ready):
        """The first true value of ready(); fails after SECONDS."""
        while time.monotonic() < self.end:
            value = ready()
            if value:
                return value
            time.sleep(0.1)
        raise AssertionError(f"not in {SECONDS} seconds; serial port:\n" + "\n".join(self.lines()))

    def lines(self):
        """What the serial port has said."""
        serial = self.path / "serial"
        return runner.clean(serial.read_text("latin-1")) if serial.exists() else []

    def screen(self):
        """The text screen's rows."""
        with qmp.Monitor(self.path / "qmp") as monitor:
            dump = monitor.save_memory(VGA_TEXT, 2 * COLUMNS * ROWS, self.path / "screen")
        text = dump[::2].decode("latin-1")
        return [text[start:start + COLUMNS].rstrip() for start in range(0, len(text), COLUMNS)]


def test_missing_features_on_screen(tmp_path):
    """The same on the screen. Without memdawn.exit the machine stands still."""
    machine = machines.Machine(mem=64, cpu="pentium", words=("memdawn.exits", "xmemdawn.exit"))
    with Live(machine, tmp_path) as live:
        live.wait_for(lambda: any(line.endswith("sandy_bridge_2600k.") for line in live.lines()))
        screen = live.screen()
        assert screen[:2] == [MISSING, " pae cmov"]
        time.sleep(1)
        assert live.process.poll() is None


def tag(kind, data=b""):
    """A Multiboot2 tag, filled up to 8 bytes."""
    return struct.pack("<II", kind, 8 + len(data)) + data + bytes(-len(data) % 8)


def info(*tags, size=None):
    """Multiboot2 information; `size` in place of its own."""
    body = b"".join(tags) + tag(0)
    return struct.pack("<II", 8 + len(body) if size is None else size, 0) + body


EXIT = tag(1, b"memdawn.exit\0")
BROKEN_TAG = struct.pack("<II", 5, 0)
BIG_TAG = struct.pack("<II", 5, 0xFFFFFFF0)

# name: (debugger command, information, CPU, pattern of a line)
HANDED_OVER = {
    "magic": ("set $eax = 0x2badb002", info(EXIT), "qemu64",
              "memdawn: not loaded by a Multiboot2 boot loader"),
    "size-0": ("", info(EXIT, size=0), "qemu64", ".*information is smaller"),
    "size-7": ("", info(EXIT, size=7), "qemu64", ".*information is smaller"),
    "size-65537": ("", info(EXIT, size=65537), "qemu64", ".*larger than the 65536 bytes"),
    "size-4G": ("", info(EXIT, size=0xFFFFFFFF), "qemu64", ".*larger than the 65536 bytes"),
    "broken-tag": ("", info(BROKEN_TAG, EXIT), "pentium", MISSING),
    "big-tag": ("", info(BIG_TAG, EXIT), "pentium", MISSING),
}

# Command lines, not all with a 0 at their end, and whether the word is in them.
EXIT_LINES = {
    b"memdawn.exit\0": True, b"memdawn.exit": True, b"a  memdawn.exit b\0": True,
    b"a memdawn.exit\0": True, b"xmemdawn.exit\0": False, b"memdawn.exits\0": False,
    b"memdawn.exi\0": False, b"a\0memdawn.exit\0": False, b"\0": False, b"": False,
}


def hand_over(live, command, information):
    """Lets GRUB load the kernel, changes what it hands over, lets the kernel start."""
    if shutil.which("gdb") is None:
        pytest.skip("gdb is missing")
    blob, script = live.path / "blob", live.path / "script"
    blob.write_bytes(information)
    script.write_text(f"""set arch i386:x86-64
target remote {live.path / 'gdb'}
hbreak *{image().symbols['startup_32']:#x}
continue
{command}
restore {blob} binary 0x2000000
set $rbx = 0x2000000
delete
detach
""", encoding="ascii")
    live.wait_for((live.path / "gdb").exists)
    done = subprocess.run(["gdb", "-batch", "-nx", "-x", script], timeout=SECONDS, text=True,
                          capture_output=True, check=False)
    # The kernel runs from the moment of the detach; it may leave QEMU before GDB has its answer.
    gone = re.search(r":9: .*\n.*(disconnected|closed)", done.stderr)
    assert done.returncode == 0 or gone, done.stderr


@pytest.mark.parametrize("name", HANDED_OVER)
def test_what_the_loader_handed_over(name, tmp_path):
    """Impossible sizes and magic numbers, tags that are broken."""
    command, information, cpu, wanted = HANDED_OVER[name]
    with Live(machines.Machine(mem=64, cpu=cpu), tmp_path, stopped=True) as live:
        hand_over(live, command, information)
        live.wait_for(lambda: any(re.match(wanted, line) for line in live.lines()))


@pytest.mark.parametrize("line", EXIT_LINES)
def test_word_that_leaves_the_emulator(line, tmp_path):
    """It is found as a whole word, inside its tag, and nowhere else."""
    with Live(machines.Machine(mem=64, cpu="pentium"), tmp_path, stopped=True) as live:
        hand_over(live, "", info(tag(1, line), tag(2, b"memdawn.exit\0")))
        if EXIT_LINES[line]:
            assert live.wait_for(live.process.poll) == machines.STATUS_PANIC
        else:
            live.wait_for(lambda: any("2600k." in one for one in live.lines()))
            time.sleep(0.5)
            assert live.process.poll() is None
