# SPDX-License-Identifier: GPL-2.0-only
"""The boot's instructions beside Linux's: counted, so the same at every run."""

import json
import subprocess

import pytest

from boot import BUILD, ROOT

SIZES = (512, 1024, 2048, 4096, 16384, 65536)
MARKS = ["setup_arch", "build_all_zonelists", "mem_init"]


def bench(*arguments):
    """What scripts/bench measures."""
    done = subprocess.run([ROOT / "scripts" / "bench", "--iso", BUILD / "memdawn.iso", "--json",
                           *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("mem", SIZES)
def test_page_by_page(mem):
    """At most half of Linux's instructions, at every size and mark."""
    rows = bench("--mem", mem)
    assert [(row["mem"], row["mark"]) for row in rows] == [(mem, mark) for mark in MARKS]
    for row in rows:
        assert 0 < row["ours"] <= row["linux"] / 2, row


def test_bulk():
    """64 GiB freed in bulk: at most 8 % of Linux's mem_init() figure."""
    row = bench("--mem", 65536, "--bulk")[-1]
    assert row["mark"] == "mem_init"
    assert 0 < row["ours"] <= row["linux"] * 0.08, row


def test_figures_repeat():
    """Two runs count the same instructions, however many ticks one takes."""
    assert bench("--mem", 512) == bench("--mem", 512, "--shift", 0)
