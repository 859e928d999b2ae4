# SPDX-License-Identifier: GPL-2.0-only
"""Every command in the documents is run, and prints what the documents show."""

import fcntl
import os
import re
import shlex
import subprocess
import tempfile

import pexpect
import pytest

import documents
from documents import DOCUMENTS, ROOT, masked, mismatch
from memdawn.emulators import runner

TIMEOUT = 600

# Not run here, and why. Keep it tiny.
EXEMPT = {
    "make check": "it is what runs these tests",
    "make bochs": "a minute of CPU time; tests/boot/test_reference.py boots Bochs",
    "scripts/compare-bootalloc --mem 512":
        "four boots that count instructions; tests/boot/test_bootalloc.py runs it",
    "make dist": "it wants a tree without changes; tests/boot/test_dist.py runs its parts",
    "sudo dd if=build/memdawn.iso of=/dev/sdX bs=4M conv=fsync":
        "it overwrites a disk; tests/boot/test_disk.py boots the disc as one",
}

# What is different wherever it is: equal to any other text of the same form.
EVERYWHERE = [r"\b0\.1(-g[0-9a-f]{8,}(-dirty)?)?(?=,)"]
SIZE = re.compile(r"\b(\d+) ?k")
LEAST_STALE = 16        # kB
GOODBYE = {"memdawn> ": "poweroff\r", "(gdb) ": "kill\nquit\n"}

UNITS = [(document, unit) for document in DOCUMENTS for unit in documents.units(document)]
# A document is read from its beginning: later commands use what earlier ones have made.
CASES = [pytest.param(unit, id=f"{document}:{unit[0].line}", marks=pytest.mark.xdist_group(document))
         for document, unit in UNITS]


def command_of(step):
    """The command without the remark after it, as EXEMPT names it."""
    return " ".join(shlex.split(step.command, comments=True, posix=False))


def compare(step, text):
    """What a command has printed against what the document shows."""
    patterns = step.varies + EVERYWHERE
    # Another test may be building in this tree at the moment.
    have = [line.rstrip() for line in runner.clean(text) if not line.startswith("  WAIT ")]
    have = masked(have[:-1] if have and have[-1] == "" else have, patterns)
    want = masked([line.rstrip() for line in step.output], patterns)
    while want and want[-1] == "":
        want.pop()
    while have and have[-1] == "":
        have.pop()
    wrong = mismatch(have, want)
    assert wrong is None, (f"line {step.line}, {step.command!r}: not as shown: {wrong!r}\n"
                           "--- printed ---\n" + "\n".join(have))
    check_sizes(step, [line.rstrip() for line in runner.clean(text)])


def near(shown, printed):
    """Are two texts' sizes about the same?"""
    return all(abs(int(a) - int(b)) <= max(LEAST_STALE, int(b) // 4)
               for a, b in zip(SIZE.findall(shown), SIZE.findall(printed)))


def check_sizes(step, have):
    """Sizes that are another build's own must not be old ones, far from this build's."""
    for pattern in step.varies:
        for line in step.output:
            shown = re.search(pattern, line)
            form = masked([line], step.varies)
            printed = [re.search(pattern, one)[0] for one in have if shown and masked([one], step.varies) == form]
            assert not printed or any(near(shown[0], one) for one in printed), (
                f"line {step.line}, {step.command!r}: stale: shown {shown[0]!r}, printed {printed[0]!r}")


def environment():
    """The tests' own make must not shine through, and no terminal makes a difference."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MFLAGS", "MEMDAWN_"))}
    return {**kept, "TERM": "dumb", "COLUMNS": "80"}


@pytest.fixture(scope="module", autouse=True, name="built")
def fixture_built():
    """Commands that run at once find nothing left to build."""
    name = os.path.join(tempfile.gettempdir(), f"memdawn-docs-{os.getuid()}.lock")
    with open(name, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for words in (["iso"], ["iso", "IMAGE=bootmem"], ["replay-fast"]):
            subprocess.run(["make", *words], cwd=ROOT, env=environment(), check=True,
                           stdout=subprocess.DEVNULL)


def run_alone(step):
    """A command for the shell."""
    done = subprocess.run(["bash", "-c", step.command], cwd=ROOT, env=environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=TIMEOUT, check=False)
    text = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, f"line {step.line}, {step.command!r}: {done.returncode}\n{text}"
    compare(step, text)


def run_session(start, steps):
    """A program that prompts, and what is typed at its prompt."""
    prompt = steps[0].prompt
    child = pexpect.spawn("bash", ["-c", start.command], cwd=str(ROOT), env=environment(),
                          timeout=TIMEOUT, encoding="utf-8", codec_errors="replace",
                          dimensions=(5000, 120), echo=False)
    try:
        child.expect_exact(prompt)
        compare(start, child.before)
        for step in steps:
            assert step.prompt == prompt, f"line {step.line}: which program has this prompt?"
            child.send(step.command + "\r")
            child.expect_exact(prompt)
            echo, _, answer = child.before.partition("\n")
            compare(step, answer if runner.clean(echo)[0].strip() == step.command else child.before)
        child.send(GOODBYE[prompt])
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)


@pytest.mark.parametrize("unit", CASES)
def test_commands(unit):
    """A command or a session, from start to end."""
    start, *steps = unit
    if reason := EXEMPT.get(command_of(start)):
        pytest.skip(reason)
    if steps:
        run_session(start, steps)
    else:
        run_alone(start)


def test_exemptions_are_needed():
    """Each stands in a document, and says why."""
    commands = {command_of(unit[0]) for _, unit in UNITS}
    assert set(EXEMPT) <= commands and all(EXEMPT.values())


def test_old_sizes_are_found():
    """A size may be another build's, but not one of long ago."""
    step = documents.Step("$ ", "x", ["Low: 104k", "Low: 900k"], 1, [r"Low: \d+k"])
    check_sizes(step, ["Low: 110k", "Low: 905k"])
    with pytest.raises(AssertionError, match="stale: shown 'Low: 900k'"):
        check_sizes(step, ["Low: 110k", "Low: 500k"])
