# SPDX-License-Identifier: GPL-2.0-only
"""What a user's machine may have that ours has not: other locales, odd folders, a checkout of somebody
else, closed streams, no room for an emulator's sockets."""

import os
import shutil
import subprocess
import sys

import pytest

from boot import BUILD, ROOT
from memdawn.emulators import runner
from test_dist import built, run

# Where letters are sorted and matched in another way than in English: dotless i, and y beside i.
LOCALES = ("tr_TR", "lv_LV")
SECONDS = 600


@pytest.fixture(scope="session", name="locales")
def fixture_locales(tmp_path_factory):
    """A folder with these locales, for LOCPATH; the system need not have them."""
    folder = tmp_path_factory.mktemp("locales")
    for name in LOCALES:
        subprocess.run(["localedef", "-i", name, "-f", "UTF-8", folder / f"{name}.UTF-8"], check=False,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert (folder / f"{name}.UTF-8" / "LC_COLLATE").exists(), f"localedef made no {name}"
    return folder


def copy_of_the_tree(path):
    """The tree without what was built, and the words that make it the version that was built here."""
    shutil.copytree(ROOT, path, ignore=built, symlinks=True)
    version, date = run(ROOT, "make", "-s", "version").split()
    return [f"version={version}", f"SOURCE_DATE_EPOCH={date}"]


def assert_same_disc(tree):
    """The disc that was built there is this tree's."""
    have, want = ((where / "memdawn.iso").read_bytes() for where in (tree / "build", BUILD))
    assert have == want, "the discs differ"


@pytest.mark.parametrize("locale, folder", zip(LOCALES, ("it's here", "two words, a comma")))
def test_build(locale, folder, locales, tmp_path):
    """The same bytes where another language is spoken, in a folder whose name the shell would take for
    its own; and two first builds at once in one tree don't hurt each other."""
    tree = tmp_path / folder
    words = copy_of_the_tree(tree)
    environment = {**os.environ, "LC_ALL": f"{locale}.UTF-8", "LOCPATH": str(locales)}
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        environment.pop(name, None)
    both = [subprocess.Popen(["make", *words, "iso"], cwd=tree, env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)]
    said = [process.communicate(timeout=SECONDS)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], "\n".join(said)
    assert sum("another make is building" in text for text in said) <= 1
    assert_same_disc(tree)


def test_somebody_elses_checkout(tmp_path):
    """git doesn't trust it: said once, with the way out; the version is the release, and the date is not
    the moment's, or the disc would differ each time."""
    tree = tmp_path / "tree"
    run(tmp_path, "git", "clone", "-q", ROOT, tree)
    foreign = {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
    said = run(tree, "make", "version", **foreign).splitlines()
    assert len(said) == 3 and "dubious ownership" in said[0] and "safe.directory" in said[1], said
    release = run(ROOT, "make", "-s", "version").split("-")[0]
    assert said[2].split()[0] == release and run(tree, "make", "version", **foreign).splitlines() == said
    said = run(tree, "make", "-s", "build/version.h", "V=1", **foreign)
    assert said.count("dubious") == 1 and release in (tree / "build/version.h").read_text()


def run_qemu(*arguments, **more):
    """The finished process."""
    return subprocess.run([sys.executable, ROOT / "scripts" / "run-qemu", *arguments], text=True,
                          check=False, timeout=SECONDS, **more)


def test_closed_streams():
    """Nothing to read from, nothing to write to: the boot runs, and its status is told."""
    done = run_qemu("--mem", "64", preexec_fn=lambda: os.close(0), stdout=subprocess.PIPE)
    assert done.returncode == runner.Outcome.PASSED and "balance ok" in done.stdout
    done = run_qemu("--mem", "64", preexec_fn=lambda: (os.close(0), os.close(1), os.close(2)))
    assert done.returncode == runner.Outcome.PASSED


@pytest.mark.parametrize("name", ["a" * 100, "a,b", "it's", "a b"])
def test_temporary_folder(name, tmp_path):
    """A folder in which QEMU can't have its sockets is said, and another one taken."""
    folder = tmp_path / name
    folder.mkdir()
    done = run_qemu("--mem", "64", "--log-only", env={**os.environ, "TMPDIR": str(folder)},
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == runner.Outcome.PASSED, done.stderr
    assert "balance ok" in done.stdout
    assert ("temporary files go to /tmp" in done.stderr) == (len(str(folder)) > 80 or "," in name)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("locale", ["de_DE.ISO-8859-1", "ja_JP.eucJP", "C", "POSIX"])
def test_output_in_another_encoding(locale, tmp_path):
    """What a terminal can't show is escaped; what is read is read as UTF-8 all the same."""
    language, _, charset = locale.partition(".")
    if charset:
        made = subprocess.run(["localedef", "-i", language, "-f", charset.replace("eucJP", "EUC-JP"),
                               tmp_path / locale], check=False, text=True, capture_output=True)
        assert (tmp_path / locale / "LC_CTYPE").exists(), made.stderr
    log = tmp_path / "log"
    text = (ROOT / "tests/linux/bootmem/pc-512M.log").read_text(encoding="utf-8")
    log.write_text(text.replace("Memory:", "Memory\u2026 \u20ac \u65e5\U0001f600:"), encoding="utf-8")
    done = subprocess.run([ROOT / "scripts" / "logdiff", log, ROOT / "tests/linux/bootmem/pc-512M.log"],
                          env={**os.environ, "LC_ALL": locale, "LOCPATH": str(tmp_path), "PYTHONUTF8": "0",
                               "PYTHONCOERCECLOCALE": "0"}, check=False, capture_output=True)
    assert done.returncode == 1 and not done.stderr, done.stderr.decode("ascii", "backslashreplace")
    assert b"different" in done.stdout
