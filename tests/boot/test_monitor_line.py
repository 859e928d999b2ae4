# SPDX-License-Identifier: GPL-2.0-only
"""The monitor's line: editing, history, completion, noise, the keyboard and the screen; and the
commands that end it."""

import os
import random
import re
import time

import pytest

from boot import BUILD, RealMachine
from memdawn.emulators import machine as machines, qmp
from screen import running
from session import PROMPT, session

UP, DOWN, RIGHT, LEFT, HOME, END, DELETE = (
    "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[3~")
SEED = os.environ["MEMDAWN_SEED"]     # a text; conftest.py makes one up


@pytest.fixture(scope="module", name="monitor")
def fixture_monitor(tmp_path_factory):
    """One machine for all tests of editing."""
    with session(machines.Machine(mem=64, words=()), tmp_path_factory.mktemp("line")) as made:
        yield made


def typed(monitor, keys):
    """The line that was run when these keys and Enter were typed: `pfn` answers with the number
    that it got. Gives that number, or the whole answer where it is none."""
    monitor.send(keys + "\r")
    lines = monitor.wait_for(PROMPT).split("\n")
    match = re.fullmatch(r"physical ([0-9a-f]+): .*", lines[-2])
    return int(match[1], 16) if match else lines[-2]


def screen_line(text):
    """What a terminal's line shows that got this text: '\b' moves the cursor, characters
    overwrite, the bell only rings."""
    cells, at = [], 0
    for char in text.replace("\a", ""):
        if char == "\b":
            at -= 1
            assert at >= 0, "the cursor has left the line"
        else:
            cells[at:at + 1] = char
            at += 1
    return "".join(cells)


@pytest.mark.parametrize("keys, want", [
    ("pfn 4095x\x7f", 4095), ("pfn 4095x\b", 4095),
    ("pfn 40" + LEFT + "1", 410), ("pfn 1230" + LEFT * 2 + DELETE, 120),
    ("fn 77" + HOME + "p", 77), ("fn 77\x01p\x058", 778), ("pfn 5" + HOME + END + "6", 56),
    ("fn 7" + "\x1b[1~" + "p" + "\x1b[4~" + "9", 79), ("fn 7" + "\x1bOH" + "p" + "\x1bOF" + "9", 79),
    ("nonsense\x15pfn 8", 8), ("pfn 123 nonsense\x17\x7f", 123), ("pfn 12345" + LEFT * 3 + "\x0b", 12),
    ("pfn 12\x02\x043", 13), ("pfn 12\x02\x02\x06" + "3", 132), ("   pfn    99   ", 99),
    ("pf" + LEFT * 9 + END + "n 3" + RIGHT * 9, 3), ("\x7f\x08\x17\x15\x0b\x04pfn 2", 2),
])
def test_editing(monitor, keys, want):
    """The keys of shells and of a VT100."""
    assert typed(monitor, keys) == want


def test_what_is_seen_is_what_is_run(monitor):
    """Random edits: the terminal's line, and the line that the next Up brings back, are the same."""
    rng = random.Random(SEED)
    print(f"MEMDAWN_SEED={SEED}")
    keys = [LEFT, RIGHT, HOME, END, DELETE, "\x7f", "\x17", "\x0b", "\x01", "\x05", "\x02", "\x06"]
    for _ in range(40):
        monitor.send("".join(rng.choice([*"pfn 0123456789xyz" * 2, *keys]) for _ in range(120)))
        monitor.send("\r")
        shown = screen_line(monitor.wait_for("\n")).rstrip()
        answer = monitor.wait_for(PROMPT).split("\n")[0] if shown.strip() else None
        if answer is None:
            monitor.wait_for(PROMPT)
            continue
        command = shown.split()[0]
        assert command in answer or answer.startswith("physical "), (shown, answer)
        monitor.send(UP + "\x15\r")
        again = monitor.wait_for("\n")
        assert again.startswith(shown), (shown, again)
        monitor.wait_for(PROMPT)


