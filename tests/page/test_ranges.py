# SPDX-License-Identifier: GPL-2.0-only
"""The page's ranges are those that the report makes of the same state."""

import copy

import pytest

from page_machine import WORDS, boot, in_node, pc_map
from report import ranges


@pytest.mark.parametrize("words", ["", "memdawn.bootalloc=memblock", "memdawn.bootalloc=early_res",
                                   "memmap=exactmap memmap=640K@0 memmap=90M@1M memmap=7M$101M memmap=60M@117M"])
def test_both_make_the_same_ranges(words):
    """At every stage from the raw map on: kind, owner, mapping, and since when."""
    found = boot(pc_map(1200), f"{WORDS} {words}".strip(), whole=True)
    stages = [{"name": m["name"], "state": m["state"], "events": 0} for m in found["milestones"][2:]]
    page = in_node("ranges.mjs", asked=[stage["state"] for stage in stages])
    theirs = copy.deepcopy(stages)
    for stage in theirs:
        fixmap = stage["state"]["fixmap"].get("data")
        if fixmap:
            fixmap["pages"] = [p for p in fixmap["pages"] if p["phys"] is not None]
    ranges.add_ranges(theirs, [])
    for mine, other in zip(page, theirs):
        for which in ("physical", "virtual"):
            assert mine[which] == other[which], (other["name"], which)
