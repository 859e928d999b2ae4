# SPDX-License-Identifier: GPL-2.0-only
"""Ten thousand random lines at the monitor: all commands but those that may harm the kernel, with
all kinds of arguments, many of them senseless. The prompt comes back after each; afterwards, when
everything has been given back, the balance and the lists are checked.

MEMDAWN_SEED=... repeats a storm, MEMDAWN_STORM=... sets the number of lines."""

import os
import random
import re

import pytest

from dumps import parse_zones
from memdawn.emulators import machine as machines
from session import PROMPT, session

SEED = os.environ["MEMDAWN_SEED"]     # a text; conftest.py makes one up
LINES = int(os.environ.get("MEMDAWN_STORM") or 10000)
AT_ONCE = 20
HARMFUL = {"poke", "oops", "reboot", "poweroff"}
# What takes long, or says much, comes less often.
RARE = {"selftest": 0.01, "memtest": 0.1, "dmesg": 0.1, "zones": 0.3, "slabinfo": 0.3}
PAGE = 4096
MOST_HELD = 16
GIVE_BACK = {"alloc": "free", "kmap": "kunmap", "vmalloc": "vfree", "kmalloc": "kfree"}


class Storm:
    """Random lines. What the machine has answered gives the arguments that make sense."""

    def __init__(self, rng, names):
        self.rng = rng
        self.names = [name for name in names if name not in HARMFUL]
        self.weights = [RARE.get(name, 1) for name in self.names]
        self.held = {command: [] for command in GIVE_BACK}
        self.not_drawn = list(self.names)

    def number(self):
        """A number of any size, in any form."""
        value = self.rng.choice([
            self.rng.randrange(16), self.rng.randrange(1 << 10), self.rng.randrange(40000),
            self.rng.randrange(1 << 32), self.rng.randrange(1 << 36), self.rng.randrange(1 << 64),
            0xc0000000 + self.rng.randrange(160 << 20), self.rng.randrange(160 << 20),
            self.rng.choice([0, 1, 10, 11, 160, 4095, 4096, 40927, 40928, 0xffffffff, 1 << 32])])
        return self.rng.choice([str(value), hex(value), f"{value >> 10}K", f"{value >> 20}M"])

    def word(self):
        """An argument that is no number, or a number."""
        return self.rng.choice([
            self.number(), self.number(), self.number(), "-1", "0x", "kernel", "dma", "movable",
            "highuser", "zero", "size-64", "size-4096", "kmem_cache", "nonsense", "%s%n",
            "".join(chr(self.rng.randrange(33, 127)) for _ in range(self.rng.randrange(1, 30)))])

    def sensible(self, command):
        """Arguments that a command can do something with."""
        pfn = self.rng.randrange(40928)
        for holder, giver in GIVE_BACK.items():
            if command == giver and self.held[holder]:
                return self.rng.choice(self.held[holder])
        gfp = self.rng.choice(["kernel", "atomic", "dma", "user", "highuser", "movable",
                               "reclaimable", "zero", "cold", "comp"])
        return {
            "alloc": f"{self.rng.choice([0, 0, 0, 1, 2, 3, 5, 8, 10])} {gfp}",
            "kmap": str(pfn), "page": str(pfn), "kmap_atomic": f"{pfn} {self.rng.randrange(19)}",
            "vmalloc": str(self.rng.randrange(1, 1 << self.rng.randrange(1, 27))),
            "kmalloc": str(self.rng.randrange(1, 1 << self.rng.randrange(1, 23))),
            "peek": f"{hex(pfn * PAGE + self.rng.randrange(PAGE))} {self.rng.randrange(1, 300)}",
            "memtest": str(self.rng.randrange(1, 2000)), "dmesg": str(self.rng.randrange(100)),
            "pte": hex(self.rng.randrange(1 << 32)), "slab": "size-64",
        }.get(command, "")

    def line(self):
        """One line. Each command comes at least once; much is not held for long."""
        if self.not_drawn:
            command = self.not_drawn.pop()
            return f"{command} {self.sensible(command)}".strip()
        holder = self.rng.choice(list(self.held))
        if len(self.held[holder]) > MOST_HELD:
            return f"{GIVE_BACK[holder]} {self.rng.choice(self.held[holder])}"
        command = self.rng.choices(self.names, self.weights)[0]
        kind = self.rng.random()
        if kind < 0.6:
            return f"{command} {self.sensible(command)}".strip()
        if kind < 0.95:
            return " ".join([command] + [self.word() for _ in range(self.rng.randrange(4))])
        return self.word()

    def learn(self, line, answer):
        """Remembers what a line has got or given back."""
        words = line.split()
        if words[0] in GIVE_BACK:
            got = {"alloc": r"page frame (\d+), order", "vmalloc": r"(0x[0-9a-f]{8}), \d+ page",
                   "kmalloc": r"(0x[0-9a-f]{8}), an object",
                   "kmap": r"(?:slot|low memory)"}[words[0]]
            match = re.match(got, answer)
            if match:
                self.held[words[0]].append(words[1] if words[0] == "kmap" else match[1])
        for holder, giver in GIVE_BACK.items():
            if words[0] == giver and len(words) > 1 and words[1] in self.held[holder] and (
                    "freed" in answer or holder == "kmap" and "after:" in answer):
                self.held[holder].remove(words[1])


