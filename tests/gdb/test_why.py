# SPDX-License-Identifier: GPL-2.0-only
"""What the prompt's `why' and GDB's say of a page frame: the same, word for word; what they say of its
past against the log, of its present against other commands, of its future by allocating."""

import os
import random
import re

import pytest

from boot import image
from debugged import Prompt, debugged, run
from memdawn.emulators import machine as machines
from memdawn.state import milestones

SEED = os.environ.get("MEMDAWN_SEED", "why")
FRAMES = 110
pytestmark = pytest.mark.xdist_group("why")     # each machine is booted once
INIT = ("free_initmem", "free_initrd_mem")

# Each with what makes its page frames' lives different.
MACHINES = {
    "highmem": {"mem": 160, "cmdline": " highmem=32M memmap=1M$150M mem=158M", "initrd": 123456},
    "memblock": {"mem": 96, "cmdline": " memmap=64K$40M", "words": ("memdawn.bootalloc=memblock",)},
    "early_res": {"mem": 1100, "cmdline": " kernelcore=300M memmap=exactmap memmap=640K@0 "
                                          "memmap=1023M@1M", "words": ("memdawn.bootalloc=early_res",)},
    "small": {"mem": 20, "cmdline": "", "words": ("memdawn.bootalloc=bootmem-2.4",)},
}


class Told:
    """A machine at its prompt, and what both say of many page frames."""

    def __init__(self, vm, name):
        draw = random.Random(f"{SEED} {name}")
        prompt = self.prompt = Prompt(vm)
        self.early = run(vm, [command for milestone in milestones.MILESTONES
                              for command in (f"memdawn-next {milestone.name}", "memdawn-why 8",
                                              "memdawn-why 4096", "memdawn-why 0")] + ["detach"])
        prompt.wait()
        self.taken = {}
        for command in ("alloc 3 highuser", "alloc 0 kernel", "alloc 4 reclaimable", "alloc 1 dma"):
            self.taken[command] = int(re.match(r"page frame (\d+)", prompt.ask(command)[0])[1])
        prompt.ask(f"kmap {self.taken['alloc 3 highuser']}")
        self.area = int(re.search(r"(\d+)$", prompt.ask("vmalloc 20000")[0])[1])
        prompt.ask("kmalloc 100")
        self.zones = prompt.ask("zones")
        single = [int(word) for line in self.zones if line.startswith("AP") and " : " in line
                  for word in line.partition(" : ")[2].split()]
        blocks = [int(word) for line in self.zones if line.startswith("AL")
                  for word in line.partition(" : ")[2].split()]
        end = int(next(line for line in prompt.ask("balance") if "max_pfn" in line).split()[-1])
        owned = [int(line.split("[")[1].split()[0], 16) >> 12 for line in prompt.ask("balance")
                 if " owner " in line]
        self.frames = [0, 1, 8, 0x9f, 0xa0, 0xff, 0x100, 4096, 0x1040, end - 1, end, 2 * end,
                       0xffffffff, self.area, *self.taken.values(), *owned[:20],
                       *draw.sample(single, min(10, len(single))),
                       *draw.sample(blocks, min(20, len(blocks)))]
        self.frames += [draw.randrange(end) for _ in range(FRAMES - len(self.frames))]
        self.said = {pfn: prompt.ask(f"why {pfn}") for pfn in self.frames}
        found = run(vm, [f"memdawn-why {pfn}" for pfn in self.frames] + ["detach"])
        self.found = {pfn: found.lines(f"memdawn-why {pfn}") for pfn in self.frames}


@pytest.fixture(scope="module", name="told", params=MACHINES)
def fixture_told(request, tmp_path_factory):
    """Each machine in turn, for all these tests."""
    facts = dict(MACHINES[request.param])
    size = facts.pop("initrd", 0)
    machine = machines.Machine(mem=facts["mem"], words=facts.get("words", ()))
    machine.cmdline += facts["cmdline"]
    if size:
        path = tmp_path_factory.mktemp("initrd") / "initrd"
        path.write_bytes(b"x" * size)
        machine.modules = ((str(path), "initrd"),)
    with debugged(machine, serial=Prompt.SERIAL) as vm:
        made = Told(vm, request.param)
        made.name = request.param
        yield made


def test_both_say_the_same(told):
    """More than a hundred page frames, those of each kind among them."""
    assert len(told.frames) >= 100
    for pfn in told.frames:
        assert told.found[pfn] == told.said[pfn], pfn


