# SPDX-License-Identifier: GPL-2.0-only
"""make check-quick: what a changed file touches, by the compiler's notes, and a minute that is over."""

import importlib.machinery
import importlib.util
import subprocess

import pytest

from boot import ROOT
from memdawn.exercises import trees


@pytest.fixture(scope="module", name="quick")
def fixture_quick():
    """The script as a module, in a tree whose kernel and host tests are built."""
    with trees.locked():
        said = trees.make(ROOT, ["build/host/prop_vmalloc.san", "build/host/replay-bootmem", "build/memdawn.elf"])
    assert said is None, said
    loader = importlib.machinery.SourceFileLoader("check_quick", str(ROOT / "scripts/build/check-quick"))
    spec = importlib.util.spec_from_loader("check_quick", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_touched(quick):
    """A header touches what was made of it; a file of the boot the real logs, another one doesn't."""
    sources = quick.touched_sources(["include/mm/vmalloc.h"])
    assert {"src/mm/vmalloc/areas.c", "src/mm/vmalloc/vmalloc.c", "tests/host/prop_vmalloc.c"} <= set(sources)
    names = [piece.name for piece in quick.pieces(["include/mm/vmalloc.h"], sources)]
    assert "prop_vmalloc.san" in names and "prop_buddy.san" not in names
    names = [piece.name for piece in quick.pieces(["src/mm/boot/bootmem.c"], ["src/mm/boot/bootmem.c"])]
    assert "logs of Linux, byte by byte" in names[0] and "Linux's free lists" in names
    assert "test_boot_alloc" in names and "a boot with the kernel's tests of itself" in names
    names = [piece.name for piece in quick.pieces(["src/monitor/line.c"], ["src/monitor/line.c"])]
    assert "test_line" in names and not [name for name in names if "Linux" in name]
    names = [piece.name for piece in quick.pieces(["README.md", "scripts/map"], [])]
    assert names == ["pyflakes", "the documents are whole"]


def test_nothing_touched(quick):
    """Every case of the real logs that can be repeated is: a name with dots too."""
    cases = quick.program_cases()
    assert len(cases) > 40 and any(".6." in case for case in cases)
    assert all((ROOT / "tests/linux" / f"{case}.log").exists() for case in cases)


def test_minute(quick, capsys, monkeypatch):
    """What fails is told and counted; what comes after the minute is named, and not run."""
    now = [0.0]

    def lasting(seconds, said=None):
        def run(_limit):
            now[0] += seconds
            return said
        return run

    monkeypatch.setattr(quick.time, "monotonic", lambda: now[0])
    todo = [quick.Piece("a", "why a", lasting(20)), quick.Piece("b", "why b", lasting(1, "x\nnot ok 1 b # told\ny")),
            quick.Piece("c", "why c", lasting(50)), quick.Piece("d", "why d", lasting(1))]
    bad, left = quick.run_all(todo)
    said = capsys.readouterr().out
    assert bad == 1 and left == ["d"]
    assert "NOT WELL   1.0 s  b (why b)\n    not ok 1 b # told\n" in said and "x\n" not in said


def test_wrong_use():
    """No such commit."""
    done = subprocess.run([ROOT / "scripts/build/check-quick", "--since", "nonsense"], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 1 and "nonsense: no such commit" in done.stdout
