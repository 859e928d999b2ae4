# SPDX-License-Identifier: GPL-2.0-only
"""tests/mutants/check-mutants as a program: what it leaves when it is ended."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

from boot import ROOT

SECONDS = 300


def working_in(folder):
    """The processes whose working directory is in a folder."""
    found = []
    for place in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if pathlib.Path(os.readlink(place / "cwd")).is_relative_to(folder):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def until(what):
    """Waits until something is so."""
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_ended_it_leaves_nothing_running(tmp_path, number):
    """While make and a compiler work for it, each in a session that no terminal ends."""
    tree = tmp_path / "tree"
    with subprocess.Popen([ROOT / "tests/mutants/check-mutants", "--stage", "host", "--trust", "--seed", "1",
                           "--rooms", "src/mm/absent.c", "--tree", tree], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: working_in(tree) or process.poll() is not None)
        process.send_signal(number)
        _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 128 + number, said
    assert "Traceback" not in said, said
    until(lambda: not working_in(tree))