def test_past(told):
    """Who the log and the image say it was."""
    code = told.said[4096]
    assert "There lies the kernel's image: code (.text)." in code
    assert any("TEXT DATA BSS: 0001000000 - " in line for line in code)
    assert "It is reserved to this day." in code
    assert "Then trim_bios_range() reserved it: the BIOS owns the first page." in told.said[0]
    hole = 0xa0 if told.name == "early_res" else 0x9f
    assert any(line.startswith("It is in no range of early_node_map: no RAM.") for line in told.said[hole])
    init = image().pa("__init_begin") // 4096 + 1
    lines = told.prompt.ask(f"why {init}")
    assert "When the boot was over, free_initmem() freed it." in lines, lines
    assert any("(.init)" in line for line in lines)
    log = told.prompt.ask("dmesg")
    if told.name == "highmem":
        places = re.findall(r"RAMDISK.*(?:: | to )([0-9a-f]{8}) - ", "\n".join(log))
        start = int(places[-1], 16) >> 12
        assert "Late in the boot, free_initrd_mem() freed it." in told.prompt.ask(f"why {start}")
        assert "Then memmap=1M$150M added it." in told.prompt.ask(f"why {150 * 256}")
        cut = told.prompt.ask(f"why {159 * 256}")
        assert "Then mem=158M took it out." in cut and any("by mem=158M" in line for line in cut), cut
        bitmap = next(line for line in told.prompt.ask("early_res") if line.endswith("BOOTMAP"))
        assert "When all else was free, free_all_bootmem() freed it too." in \
            told.prompt.ask(f"why {int(bitmap.split()[1], 16) >> 12}")
        assert any("set_highmem_pages_init() freed it" in line
                   for line in told.prompt.ask(f"why {149 * 256}"))
    if told.name == "early_res":
        assert "Then memmap=exactmap took all out." in told.said[4096]
        assert "Then memmap=1023M@1M added it." in told.said[4096]


def test_present(told):
    """What other commands say of it now."""
    high = told.taken["alloc 3 highuser"]
    assert f"Now the prompt's alloc has it: 8 page(s) from page frame {high} on." in told.said[high]
    assert "Now it is page 1 of 5 in the vmalloc area at " in "\n".join(told.said[told.area])
    for pfn in told.frames:
        use = "\n".join(told.prompt.ask(f"page {pfn}"))
        block = re.search(r"free, in the block of order (\d+) at page frame (\d+)", use)
        place = re.search(r"in the block of order (\d+) at page frame (\d+), number (\d+) of (\d+) in zone "
                          r"(\w+)'s list of type (\w+)", "\n".join(told.said[pfn]))
        assert bool(block) == bool(place), pfn
        if place:
            order, head, number, count, zone, kind = place.groups()
            assert (order, head) == block.groups()
            number_of_type = ("Unmovable", "Reclaimable", "Movable", "Reserve").index(kind)
            lists = [word for line in told.zones
                     if line.startswith(f"AL now {zone} o{order} t{number_of_type} : ")
                     for word in line.partition(" : ")[2].split()]
            assert lists[int(number) - 1] == head and len(lists) == int(count), pfn
        assert ("free, in the per-cpu page set" in use) == ("'s per-cpu list of type" in
                                                          "\n".join(told.said[pfn])), pfn


def test_future(told):
    """Whoever is said to get it next gets it."""
    tried = 0
    for pfn in told.frames:
        for line in told.prompt.ask(f"why {pfn}"):
            match = re.search(r"(?:gets it|^(\d+) allocation\(s\).*come before it) "
                              r"\(alloc (\d+) (\w+)\)\.$", line)
            before = int(match[1] or 0) if match else 99
            if before > 6:
                continue
            got = [told.prompt.ask(f"alloc -v {match[2]} {match[3]}") for _ in range(before + 1)]
            starts = [int(found[1]) for answer in got for line in answer
                      if (found := re.match(r"page frame (\d+), order", line))]
            # `why' doesn't ask the watermarks: a zone that keeps its last pages gives none.
            if not any(" may not serve: " in line for answer in got for line in answer):
                tried += 1
                assert starts[-1] <= pfn < starts[-1] + (1 << int(match[2])), (pfn, line, starts)
            for start in reversed(starts):
                told.prompt.ask(f"free {start}")
            break
    assert tried


def test_before_the_prompt(told):
    """At each milestone something, and nothing that isn't yet."""
    seen = {}
    for command, text in told.early.all():
        if command.startswith("memdawn-next"):
            here = command.split()[1]
            seen[here] = ""
        elif command.startswith("memdawn-why"):
            seen[here] += text
    assert seen["loaded"].count("not initialised yet (needs build_page_tables)") == 3
    assert "needs setup_memory_map" in seen["raw-map"]
    assert "calls it usable" in seen["boot-allocator"]
    assert "It has no struct page yet (needs free_area_init_node)." in seen["boot-allocator"]
    assert "Every page frame is reserved until mem_init()." in seen["zones"]
    assert "It is reserved to this day." in seen["slab"]
    for place, text in seen.items():
        if place in ("zones", "zonelists", "handover"):
            assert not any(f"{name}() freed it" in text for name in INIT), place
