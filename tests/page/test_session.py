# SPDX-License-Identifier: GPL-2.0-only
"""Random commands at the prompt: what is drawn after each is what stands in memory."""

import os
import random
import re
import secrets

from page_machine import MODULES, PARTS, in_node

COMMANDS = 500
PAGE = 4096


def random_commands(seed):
    """Commands that take and give back, a question of the kernel's own every few."""
    rng = random.Random(seed)
    made = []
    while len(made) < COMMANDS:
        made.append(rng.choice([
            f"alloc {rng.randrange(6)} {rng.choice(['kernel', 'highuser', 'dma', 'movable', 'user'])}",
            f"alloc {rng.randrange(11)}", "free {free}", "free {free}", "kmap {taken}", "kunmap {kmapped}",
            f"kmap {rng.randrange(230000, 250000)}", f"vmalloc {rng.randrange(1, 300000)}",
            f"kmalloc {rng.randrange(1, 8000)}", "owned", f"page {rng.randrange(262144)}", "nonsense"]))
        if len(made) % 5 == 0:
            made.append("buddyinfo")
    return made[:COMMANDS]


def test_random_commands():
    """The sheet holds after each; the drawn kinds are the sheet's; the table is what buddyinfo says."""
    seed = os.environ.get("MEMDAWN_SEED") or secrets.token_hex(4)
    found = in_node("session.mjs", MODULES, PARTS, asked={
        "chosen": {"machine": "pc", "ram": 1024, "map": "", "words": "", "alloc": "bootmem"},
        "commands": random_commands(seed)})
    assert len(found) == COMMANDS
    asked = 0
    for step in found:
        why = f"MEMDAWN_SEED={seed}: after {step['command']}: {step['answer']}"
        sheet = step["balance"]
        assert sheet["ok"] is True, why
        assert step["kinds"]["free"] == sheet["free"] * PAGE, why
        assert step["kinds"].get("in use", 0) == sheet["in_use"] * PAGE, why
        assert step["kinds"]["memmap"] == sheet["memmap"] * PAGE, why
        said = {m[1]: [int(n) for n in m[2].split()] for m in
                re.finditer(r"^Node 0, zone +(\w+)((?: +\d+){11})", step["answer"], re.MULTILINE)}
        if step["command"] == "buddyinfo":
            assert said == step["buddyinfo"], why
            asked += 1
    assert asked > 50
    assert any("order" in step["answer"] for step in found)
