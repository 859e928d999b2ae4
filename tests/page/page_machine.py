# SPDX-License-Identifier: GPL-2.0-only
"""The page's machine in node, and QEMU's beside it."""

import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build"
MODULES = BUILD / "page-modules" / "node_modules"
PARTS = BUILD / "page-parts"
MIB = 1 << 20
WORDS = "console=ttyS0 earlyprintk=serial,ttyS0,115200 ignore_loglevel"
# What the page's CPU lacks. Without CLFLSH cache lines count as 32 bytes, by which slab aligns.
CPU = "qemu64,-nx,-mtrr,-clflush"
TYPES = {"usable": 1, "reserved": 2, "ACPI data": 3, "ACPI NVS": 4}


def map_of(log):
    """The firmware's map, as a log begins with it."""
    found = [re.fullmatch(r" BIOS-e820: ([0-9a-f]{16}) - ([0-9a-f]{16}) \((.*)\)", line)
             for line in log]
    return [[int(m[1], 16), int(m[2], 16), TYPES[m[3]]] for m in found if m]


def in_node(script, *arguments, asked):
    """Runs one of our scripts in node; returns what it printed."""
    done = subprocess.run(["node", ROOT / "tests" / "page" / script, *map(str, arguments)],    # 600: for hangs alone
                          input=json.dumps(asked), text=True, capture_output=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def boot(firmware_map, words=WORDS, mem=None, **more):
    """Boots the page's machine; `mem`: MiB, else as much as the map has. Returns what boot.mjs prints."""
    ram = mem * MIB if mem else max(end for _, end, kind in firmware_map if kind == 1)
    return in_node("boot.mjs", MODULES, PARTS, asked={
        "ram": ram, "map": firmware_map, "commandLine": f"BOOT_IMAGE=/boot/bzImage {words}", **more})


def qemu_state(directory, mem, words="", at=()):
    """What GDB reads from QEMU's machine at the milestones."""
    output = directory / "state.json"
    done = subprocess.run(
        [ROOT / "scripts" / "collect-state", "--mem", str(mem), "--cpu", CPU, "-o", output,
         *(["--cmdline", f"{WORDS} {words}"] if words else []),
         *(word for name in at for word in ("--at", name))],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(output.read_text(encoding="utf-8"))["milestones"]


def qemu_log(mem, words):
    """The log of QEMU's machine, as lines."""
    done = subprocess.run(
        [ROOT / "scripts" / "run-qemu", "--log-only", "--iso", BUILD / "memdawn.iso", "--mem", str(mem),
         "--cpu", CPU, "--cmdline", words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def pc_map(mem):
    """The map of QEMU's pc with so many MiB, below the PCI hole: as the reference logs have it."""
    end = mem * MIB
    return [[0, 0x9fc00, 1], [0x9fc00, 0xa0000, 2], [0xf0000, 0x100000, 2],
            [0x100000, end - 0x20000, 1], [end - 0x20000, end, 2], [0xfffc0000, 1 << 32, 2],
            [0xfd00000000, 0x10000000000, 2]]
