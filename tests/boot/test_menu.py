# SPDX-License-Identifier: GPL-2.0-only
"""The boot menu, as a user at a serial terminal and in front of the screen has it."""

import re
import time

import pytest

from boot import BUILD, ROOT, TIMEOUT
from memdawn.emulators import machine as machines
from screen import running

ENTRIES = re.findall(r'^menuentry "(.*)" \{\n\tmemdawn_entry \$console_words(.*)\n\}',
                     (ROOT / "grub.cfg").read_text(encoding="ascii"), re.MULTILINE)
# What an entry's title promises, as the log has it.
PROMISED = {"mem=20M": "20MB LOWMEM available.",
            "mem=256M highmem=128M": "128MB HIGHMEM available.\n128MB LOWMEM available.",
            "vmalloc=256M": "    vmalloc : 0xefbfe000 - 0xffbfe000   ( 256 MB)",
            "kernelcore=512M": "Movable zone start PFN for each node\n  Node 0: "}
DOWN, UP, TO_THE_LAST = "\x1b[B", "\x1b[A", "\x05"
END = r"memdawn: boot complete: \d+ pages free, \d+ reserved, balance ok"


def turn_pages(guest):
    """Somebody at the keyboard who looks for the boot's end, and presses a key where asked for one."""
    deadline = time.monotonic() + TIMEOUT
    turned = None
    while not re.search(END, screen := "\n".join(guest.screen())):
        assert time.monotonic() < deadline, screen
        if "-- more: any key, or wait --" in screen and screen != turned:
            turned = screen
            guest.monitor.human("sendkey spc 20")
        time.sleep(0.1)


def way_to(index):
    """The keys that lead to an entry, from the first or from the last one, each with the entry that is
    chosen then."""
    if index <= len(ENTRIES) // 2:
        return [(DOWN, entry) for entry in range(1, index + 1)]
    last = len(ENTRIES) - 1
    return [(TO_THE_LAST, last)] + [(UP, entry) for entry in range(last - 1, index - 1, -1)]


@pytest.mark.parametrize("index", range(len(ENTRIES)), ids=[entry[1].strip() for entry in ENTRIES])
def test_entry(index, tmp_path):
    """Chosen with the keys of a serial terminal, each entry boots with its words, to its
    end, on the serial port and on the screen."""
    words = ENTRIES[index][1].replace("'", "").strip()
    with running(machines.Machine(mem=2048), BUILD / "memdawn.iso", tmp_path) as guest:
        guest.wait_for(r"automatically in \d+s")
        for key, chosen in way_to(index):       # GRUB draws the menu anew, and takes no key meanwhile
            guest.type(key)
            guest.wait_for(r"\*" + re.escape(ENTRIES[chosen][0].replace("\\", "")))
        guest.type("\r")
        serial = guest.wait_for(END)
        if "memdawn.pause" in words:
            turn_pages(guest)
        guest.wait_for_screen(END)
    assert PROMISED.get(words, "") in serial
    assert set(PROMISED) <= {entry[1].strip() for entry in ENTRIES}
    command_line = re.search(r"\nKernel command line: (.*)\n", serial)[1]
    assert command_line.startswith("BOOT_IMAGE=/boot/bzImage console=tty0 console=ttyS0 ")
    linux_words = [word for word in words.split() if not word.startswith("memdawn.")]
    assert command_line.split()[-len(linux_words) or len(command_line.split()):] == linux_words
    for word in words.split():
        if word.startswith("memdawn."):
            assert re.search(rf"\nmemdawn: options: .*{re.escape(word)}", serial)


def test_default_entry_starts_by_itself(tmp_path):
    """Nobody at the keyboard: the first entry boots."""
    with running(machines.Machine(mem=64), BUILD / "memdawn.iso", tmp_path) as guest:
        guest.wait_for(END)
