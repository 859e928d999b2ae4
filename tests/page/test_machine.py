# SPDX-License-Identifier: GPL-2.0-only
"""The page's machine, in node: its log is QEMU's and Linux's, and its readers find what GDB finds."""

import json
import random
import re

import pytest

from memdawn.logs import bootlog
from page_machine import ROOT, WORDS, boot, map_of, pc_map, qemu_log, qemu_state

LINUX = ROOT / "tests" / "linux"


def lines_of(path):
    """The lines of a log."""
    return path.read_text(encoding="latin-1").splitlines()


def assert_equal_logs(log, reference):
    """Equal as scripts/logdiff sees it."""
    difference, _ = bootlog.compare(log.splitlines(), reference)
    assert not difference, "\n".join(difference)


def without_loader(state):
    """A milestone's state, but for the loader's name, and for memdawn.exit, which collect-state adds."""
    if "data" in state["raw_e820"]:
        state["raw_e820"]["data"]["loader"] = ""
    if "data" in state["dmesg"]:
        state["dmesg"]["data"] = [line for line in state["dmesg"]["data"]
                                  if not line["text"].startswith("memdawn: loaded by ")
                                  and line["text"] != "memdawn: options: memdawn.exit"]
        for line in state["dmesg"]["data"]:
            line["text"] = line["text"].replace(" memdawn.exit", "", line["text"].startswith("memdawn: options: "))
    return state


def as_numbers(value):
    """A value as a browser has it: all numbers are doubles."""
    if isinstance(value, dict):
        return {key: as_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_numbers(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


# Each boot allocator once; with high memory and without; with a Movable zone.
STATES = [(512, ""), (256, "memdawn.bootalloc=bootmem-2.4"), (1024, "memdawn.bootalloc=early_res"),
          (2047, "memdawn.bootalloc=memblock kernelcore=512M")]


@pytest.mark.parametrize("mem, words", STATES)
def test_the_readers_find_what_gdb_finds(tmp_path, mem, words):
    """At every milestone, every reader."""
    theirs = qemu_state(tmp_path, mem, words)
    raw = next(m["state"]["raw_e820"]["data"]["entries"] for m in theirs if m["name"] == "raw-map")
    ours = boot([[e["start"], e["end"], e["type"]] for e in raw], f"{WORDS} {words}".strip(), mem)
    assert [m["name"] for m in ours["milestones"]] == [m["name"] for m in theirs]
    for mine, other in zip(ours["milestones"], theirs):
        mine, other = without_loader(mine["state"]), without_loader(other["state"])
        assert list(mine) == list(other)
        for name, reading in mine.items():
            assert as_numbers(reading) == as_numbers(other[name]), (name, words)


def test_the_log_is_linuxs():
    """On a machine without NX and MTRRs, as this one, it is the real kernel's."""
    reference = LINUX / "bootmem" / "pc-1024M-cpu-qemu32.log"
    words = json.loads(reference.with_suffix(".json").read_text(encoding="utf-8"))["cmdline"]
    assert_equal_logs(boot(map_of(lines_of(reference)), words)["log"], lines_of(reference))


@pytest.mark.parametrize("mem, words", [(64, ""), (512, "bootmem_debug"), (2047, "vmalloc=256M"),
                                        (2047, "memmap=100M$1000M mminit_loglevel=4")])
def test_the_log_is_qemus(mem, words):
    """Line for line, but for the loader's name."""
    words = f"{WORDS} {words}".strip()
    theirs = qemu_log(mem, words)
    ours = boot(map_of(theirs), words, mem, at=[])["log"].splitlines()
    own = re.compile("memdawn: (loaded by|options:) ")
    assert [line for line in ours if not own.match(line)] == [line for line in theirs if not own.match(line)]


def test_a_map_larger_than_the_machine():
    """64 GiB, in a machine of 1 GiB: the map goes in as a module, and what follows from it is what the
    real kernel said on such a machine. A frame that is only in the map is not mapped."""
    reference = lines_of(LINUX / "bootmem" / "pc-65536M.log")
    found = boot(pc_map(1024), f"{WORDS} memdawn.e820=module memdawn.free=bulk", 1024,
                 given=map_of(reference), at=["end"], type=["virt 0x200000000", "kmap 2097152"])
    wanted = [line for line in reference if re.match(
        r"last_pfn|\d+MB (HIGHMEM|LOWMEM)|  (DMA|Normal|HighMem) .*(->|pages reserved)|On node 0", line)]
    assert len(wanted) == 8
    assert [line for line in wanted if line not in found["log"].splitlines()] == []
    assert found["milestones"][0]["state"]["balance"]["data"]["ok"] is True
    assert "physical 0200000000: no virtual address" in found["typed"][0]["answer"]
    assert "page frame 200000 is refused" in found["typed"][1]["answer"]


def test_buddyinfo_as_typed():
    """What the kernel says when it is asked is what is read from its memory."""
    found = boot(pc_map(256), at=[], type=["alloc 3", "buddyinfo", "alloc 0 highuser", "buddyinfo"])
    for typed in found["typed"][1::2]:
        said = {}
        for line in typed["answer"].splitlines():
            match = re.match(r"Node 0, zone +(\w+)((?: +\d+){11})", line)
            if match:
                said[match[1]] = [int(n) for n in match[2].split()]
        assert said == typed["state"]["buddyinfo"]["data"]


@pytest.mark.parametrize("mem, words", [
    (200, "highmem=40M memmap=1M$150M"), (64, "memdawn.bootalloc=memblock mem=60M"),
    (1200, "memdawn.bootalloc=early_res kernelcore=300M")])
def test_why_as_typed(mem, words):
    """Of a hundred page frames the page's reader says what the kernel says, word for word."""
    draw = random.Random(f"why {mem}")
    end = mem * 256
    frames = [0, 1, 8, 0x9f, 0xa0, 4096, 4200, 4300, 150 * 256, end - 33, end - 32, end, 2 * end,
              *(draw.randrange(end) for _ in range(90))]
    found = boot(pc_map(mem), f"{WORDS} {words}", mem, at=[], why=frames,
                 type=["alloc 3 highuser", "alloc 1 movable", "vmalloc 50000", "kmalloc 300"])
    assert len(found["why"]) == len(frames)
    for told in found["why"]:
        assert told["page"] == told["kernel"], told["pfn"]