def test_history(monitor):
    """Up and Down, an unfinished line kept, repetitions once, sixteen lines."""
    for number in range(100, 120):
        assert typed(monitor, f"pfn {number}") == number
    assert typed(monitor, "pfn 119") == 119
    assert typed(monitor, UP * 2) == 118
    assert typed(monitor, "pfn 5" + UP + DOWN + "6") == 56
    assert typed(monitor, UP + UP + DOWN) == 56
    assert typed(monitor, "\x10\x10\x10\x0e") == 118
    assert typed(monitor, UP * 99) == 107
    assert typed(monitor, UP + "\x7f1" + END) == 101


def test_completion(monitor):
    """One word that fits, several, none."""
    assert typed(monitor, "pf\t64") == 64
    monitor.send("kma\t")
    shown = monitor.wait_for(f"{PROMPT}kma")
    assert shown.split() == ["kma", "kmap", "kmap_atomic", "kmalloc"]
    monitor.send("p\x01\x0b" + "kernel\t 1\r")
    assert "usage: kernel_page_tables" in monitor.wait_for(PROMPT)
    assert typed(monitor, "xyz\t\x15pfn 4\t") == 4
    assert typed(monitor, "pfn\t\t 16") == 16


@pytest.mark.parametrize("typed_keys, words", [
    ("slab kmem\t", "slab kmem_cache "), ("slab size-1\t\t", None), ("help bal\t", "help balance "),
    ("selftest exact,com\t", "selftest exact,compound "), ("oops pk\t", "oops pkmap "),
    ("alloc 0 highz\t", "alloc 0 highzero "), ("kmalloc 64 ato\t", "kmalloc 64 atomic "),
    ("alloc 0 hig\t", "alloc 0 high"), ("balance x\t", "balance x"), ("nothing ba\t", "nothing ba")])
def test_arguments_are_completed(monitor, typed_keys, words):
    """Names of caches, tests, faults, commands and flags, where the command takes one."""
    monitor.send(typed_keys)
    if words is None:
        names = monitor.wait_for(f"{PROMPT}slab size-1").split("\n", 1)[1].split()
        assert {"size-128", "size-1024", "size-131072"} <= set(names)
        assert all(name.startswith("size-1") for name in names)
    monitor.send("\x03")
    shown = monitor.wait_for("^C")
    assert words is None or shown == words
    monitor.wait_for(PROMPT)


def test_clear(monitor):
    """Ctrl-L and the command send a terminal what empties it; the line stays."""
    empty = "\x1b[H\x1b[J"
    monitor.send("pfn 1\x0c2\r")
    assert monitor.wait_for(empty) == "pfn 1"
    assert monitor.wait_for("physical 000000000c") == f"{PROMPT}pfn 12\n"
    monitor.wait_for(PROMPT)
    monitor.send("clear\r")
    monitor.wait_for(empty + PROMPT)


def test_words_that_people_type(monitor):
    """? is help; what poweroff is called elsewhere is known to help."""
    assert monitor.ask("?") == monitor.ask("help")
    for word in ("quit", "exit"):
        assert monitor.ask(f"help {word}") == monitor.ask("help poweroff")


def test_line_is_full(monitor):
    """70 characters fit; the bell rings for each that is too much, and the line can be edited on."""
    assert typed(monitor, "pfn " + "1" * 200 + "\x15pfn 9") == 9
    monitor.send("x" * 80 + "\r")
    assert monitor.wait_for(PROMPT).split("\n")[0] == "x" * 70 + "\a" * 10


def test_line_ends(monitor):
    """Enter is CR, LF or both; Ctrl-C begins anew."""
    monitor.send("pfn 1\rpfn 2\npfn 3\r\npfn 4\x03pfn 5\r")
    text = "".join(monitor.wait_for(PROMPT) for _ in range(5))
    assert re.findall(r"physical 000000000(\d)", text) == ["1", "2", "3", "5"]
    monitor.send("\r")
    assert monitor.wait_for(PROMPT) == "\n"


