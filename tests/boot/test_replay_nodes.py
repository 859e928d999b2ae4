# SPDX-License-Identifier: GPL-2.0-only
"""Logs of kernels for several nodes, explained by booting such a kernel with their SRAT."""

import re

import pytest

from boot import cases
from memdawn.replay import boots, comparison, maps


@pytest.fixture(name="fast", scope="module")
def fixture_fast():
    """The kernel as a program; and that for several nodes must be there."""
    for path in (boots.FAST, boots.FAST_NODES):
        if not path.exists():
            pytest.skip(f"{path} has not been built (make replay-fast; make replay-fast NODES=1)")
    return boots.Fast()


def replayed(text, fast):
    """The comparison, and what was found."""
    found = maps.read(text)
    return comparison.replay(found, fast), found


@pytest.mark.parametrize("reference", cases("numa"))
def test_reference(reference, fast):
    """One step explains every figure that is not the flat kernel's."""
    outcome, _ = replayed(reference.read_text(encoding="ascii"), fast)
    assert not outcome.unexplained and len(outcome.steps) == 1
    assert any(row.explained for row in outcome.rows)


def test_by_sorted_chunks(fast):
    """The lines of the table's own order may be missing."""
    text = cases("numa")[2].values[0].read_text(encoding="ascii")
    less = re.sub(r"(?m)^(?:Memory range|CPU \w\w in) .*\n", "", text)
    outcome, _ = replayed(less, fast)
    assert not outcome.unexplained and less != text


@pytest.mark.parametrize("old, new", [
    (r"to 000000a0 in", "to 00000000 in"), (r"(Memory range )\w{8} to \w{8}", r"\g<1>00000000 to ffffffff"),
    (r"proximity domain 0[01] enabled", "proximity domain ff enabled"), (r"Memory range .*\n", ""),
    (r"(CPU .. in .*\n)", r"\g<1>" * 500)])
def test_damaged(old, new, fast):
    """Lines that can't be: what is left of them is used, or nothing; figures may stay unexplained."""
    text = re.sub(old, new, cases("numa")[0].values[0].read_text(encoding="ascii"))
    outcome, _ = replayed(text, fast)
    assert outcome.rows


def test_not_built(monkeypatch, fast, tmp_path):
    """Then the user is told what is missing."""
    monkeypatch.setattr(boots.FastNodes.__init__, "__defaults__", (tmp_path / "none",))
    _, found = replayed(cases("numa")[0].values[0].read_text(encoding="ascii"), fast)
    assert [note for note in found.notes if "make replay-fast NODES=1" in note]
