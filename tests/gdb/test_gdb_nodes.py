# SPDX-License-Identifier: GPL-2.0-only
"""The kernel for several nodes under GDB: what is read through a node's KVA is what the kernel's own prompt says."""

import pytest

from debugged import Prompt, debugged, run
from memdawn.emulators import machine as machines

PROMPT_TOO = ("buddyinfo", "balance", "page 4096", "page 131072", "page 228349", "page 228350", "page 261887")
KVA_RAM = 0x1fa00            # of node 0: tests/linux/numa/pc-1G-2n.log


@pytest.fixture(scope="module", name="session")
def fixture_session():
    """Two nodes of 512 MiB at the end of the boot: (GDB's answers, the prompt's)."""
    machine = machines.Machine(mem=1024, nodes=[512, 512], numa=True)
    with debugged(machine, serial=Prompt.SERIAL) as vm:
        prompt = Prompt(vm)
        run(vm, ["detach"])
        prompt.wait()
        found = run(vm, [*(f"memdawn-{command}" for command in PROMPT_TOO), "memdawn-zones --json",
                         "memdawn-freelist Normal", "memdawn-balance --json", f"memdawn-page {KVA_RAM}",
                         "detach"])
        return found, {command: prompt.ask(command) for command in PROMPT_TOO}


@pytest.mark.parametrize("command", PROMPT_TOO)
def test_as_at_the_prompt(session, command):
    """The same lines."""
    found, said = session
    assert found.lines(f"memdawn-{command}") == said[command]


def test_zones(session):
    """Each node's, with the borders of tests/linux/numa/pc-1G-2n.log."""
    zones = [(zone["name"], zone["start_pfn"], zone["end_pfn"]) for zone in session[0].json("zones")]
    assert zones == [("0:DMA", 1, 0x1000), ("0:Normal", 0x1000, 0x1fa00),
                     ("1:Normal", 0x20000, 0x37bfe), ("1:HighMem", 0x37bfe, 0x3ffe0)]
    assert {"zone 0:Normal", "zone 1:Normal"} <= set(session[0].lines("memdawn-freelist Normal"))


def test_kva(session):
    """KVA RAM: each node's is accounted for, and has no struct page."""
    found, _ = session
    owners = [owner["pages"] for owner in found.json("balance")["owners"] if owner["name"] == "KVA RAM"]
    assert owners == [1536, 1536] and found.json("balance")["ok"]
    assert "holds some itself (KVA RAM)" in found.text(f"memdawn-page {KVA_RAM}")


def test_bitmaps():
    """While bootmem serves: both nodes' bitmaps, KVA PG reserved in node 1's."""
    with debugged(machines.Machine(mem=1024, nodes=[512, 512], numa=True)) as vm:
        found = run(vm, ["memdawn-next zones", "memdawn-bootmem --json"]).json("bootmem")
    ranges = [(run["start_pfn"], run["end_pfn"], run["reserved"]) for run in found["ranges"]]
    assert ranges[-3:] == [(0x20000, 0x36e00, False), (0x36e00, 0x37a00, True), (0x37a00, 0x37bfe, False)]
    assert all(end <= 0x1fa00 for _, end, _ in ranges[:-3])