def test_noise(monitor):
    """Whatever comes over the line, the next one works."""
    rng = random.Random(SEED)
    print(f"MEMDAWN_SEED={SEED}")
    for _ in range(50):
        # Letters are left out: noise is not to spell a command.
        noise = bytes(rng.choice([*range(0x41), *range(0x5b, 0x61), *range(0x7b, 256)])
                      for _ in range(200))
        monitor.send(noise.decode("latin-1"))
        number = rng.randrange(1 << 28)
        monitor.send(f"\x03\x15pfn {number}\r")
        monitor.wait_for(f"physical {number:010x}: ")
        monitor.wait_for(PROMPT)
    monitor.send("\x1b[\x1b[99999999999999999\x1b\x1bO\x1b[?25h")
    assert typed(monitor, "\x15pfn 1") == 1


# --- keyboard and screen -------------------------------------------------------------------


def press(guest, text):
    """Keys of the PC's keyboard."""
    names = {" ": "spc", "\n": "ret", "_": "shift-minus", "\b": "backspace", "\t": "tab"}
    for key in text if isinstance(text, list) else [names.get(char, char) for char in text]:
        guest.monitor.human(f"sendkey {key} 20")
        time.sleep(0.06)


def test_keyboard_and_screen(tmp_path):
    """Typed on the keyboard, answered on the screen and on the serial port."""
    machine = machines.Machine(mem=64, words=())
    machine.cmdline = "console=ttyS0 console=tty0"
    with running(machine, BUILD / "memdawn.iso", tmp_path) as guest:
        guest.wait_for(re.escape(PROMPT))
        press(guest, "pfnx\b 64\n")
        guest.wait_for_screen(r"memdawn> pfn 64 *\nphysical 0000000040: page frame 0, ")
        press(guest, ["up", "left", "7", "end", "2", "ret"])
        guest.wait_for_screen(r"memdawn> pfn 6742 *\nphysical 0000001a56: page frame 1, ")
        # Both Shifts, Caps Lock, signs; both Ctrls; the block of keys with 0xe0 in front; the
        # keypad's Enter.
        press(guest, ["shift-x", "y", "shift_r-z", "caps_lock", "a", "shift-b", "1", "caps_lock", "c",
                      "shift-1", "shift-minus", "slash", "kp_divide", "kp_enter"])
        guest.wait_for_screen(r"memdawn> XyZAb1c!_// *\nXyZAb1c!_//: no such command")
        press(guest, ["a", "b", "ctrl-c", "d", "ctrl_r-c"])
        guest.wait_for_screen(r"memdawn> ab\^C\nmemdawn> d\^C\nmemdawn>")
        press(guest, ["x", "f", "n", "spc", "9", "home", "delete", "p", "right", "right", "right", "8",
                      "end", "7", "pgup", "f5", "insert", "alt", "left", "left", "delete", "down", "ret"])
        guest.wait_for_screen(r"memdawn> pfn 87 *\nphysical 0000000057: page frame 0, ")
        press(guest, "kern\t\n")
        guest.wait_for_screen(r"Fixmap Area")
        # The words that fit fill whole lines of the screen, and no empty one comes between.
        press(guest, "\t")
        lines = guest.wait_for_screen(r"\n(\w+ +)*help\nmemdawn>")
        start = next(i for i, line in enumerate(lines) if line.startswith("dmesg "))
        assert all(lines[start:lines.index("memdawn>", start)])
        guest.wait_for(r"physical 0000001a56: page frame 1, ")
        guest.type("pfn 5\r")
        guest.wait_for_screen(r"memdawn> pfn 5 *\nphysical 0000000005")