def in_use(monitor):
    """Pages in use that are neither the slab's nor page tables of the vmalloc area, according to a
    balance that must be ok."""
    lines = monitor.ask("balance")
    assert lines[-1] == "balance: ok", lines
    handed_out = next(int(match[1]) for line in lines
                      if (match := re.search(r"handed out (\d+)", line)))
    slab = sum(int(line.split()[1]) for line in monitor.ask("vmstat")
               if line.startswith("nr_slab_"))
    part, kilobytes = None, 0
    for line in monitor.ask("kernel_page_tables"):
        part = line if line.startswith("---[") else part
        match = re.search(r" (\d+)([KMG]) .* pte$", line)
        if match and part == "---[ vmalloc() Area ]---":
            kilobytes += int(match[1]) << {"K": 0, "M": 10, "G": 20}[match[2]]
    return handed_out - slab - (kilobytes + 2047) // 2048


def answers(monitor, lines, timeout=600):
    """What each of some lines has answered, all of them sent at once."""
    monitor.send("".join(line + "\r" for line in lines))
    for line in lines:
        text = monitor.wait_for(PROMPT, timeout)
        echo, answer = text.split("\n", 1)
        assert echo == line[:70] + "\a" * len(line[70:]), f"seed {SEED}: typed {line!r}, shown {echo!r}"
        yield line, answer


def check(line, answer):
    """Nothing is reported as broken, but what a selftest breaks on purpose; each of them has a
    result, and finds nothing wrong. (While something is held, it is refused.)"""
    if line.split()[0] not in ("selftest", "dmesg"):
        assert "BUG" not in answer and "WARNING" not in answer, f"seed {SEED}: {line}\n{answer}"
    elif answer.startswith("KTAP version 1"):
        plan = int(re.search(r"^1\.\.(\d+)$", answer, re.MULTILINE)[1])
        results = re.findall(r"^(?:not )?ok (\d+) ", answer, re.MULTILINE)
        assert results == [str(number) for number in range(1, plan + 1)], f"seed {SEED}: {answer}"
        assert "not so:" not in answer, f"seed {SEED}: {answer}"


def give_back(monitor):
    """Everything that `owned` lists, pages last: those that are mapped cannot go before."""
    held = [line.rstrip(",").replace(",", "").split()[:2] for line in monitor.ask("owned")]
    for holder, what in sorted(held, key=lambda piece: piece[0] == "alloc"):
        monitor.ask(f"{GIVE_BACK[holder]} {what}")
    assert not monitor.ask("owned")


@pytest.mark.parametrize("words", [(), ("memdawn.debug",)], ids=["plain", "debug"])
def test_storm(words, tmp_path):
    """The prompt after each line, and a sound kernel in the end."""
    print(f"MEMDAWN_SEED={SEED}")
    machine = machines.Machine(mem=160, words=words)
    machine.cmdline += " highmem=32M"
    with session(machine, tmp_path) as monitor:
        names = [line.split()[0] for line in monitor.ask("help")]
        storm = Storm(random.Random(SEED), names)
        before = in_use(monitor)
        for _ in range(0, LINES // (2 if words else 1), AT_ONCE):
            lines = [storm.line() for _ in range(AT_ONCE)]
            for line, answer in answers(monitor, lines):
                check(line, answer)
                storm.learn(line, answer)
        give_back(monitor)
        assert in_use(monitor) == before, f"seed {SEED}"
        assert {"DMA", "Normal", "HighMem"} == set(parse_zones(monitor.ask("zones"), "now"))
        assert not monitor.ask("vmallocinfo")
        lines = monitor.ask("selftest", 300)
        assert lines[-1] == "selftest: 0 failed", (f"seed {SEED}", [
            line for line in lines if re.match("not ok |# .*not so:", line)])
