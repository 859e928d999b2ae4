# SPDX-License-Identifier: GPL-2.0-only
"""A release: the same commit makes the same bytes, wherever, whenever and by whomever it is built."""

import fnmatch
import gzip
import io
import os
import pathlib
import shutil
import subprocess
import tarfile

import pytest

from boot import BUILD, ROOT

GIT = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A",
       "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_NOSYSTEM": "1"}
ELSEWHERE = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "GIT_CONFIG_COUNT": "1",
             "GIT_CONFIG_KEY_0": "tar.umask", "GIT_CONFIG_VALUE_0": "077"}


def built(folder, names):
    """What a copy of the tree leaves out: for shutil.copytree()."""
    ignored = {"__pycache__", ".pytest_cache"}
    if pathlib.Path(folder) == ROOT:
        ignored |= {".git", ".version", "iso"} | set(fnmatch.filter(names, "build*"))
    return ignored & set(names)


def run(directory, *command, status=0, **environment):
    """A command's output; it ends with this status."""
    variables = {name: value for name, value in os.environ.items()
                 if not name.startswith(("GIT_", "MAKE", "MFLAGS", "SOURCE_DATE"))}
    done = subprocess.run(command, cwd=directory, env={**variables, **GIT, **environment},
                          umask=0o077 if "TZ" in environment else 0o022, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module", name="repository")
def fixture_repository(tmp_path_factory):
    """The tree as it is, as a repository's only commit."""
    path = tmp_path_factory.mktemp("dist") / "one"
    shutil.copytree(ROOT, path, ignore=built, symlinks=True)
    run(path, "git", "init", "-q")
    run(path, "git", "add", "-A")
    run(path, "git", "commit", "-q", "-m", "all", GIT_COMMITTER_DATE="1700000001 +0000")
    return path


def archive(directory, *variables, **environment):
    """(path, bytes) of the archive that make makes."""
    run(directory, "make", "archive", *variables, **environment)
    version = run(directory, "make", "-s", "version", *variables).split()[0]
    path = directory / "build" / "dist" / f"memdawn-{version}.tar.gz"
    return path, path.read_bytes()


def test_archive(repository, tmp_path):
    """Two clones' archives are the same bytes, of the commit's version and date."""
    commit = run(repository, "git", "rev-parse", "--short=8", "HEAD").strip()
    version, date = run(repository, "make", "-s", "version").split()
    release = version.removesuffix(f"-g{commit}")
    assert release.replace(".", "").isdigit() and version == f"{release}-g{commit}"
    assert date == "1700000001"
    clone = tmp_path / "in another place"
    run(tmp_path, "git", "clone", "-q", repository, clone)
    path, have = archive(repository)
    assert archive(clone, **ELSEWHERE) == (clone / path.relative_to(repository), have)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(have))) as tar:
        members = tar.getmembers()
        stamp = tar.extractfile(f"memdawn-{version}/.version").read()
    assert stamp.decode() == f"{version} {date}"
    assert {member.mtime for member in members} == {1700000001}
    tracked = run(repository, "git", "ls-files").splitlines()
    files = {member.name for member in members if not member.isdir()}
    assert files == {f"memdawn-{version}/{name}" for name in [*tracked, ".version"]}


def test_archive_wants_a_commit(repository, tmp_path):
    """What isn't committed would be missing: that is said, and nothing is made."""
    clone = tmp_path / "clone"
    run(tmp_path, "git", "clone", "-q", repository, clone)
    (clone / "README.md").write_text("changed\n", encoding="ascii")
    assert run(clone, "make", "-s", "version").split()[0].endswith("-dirty")
    said = run(clone, "make", "archive", status=2)
    assert " M README.md" in said and "commit them first" in said
    shutil.rmtree(clone / ".git")
    assert "no git repository" in run(clone, "make", "archive", status=2)
    assert not (clone / "build").exists()


def test_disc_from_the_archive(repository, tmp_path):
    """The archive, unpacked elsewhere and built by somebody with other habits, gives the disc that
    this tree has built: the version is in the archive, and no path, date or user is in the disc."""
    version, date = run(ROOT, "make", "-s", "version").split()
    path, _ = archive(repository, f"version={version}", f"SOURCE_DATE_EPOCH={date}")
    shutil.unpack_archive(path, tmp_path)
    unpacked = tmp_path / f"memdawn-{version}"
    run(unpacked, "make", "-j2", "iso", **ELSEWHERE)
    assert (unpacked / "build/version.h").read_text() == (BUILD / "version.h").read_text()
    have, want = ((where / "memdawn.iso").read_bytes() for where in (unpacked / "build", BUILD))
    different = [at for at, pair in enumerate(zip(have, want)) if pair[0] != pair[1]]
    assert len(have) == len(want) and not different, f"bytes differ, the first at {different[0]}"