def test_pager_and_scroll_back(tmp_path):
    """Typed on the keyboard, long output waits on the screen; the serial port has none of that. What has
    left the screen can be looked at; Ctrl-L and clear empty it."""
    machine = machines.Machine(mem=64, words=())
    machine.cmdline = "console=ttyS0 console=tty0"
    more = "-- more: Space, Enter, q --"
    with running(machine, BUILD / "memdawn.iso", tmp_path) as guest:
        guest.wait_for(re.escape(PROMPT))
        press(guest, ["shift-slash", "ret"])
        lines = guest.wait_for_screen(rf"\n{more}$")
        assert lines[0].startswith("dmesg ") and lines[-1] == more and all(lines)
        press(guest, ["x", "ret"])
        assert guest.wait_for_screen(rf"^{re.escape(lines[1])}\n(.*\n)*{more}$")[:-2] == lines[1:-1]
        press(guest, " ")
        guest.wait_for_screen(r"\nhelp .*\nmemdawn>$")
        press(guest, ["shift-pgup", "shift-pgup", "shift_r-pgup"])
        assert guest.wait_for_screen(rf"^(.*\n)*{re.escape(lines[1])}\n")[-1] != "memdawn>"
        press(guest, ["shift-pgdn"] * 3)
        guest.wait_for_screen(r"\nhelp .*\nmemdawn>$")
        press(guest, ["shift-pgup", "p"])               # whoever types is at the end again
        guest.wait_for_screen(r"\nhelp .*\nmemdawn> p$")
        press(guest, ["ctrl-l", "f"])
        assert guest.wait_for_screen(r"^memdawn> pf\n*$")
        press(guest, ["n", "spc", "1", "6", "ret", "c", "l", "e", "a", "r", "ret"])
        guest.wait_for_screen(r"^memdawn>\n*$")
        press(guest, ["shift-pgup"])
        guest.wait_for_screen(r"memdawn> pfn 16\nphysical 0000000010: ")
        press(guest, "dmesg\n")
        guest.wait_for_screen(rf"\n{more}$")
        press(guest, "q")
        guest.wait_for_screen(r"\nmemdawn>$")
        guest.type("help\r")                            # at the serial port nobody is asked
        guest.wait_for(r"> help\n(.*\n)+help .*\nmemdawn> $")
        assert more not in guest.serial


# --- the ends ------------------------------------------------------------------------------


@pytest.fixture(name="start")
def fixture_start(tmp_path):
    """A machine of one's own, with its monitor (QMP) where the reason of its end is asked."""
    def make(cmdline=""):
        machine = machines.Machine(mem=64, words=())
        machine.cmdline = f"{machine.cmdline} {cmdline}".strip()
        machine.qemu_args = ["-qmp", f"unix:{tmp_path / 'qmp'},server=on,wait=off"]
        return session(machine, tmp_path)
    return make


def ends_by(monitor, directory, command):
    """(QEMU's exit status, the reason of the shutdown) after a command."""
    with qmp.Monitor(directory / "qmp") as machine:
        monitor.send(command + "\r")
        reason = next((event["data"]["reason"] for event in machine.events()
                       if event["event"] == "SHUTDOWN"), None)
    return monitor.process.wait(600), reason


def test_halted_while_it_waits(tmp_path):
    """Nobody's processor runs for a prompt at which nothing is typed; a key wakes it."""
    with running(machines.Machine(mem=64, words=()), BUILD / "memdawn.iso", tmp_path) as guest:
        guest.wait_for(re.escape(PROMPT))
        for turn in range(1, 4):
            for _ in range(100):
                if "HLT=1" in guest.monitor.human("info registers"):
                    break
                time.sleep(0.05)
            else:
                pytest.fail("never halted")
            guest.type("balance\r")
            guest.wait_for(rf"(?s)(balance: ok\n{re.escape(PROMPT)}.*){{{turn}}}")
        guest.type("dmesg\r")
        guest.wait_for(rf"(?s)> dmesg\n.*\n{re.escape(PROMPT)}")
        # The timer's ticks are no unknown interrupts.
        assert "Unknown interrupt" not in guest.serial


@pytest.mark.parametrize("command", ["poweroff", "quit", "exit"])
def test_poweroff(start, tmp_path, command):
    """Leaves QEMU with the status of a good end."""
    with start() as monitor:
        assert ends_by(monitor, tmp_path, command)[0] == machines.STATUS_END


