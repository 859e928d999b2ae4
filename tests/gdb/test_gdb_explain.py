# SPDX-License-Identifier: GPL-2.0-only
"""memdawn-explain: the texts of docs/explain, with the numbers of the machine under GDB."""

import pytest

from debugged import debugged, run
from memdawn.emulators import machine as machines
from memdawn.explain import show
from memdawn.explain.book import Book

pytestmark = pytest.mark.xdist_group("gdb-explain")
MEM = 64


@pytest.fixture(scope="module", name="answers")
def fixture_answers():
    """One machine: before there is a log, and when there is all of it."""
    with debugged(machines.Machine(mem=MEM)) as vm:
        return run(vm, ["memdawn-explain mem_map", "memdawn-explain 1", "memdawn-next buddy",
                        "memdawn-dmesg", "memdawn-dmesg -n", "memdawn-dmesg -n 2", "memdawn-dmesg -n 1 2",
                        *(f"memdawn-explain {n}" for n in range(1, 60)), "memdawn-explain mem_map",
                        "memdawn-explain page frame number", "memdawn-explain memdawn-vtop", "memdawn-explain",
                        "memdawn-explain nonsense", "memdawn-explain 9999", "help memdawn-explain"])


def words(lines):
    """Words, wherever a line was broken."""
    return " ".join(" ".join(lines).split())


def test_lines(answers):
    """The log is numbered; each of its lines is explained as scripts/explain does it."""
    log = answers.lines("memdawn-dmesg")
    numbered = [f"{number:4d} {line}" for number, line in enumerate(log, 1)]
    assert answers.lines("memdawn-dmesg -n") == numbered and len(log) > 59
    assert answers.lines("memdawn-dmesg -n 2") == numbered[-2:]
    assert "one argument too many" in answers.error("memdawn-dmesg -n 1 2")
    book = Book(log)
    for number in range(2, 60):
        assert words(answers.lines(f"memdawn-explain {number}")) == words(show.line(book, log[number - 1], 100))


def test_words(answers):
    """A word has the machine's numbers as soon as the log has them."""
    before, after = answers.text("memdawn-explain mem_map"), answers.text("memdawn-explain mem_map", 1)
    # 64 MB less the 128 kB that QEMU's BIOS has at its end: 16352 page frames of 32 bytes each.
    assert "511 kB here" not in before and "511 kB here" in words(after.splitlines())
    assert "physical address divided by 4096" in words(answers.lines("memdawn-explain page frame number"))
    assert "walk through the page tables" in words(answers.lines("memdawn-explain memdawn-vtop"))


def test_errors(answers):
    """What is wrong is said."""
    assert "the log has no line 1:" in answers.error("memdawn-explain 1")
    assert "the log has no line 9999:" in answers.error("memdawn-explain 9999")
    assert "usage: memdawn-explain" in answers.error("memdawn-explain")
    assert "nonsense: no explanation" in answers.error("memdawn-explain nonsense")
    assert "usage: memdawn-explain" in answers.text("help memdawn-explain")
