# SPDX-License-Identifier: GPL-2.0-only
"""Text that others have written: no terminal obeys what stands in a log, a file's name or an
emulator's complaint."""

import json
import os
import re
import subprocess

import pexpect
import pytest

from boot import BUILD, LINUX, ROOT
from memdawn.emulators import runner
from memdawn.visible import visible

# Colours, a window's title, the cursor moved, a tab's end, text turned around, and C1's own escape.
EVIL = "\x1b[31mred\x1b]0;title\x07\x1b[2J\r\x08\x7f\x9b1m\u202eturned"
SHOWN = r"\x1b[31mred\x1b]0;title\x07\x1b[2J\r\x08\x7f\x9b1m\u202eturned"
MAP = """\
Linux version 2.6.30%s (x@y) (gcc version 4.3)
BIOS-provided physical RAM map:
 BIOS-e820: 0000000000000000 - 000000000009fc00 (usable)
 BIOS-e820: 0000000000100000 - 0000000020000000 (usable)
last_pfn = 0x20000 max_arch_pfn = 0x1000000
"""


def run(*words):
    """Runs a script: (what it says on both streams, status)."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, check=False,
                          stdin=subprocess.DEVNULL)
    return (done.stdout + done.stderr).decode("utf-8"), done.returncode


def controls(text):
    """The characters that a terminal would obey."""
    return re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_visible():
    """Each control character is shown; what is none, line feeds and tabs stay."""
    assert visible(EVIL) == SHOWN
    assert visible("a\tb\n\u00e9\u4e2d\U0001f600~ \\x1b") == "a\tb\n\u00e9\u4e2d\U0001f600~ \\x1b"
    assert not controls(visible("".join(map(chr, range(0x3000)))))


def test_every_script_goes_through_it():
    """program.run() is where it is done: each program of Python's calls it. The checkers of the form
    read this project's own files alone."""
    for path in [*(ROOT / "scripts").iterdir(), *(ROOT / "scripts" / "build").iterdir()]:
        if path.is_file() and "python3" in path.read_text(encoding="utf-8").split("\n", 1)[0] \
                and path.name != "check-linux-names":
            assert "program.run(" in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("more", [["--fast"], []])
def test_replay(tmp_path, more):
    """The kernel's name in a log, the log itself, and a file's name."""
    log = tmp_path / f"log{EVIL.replace('/', '')}"
    log.write_text(MAP % EVIL.replace("\r", ""), encoding="utf-8")
    text, _ = run("scripts/replay", log, "--log", *more)
    assert not controls(text) and r"\x1b[31mred" in text
    text, status = run("scripts/replay", tmp_path / f"none{EVIL}", *more)
    assert status == 2 and not controls(text) and SHOWN in text


def test_logdiff(tmp_path):
    """Lines that differ, and the files' names."""
    theirs = (LINUX / "bootmem" / "pc-512M.log").read_text(encoding="ascii")
    ours = tmp_path / f"ours{EVIL}"
    ours.write_text(theirs.replace("Kernel command line:", f"Kernel command line: {EVIL}\x1b[1m"),
                    encoding="utf-8")
    text, status = run("scripts/logdiff", ours, LINUX / "bootmem" / "pc-512M.log")
    assert status == 1 and not controls(text) and r"\x1b[" in text
    text, status = run("scripts/logdiff", tmp_path / f"none{EVIL}", ours)
    assert status == 2 and not controls(text) and SHOWN in text


@pytest.mark.parametrize("script", ["run-qemu", "predict", "map", "make-report", "layout"])
def test_names_of_files(tmp_path, script):
    """A file that isn't there, by a name that would clear the screen."""
    text, status = run(f"scripts/{script}", f"{tmp_path}/no{EVIL}.json")
    assert status and not controls(text) and r"\x1b[31mred" in text


def test_what_an_emulator_says(tmp_path):
    """QEMU's complaint, where it doesn't start."""
    qemu = tmp_path / "qemu"
    qemu.write_text(f"#!/bin/sh\nprintf '%s\\n' '{EVIL}' >&2\nexit 1\n", encoding="utf-8")
    qemu.chmod(0o755)
    text, status = run("scripts/run-qemu", "--qemu", qemu, "--iso", BUILD / "memdawn.iso", "--log-only")
    assert status == runner.Outcome.ENDED and not controls(text) and r"\x1b[31mred" in text


def test_map_from_a_document(tmp_path):
    """A map made elsewhere: what it calls things. The colours are ours, and stay."""
    known = {"start": 0, "end": 4096, "kind": "free", "owner": EVIL, "since": 0}
    stage = {"name": "buddy", "when": "after", "function": f"f{EVIL}", "meaning": EVIL,
             "physical": [known], "virtual": [known], "source": {"file": "x.c", "line": 1}}
    path = tmp_path / "document"
    path.write_text(json.dumps({"stages": [stage], "title": EVIL, "version": ""}), encoding="utf-8")
    code = ("import json, sys; sys.path[:0] = ['scripts']; from report import textmap; "
            "found = json.load(open(sys.argv[1])); "
            "print(textmap.draw(textmap.maps(found, 'buddy')[0], 200, False))")
    text, status = run("/usr/bin/python3", "-c", code, path)
    assert status == 0 and not controls(text) and r"\x1b[31mred" in text


def test_log_on_a_terminal(tmp_path):
    """make log's output is exact in a file, and only to be read on a terminal."""
    qemu = tmp_path / "qemu"
    qemu.write_text("#!/bin/sh\nprintf 'memdawn: memdawn 0.1\\n\\033[31mred\\n'\nexit 33\n", encoding="utf-8")
    qemu.chmod(0o755)
    words = ["--qemu", str(qemu), "--iso", str(BUILD / "memdawn.iso"), "--log-only"]
    text, _ = run("scripts/run-qemu", *words)
    assert "\x1b[31mred" in text
    child = pexpect.spawn(str(ROOT / "scripts/run-qemu"), words, encoding="utf-8", timeout=60,
                          env={**os.environ, "TERM": "dumb"})
    child.expect(pexpect.EOF)
    assert r"\x1b[31mred" in child.before and "\x1b" not in child.before
