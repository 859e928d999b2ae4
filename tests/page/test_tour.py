# SPDX-License-Identifier: GPL-2.0-only
"""The tour: the answer to each question, worked out from the map and Linux's arithmetic."""

import re

import pytest

from page_machine import MODULES, PARTS, ROOT, in_node

PAGE = 4096
GIB = 1 << 30
# 2 GiB, of which the firmware keeps the last 128 KiB.
MAX_PFN = (2 * GIB - 0x20000) // PAGE
# 891 MB and a little: checked below against the real kernel's log.
LOW_PFN = 0x37bfe
STRUCT_PAGE = 32


def logged(pattern, name="pc-2048M"):
    """What the real kernel's log says on the same machine."""
    log = (ROOT / "tests" / "linux" / "bootmem" / f"{name}.log").read_text(encoding="latin-1")
    return re.search(pattern, log)[1]


@pytest.fixture(scope="module", name="steps")
def fixture_steps():
    """What the tour says."""
    return in_node("tour.mjs", MODULES, PARTS, asked=None)


def test_every_step(steps):
    """Its text has no gap, what it shows is there, and not any number will do."""
    assert len(steps) == len({step["title"] for step in steps}) >= 15
    for step in steps:
        assert not re.search(r"undefined|null|NaN|\[object", step["text"]), step["title"]
        assert step["shown"], step["title"]
        assert step["refused"], step["title"]
        assert step["ask"].endswith("?")


def test_the_answers(steps):
    """Each is what follows from the machine."""
    answers = {step["title"]: step["answer"] for step in steps if step["answer"] is not None}
    free = int(re.search(r"(\d[\d\u202f]*) of them, as blocks", next(
        step["text"] for step in steps if step["title"] == "What becomes of the bitmap"))[1].replace("\u202f", ""))
    wanted = {
        "Before the first instruction": 16 << 20,
        "What the firmware says": 2,
        "Where RAM ends": MAX_PFN,
        "Why 891 MB": LOW_PFN,
        "One to one": 0xc0000000 + 0x2000000,
        "Who has what already": int(logged(r"\((\d+)/32 early reservations\)")) - 1,
        "Three zones, and why DMA starts at 1": 0x1000 - 1,
        "mem_map at 64 GiB": (64 * GIB // PAGE) * STRUCT_PAGE,
        "Where the fourth gigabyte goes": 4 * GIB + GIB // 2,
        "What becomes of the bitmap": (MAX_PFN - LOW_PFN) // 1024,
        "What the Memory: line adds up to": free * 4,
        "Not executable, if it could": 0xc0000000 + (16 << 20),
        "A bit for each page frame": -(-LOW_PFN // 8),
    }
    for title, answer in wanted.items():
        assert answers.pop(title) == answer, title
    # mem_map does not begin at a page's first byte.
    whole = -(-MAX_PFN * STRUCT_PAGE // PAGE)
    assert answers.pop("What mem_map costs") in (whole, whole + 1)
    # Image, BIOS, page tables and what the BIOS's area leaves: no more than there are reservations.
    assert 3 <= answers.pop("Another boot allocator") <= 6
    assert not answers
    assert MAX_PFN == int(logged(r"last_pfn = (0x[0-9a-f]+)"), 16)
    assert LOW_PFN == int(logged(r"Normal   0x00001000 -> (0x[0-9a-f]+)"), 16)


def test_what_is_typed(steps):
    """At the prompt the tour's commands give the answers that are taken."""
    typed = [step for step in steps if "typed" in step]
    assert [step["title"] for step in typed] == [step["title"] for step in steps if step["at"] == "now"]
    for step in typed:
        assert step["typed"]["taken"] is True, step
