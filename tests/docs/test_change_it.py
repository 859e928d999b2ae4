# SPDX-License-Identifier: GPL-2.0-only
"""docs/change-it.md: its changes are made in a copy of the tree, and its commands are run there."""

import re
import subprocess

import pexpect
import pytest

import documents
from documents import ROOT, mismatch
from memdawn.emulators import runner
from memdawn.exercises import trees

DOCUMENT = "docs/change-it.md"
TIMEOUT = 600
PROMPT = "memdawn> "
FILE = re.compile(r"^(?://|#) new file: (\S+)$")
PLACE = re.compile(r"^(?://|#) (\S+), (above|below): (.*)$")


def change(tree, block):
    """Makes one change; the line that says where must fit one line of the file."""
    first, *lines = block.lines
    where = f"{DOCUMENT}:{block.line}"
    text = "".join(f"{line}\n" for line in lines)
    if named := FILE.match(first):
        assert not (tree / named[1]).exists(), where
        (tree / named[1]).write_text(text, encoding="utf-8")
        return
    named = PLACE.match(first)
    assert named, f"{where}: in which file, above or below which line?"
    old = (tree / named[1]).read_text(encoding="utf-8").splitlines(keepends=True)
    at = [number for number, line in enumerate(old) if line.startswith(named[3])]
    assert len(at) == 1, f"{where}: {len(at)} lines of {named[1]} begin with {named[3]!r}"
    place = at[0] + (named[2] == "below")
    (tree / named[1]).write_text("".join([*old[:place], text, *old[place:]]), encoding="utf-8")


def compare(step, said):
    """What a command has printed, with what the document shows."""
    have = [line.rstrip() for line in runner.clean(said)]
    while have and not have[-1]:
        have.pop()
    wrong = mismatch(have, [line.rstrip() for line in step.output if line.strip()])
    assert wrong is None, f"{DOCUMENT}:{step.line}: not as shown: {wrong!r}\n--- printed ---\n" + "\n".join(have)


def run_session(tree, start, steps):
    """A boot, and what is typed at its prompt."""
    child = pexpect.spawn("bash", ["-c", start.command], cwd=str(tree), env={**trees.environment(), "TERM": "dumb"},
                          timeout=TIMEOUT, encoding="utf-8", codec_errors="replace", echo=False)
    try:
        child.expect_exact(PROMPT)
        for step in steps:
            child.send(step.command + "\r")
            child.expect_exact(PROMPT)
            compare(step, child.before.partition("\n")[2])
        child.send("poweroff\r")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)


@pytest.mark.xdist_group("change-it")
def test_change_it(tmp_path):
    """From the first line to the last, as a reader does it."""
    tree = tmp_path / "mine"
    with trees.locked():
        said = trees.make(ROOT, ["build/memdawn.iso", "build/host/test_lists"])
        assert said is None, said
        trees.copy_tree(tree)
    commands = 0
    for block in documents.blocks(DOCUMENT):
        if block.kind in ("c", "make"):
            change(tree, block)
            continue
        start, *rest = block.steps()
        commands += 1
        if rest:
            run_session(tree, start, rest)
            continue
        done = subprocess.run(["bash", "-c", start.command], cwd=tree, env=trees.environment(), text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=TIMEOUT, check=False)
        assert done.returncode == 0, done.stdout
        compare(start, done.stdout)
    assert commands == 3