@pytest.mark.parametrize("board", ["pc", "q35"])
def test_poweroff_by_acpi(board, tmp_path):
    """As the tables say. (test_uefi.py: with UEFI's tables.)"""
    machine = RealMachine(mem=64, machine=board, words=())
    machine.qemu_args = ["-qmp", f"unix:{tmp_path / 'qmp'},server=on,wait=off"]
    with session(machine, tmp_path) as monitor:
        assert ends_by(monitor, tmp_path, "poweroff") == (0, "guest-shutdown")


def test_poweroff_without_acpi(tmp_path):
    """Nothing can take the power away: that is said."""
    machine = RealMachine(mem=64, machine="pc,acpi=off", words=())
    with session(machine, tmp_path) as monitor:
        monitor.send("poweroff\r")
        monitor.wait_for("Neither an emulator nor ACPI has taken the power away: halted")


def test_nobody_can_type(tmp_path):
    """No serial console, no keyboard: said, and what could be asked for is shown in turn, a page at a
    time. A page waits for its seconds where there is no key to be pressed."""
    machine = machines.Machine(mem=64, machine="pc,i8042=off", cmdline="console=tty0 quiet",
                               words=("memdawn.pause=1",))
    machine.make_disc(BUILD / "memdawn.iso", tmp_path / "disc.iso")
    with running(machine, tmp_path / "disc.iso", tmp_path) as guest:
        guest.wait_for_screen("memdawn: next is balance, in 10 9")
        guest.wait_for_screen("(?s)balance: ok.*memdawn: next is layout, in 10 9 8 7 6 5 4 3 2 1")
        guest.wait_for_screen("-- more: any key, or wait --")
        guest.wait_for_screen("memdawn: next is buddyinfo, in 10")


def test_pause(tmp_path):
    """memdawn.pause: a full screen stays until a key is pressed."""
    machine = machines.Machine(mem=64, cmdline="console=ttyS0 console=tty0 ignore_loglevel",
                               words=("memdawn.pause=3600",))
    machine.make_disc(BUILD / "memdawn.iso", tmp_path / "disc.iso")
    with running(machine, tmp_path / "disc.iso", tmp_path) as guest:
        more = r"-- more: any key, or wait --\s*$"
        seen = []
        while "memdawn>" not in "\n".join(seen):
            lines = guest.wait_for_screen(rf"{more}|\nmemdawn>\s*$")
            page = [line for line in lines if line and not re.match(more, line)]
            overlap = next(n for n in range(len(page), -1, -1) if n == 0 or seen[-n:] == page[:n])
            seen += page[overlap:]
            press(guest, " ")
            time.sleep(0.2)
    wanted = ["BIOS-provided physical RAM map:", "Zone PFN ranges:", "virtual kernel memory layout:"]
    assert [line for line in seen if line in wanted] == wanted


def test_reboot(start, tmp_path):
    """Resets the machine."""
    with start() as monitor:
        assert ends_by(monitor, tmp_path, "reboot") == (0, "guest-reset")


@pytest.mark.parametrize("kind, said", [
    ("null", "BUG: unable to handle kernel NULL pointer dereference"),
    ("ud", "invalid opcode: 0000"), ("panic", "Kernel panic - not syncing: requested by")])
def test_oops(start, kind, said):
    """The report names the command, and the kernel's end; the last words say how to leave."""
    with start() as monitor:
        monitor.send(f"oops {kind}\r")
        panic = "Kernel panic - not syncing: "
        text = monitor.wait_for(panic) + panic + monitor.wait_for("] start_kernel+0x")
        assert said in text and "] monitor_main+0x" in text
        assert monitor.wait_for("by itself, after 5 seconds.").endswith(
            "\nmemdawn: halted. `make run' ends with Ctrl-C, a PC by its reset button;\n"
            "memdawn: with panic=5 it restarts ")


def test_panic_reboots(start, tmp_path):
    """panic=1: a second after an oops the machine is reset."""
    with start(cmdline="panic=1") as monitor:
        assert ends_by(monitor, tmp_path, "oops null") == (0, "guest-reset")
