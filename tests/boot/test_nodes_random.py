# SPDX-License-Identifier: GPL-2.0-only
"""Random machines with several nodes, as the kernel's sources see them (make replay-fast NODES=1): nodes from a page
to 16 GiB, holes, chunks that lie in each other, nodes without memory. Every line about nodes must be the model's,
and no page frame may be lost.

With them fewer whose SRAT can't be used, and some that QEMU can be. MEMDAWN_CASES=n changes the number of machines
(200), MEMDAWN_SEED=text repeats a run.
"""

import os
import random
import re
import secrets
import subprocess

import pytest

from boot import BUILD_NODES, assert_same, boot_well, words
from memdawn.emulators import machine as machines
from memdawn.model.bootmem import KernelPanic
from memdawn.model.node_cases import IMAGE, bios, hostile, random_nodes, srat, whole_frames
from memdawn.model.nodes import IN_LOW_MEMORY, nodes_boot
from memdawn.replay.boots import raw_map
from nodes_logs import chunks_of, later_lines, nodes_lines, nodes_of, ram_of

CASES = int(os.environ.get("MEMDAWN_CASES", "200"))
SEED = (os.environ.get("MEMDAWN_SEED") or os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8]
        or secrets.token_hex(4))
PROGRAM = BUILD_NODES / "host" / "replay"
TIMEOUT = 120
PANIC = 3
OTHER_ALLOCATIONS = 16 << 20     # what else may have come from the largest piece of low memory
MAX_LOW_PFN = 0x37bfe
WORDS = "BOOT_IMAGE=/boot/bzImage ignore_loglevel memdawn.e820=module memdawn.dump=balance"


def run(case, folder):
    """(exit status, log) of a boot on a machine."""
    if not PROGRAM.exists():
        pytest.skip(f"{PROGRAM} has not been built (make replay-fast NODES=1)")
    (folder / "e820").write_bytes(raw_map(case.ranges))
    (folder / "bios").write_bytes(bios([srat(case)]))
    done = subprocess.run([PROGRAM, folder / "e820", WORDS, "", folder / "bios"], capture_output=True, text=True,
                          timeout=TIMEOUT, check=False)
    return done.returncode, done.stdout.splitlines()


def with_low(lines, want):
    """Lines of a log, with the addresses that bootmem has chosen where the model leaves them to it."""
    low = {line.partition(" node_mem_map ")[0] for line in want if line.endswith(IN_LOW_MEMORY)}
    return [re.sub(r"(node_mem_map )[0-9a-f]{8}$", r"\1" + IN_LOW_MEMORY, line)
            if line.partition(" node_mem_map ")[0] in low else line for line in lines]


def check_balance(case, log, repeat):
    """Every page frame of RAM is accounted for, and all but those with an owner are free."""
    counts = {match[1]: int(match[2]) for match in (re.fullmatch(
        r"balance: (free|reserved|memmap|hole|max_pfn) (\d+)", line) for line in log) if match}
    assert "balance: ok" in log and not any(line.endswith(" nobody") for line in log), repeat
    assert counts["free"] + counts["reserved"] + counts["memmap"] == whole_frames(case), repeat
    assert counts["max_pfn"] - counts["hole"] == whole_frames(case), repeat


def check_no_room(log, nodes, text):
    """A boot may end where nodes that lie in each other have no room for their struct pages, each of which begins
    and ends with its node: these come from low memory then, and that is too small."""
    found = [match for line in log if (match := re.search(
        r"no room for mem_map: (\d+) kB in one piece are needed", line))]
    assert found, text
    sizes = [nodes.mem_map_bytes(node) for node in nodes.nodes if node.ram and not nodes.is_in_kva(node)]
    assert int(found[0][1]) * 1024 in sizes and sum(sizes) > nodes.low_room() - OTHER_ALLOCATIONS, text


@pytest.mark.parametrize("number", range(CASES), ids=lambda number: f"{SEED}-{number}")
def test_random(number, tmp_path):
    """One machine."""
    case = random_nodes(random.Random(f"{SEED}:{number}"))
    repeat = f"machine {number} of MEMDAWN_SEED={SEED}: {case}"
    status, log = run(case, tmp_path)
    ours = [line for line in log if not line.startswith("memdawn: ")]
    text = f"{repeat}\n" + "\n".join(log[-30:])
    assert status in (0, PANIC) and "failed to get NUMA memory information from SRAT table" not in log, text
    nodes = nodes_of(log, case.ram, min(MAX_LOW_PFN, max(end for _, end in case.ram) // 4096))
    if status == PANIC and not nodes.reserved:      # it ended before the log tells what was reserved: the kernel
        nodes.reserved.append((IMAGE[0] * 4096, IMAGE[1] * 4096))
    try:
        want = nodes_boot(nodes, case.chunks, case.cpus)
    except KernelPanic as panic:
        assert status == PANIC and any(str(panic) in line for line in log), text
        return
    if status == PANIC:
        check_no_room(log, nodes, text)
        return
    assert_same(with_low(nodes_lines(ours), want), want, repeat)
    assert_same(later_lines(ours), nodes.later_lines(), repeat)
    check_balance(case, log, repeat)


@pytest.mark.parametrize("number", range(CASES // 5), ids=lambda number: f"{SEED}-{number}")
def test_hostile(number, tmp_path):
    """An SRAT that leaves out RAM, or gives it to two nodes, or has too many of them: all memory is one node, and
    nothing is lost."""
    rng = random.Random(f"{SEED}:hostile:{number}")
    case, said = hostile(rng, random_nodes(rng))
    repeat = f"hostile machine {number} of MEMDAWN_SEED={SEED}: {case}"
    status, log = run(case, tmp_path)
    text = f"{repeat}\n" + "\n".join(log[-30:])
    assert not status and any(said in line for line in log), text
    nodes = nodes_of(log, case.ram, min(MAX_LOW_PFN, max(end for _, end in case.ram) // 4096))
    want = nodes_boot(nodes, [], [])
    ours = [line for line in log if not line.startswith("memdawn: ")]
    first = ours.index("NUMA - single node, flat memory mode")
    assert_same(with_low(nodes_lines(ours[first:]), want), want[want.index(ours[first]):], repeat)
    assert_same(later_lines(ours), nodes.later_lines(), repeat)
    check_balance(case, log, repeat)


@pytest.mark.parametrize("number", range(CASES // 25), ids=lambda number: f"{SEED}-{number}")
def test_qemu(number):
    """Nodes of QEMU's: real memory behind all of it."""
    rng = random.Random(f"{SEED}:qemu:{number}")
    sizes = [rng.choice([1, 8, 16, 100, 500, 512, 1024, 3072, 8192]) for _ in range(rng.randrange(1, 7))]
    machine = machines.Machine(mem=sum(sizes) + 64, nodes=[*sizes, 64], numa=True, machine=rng.choice(["pc", "q35"]),
                               words=words("memdawn.dump=balance"))
    repeat = f"MEMDAWN_SEED={SEED}: run-qemu --machine {machine.machine} --numa {'+'.join(map(str, machine.nodes))}"
    log = boot_well(machine)
    chunks, cpus = chunks_of(log)
    ours = [line for line in log if not line.startswith("memdawn: ")]
    ram = ram_of(log)
    nodes = nodes_of(log, ram, min(MAX_LOW_PFN, max(end for _, end in ram) // 4096))
    want = nodes_boot(nodes, chunks, cpus)
    assert_same(with_low(nodes_lines(ours), want), want, repeat)
    assert_same(later_lines(ours), nodes.later_lines(), repeat)
    assert "balance: ok" in log, repeat
