# SPDX-License-Identifier: GPL-2.0-only
"""The model of a machine with several nodes, against the real 2.6.34's logs: from the SRAT's lines to the last
zone's it says every line. No kernel of ours is needed here."""

import pytest

from boot import assert_same, cases, lines_of
from memdawn.model.nodes import nodes_boot
from nodes_logs import chunks_of, later_lines, nodes_lines, nodes_of, number, ram_of


@pytest.mark.parametrize("reference", cases("numa"))
def test_reference(reference):
    """Every line of the reference's part."""
    lines = lines_of(reference)
    nodes = nodes_of(lines, ram_of(lines), number(lines, r"kva_start_pfn ~ [0-9a-f]+ max_low_pfn ~ ([0-9a-f]+)"))
    assert_same(nodes_boot(nodes, *chunks_of(lines)), nodes_lines(lines), "the model")
    assert_same(nodes.later_lines(), later_lines(lines), "after the zones")
