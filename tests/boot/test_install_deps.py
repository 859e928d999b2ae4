# SPDX-License-Identifier: GPL-2.0-only
"""scripts/install-deps on systems made of stand-ins: a folder of programs is all there is in PATH, and
apt-get is one of them. What it is asked is in a file; nothing is installed."""

import os
import pathlib
import shlex
import subprocess

import pytest

from boot import ROOT

# What the script itself and the stand-ins need of the real system.
REAL = ("bash", "sh", "awk", "cat", "cut", "grep", "head", "id", "mktemp", "rm", "sed", "sort", "tail", "tr",
        "env", "touch", "chmod", "cp")
# apt-get: writes down what it is asked. `update` ends as `update_status` says. `install` refuses names in
# `broken` (all of it, as apt does), and makes the programs that a package has.
APT_GET = """\
#!/bin/bash
cd "$STATE"
echo "apt-get $*" >> calls
case " $* " in
*' --assume-no '*)
	echo 'Need to get 12.3 MB of archives.'
	echo 'After this operation, 45.6 MB of additional disk space will be used.'
	exit 1 ;;
*' update '*)
	touch updated
	exit "$(cat update_status)" ;;
esac
for word; do
	grep -qx -- "$word" broken && { echo "E: Unable to correct problems: $word" >&2; exit 100; }
done
for word; do
	case $word in
	nasm) printf '#!/bin/sh\\n' > "$BIN/nasm"; chmod +x "$BIN/nasm" ;;
	grub-common) printf '#!/bin/sh\\n' > "$BIN/grub-file"; chmod +x "$BIN/grub-file" ;;
	esac
done
exit 0
"""
APT_CACHE = """\
#!/bin/bash
cd "$STATE"
[ -e updated ] || grep -qx known_at_once flags || { echo '  Candidate: (none)'; exit; }
grep -qx -- "$2" unknown && exit
echo '  Candidate: 1.0'
"""
TOOLS = ("gcc", "ld")


class System:
    """A system of stand-ins."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.bin, self.state = folder / "bin", folder / "state"
        self.bin.mkdir()
        self.state.mkdir()
        for name in REAL:
            real = next(path for path in (pathlib.Path(place, name) for place in ("/usr/bin", "/bin"))
                        if path.exists())
            (self.bin / name).symlink_to(real.resolve() if name != "awk" else real)
        self.program("sleep", "#!/bin/sh\necho \"sleep $1\" >> $STATE/calls\n")
        self.program("apt-get", APT_GET)
        self.program("apt-cache", APT_CACHE)
        self.program("dpkg", "#!/bin/sh\necho i386\n")
        self.program("id", "#!/bin/sh\necho 0\n")
        for name in TOOLS:
            self.program(name, "#!/bin/sh\n")
        for name, text in (("update_status", "0\n"), ("broken", ""), ("unknown", ""), ("flags", "")):
            self.set(name, text)

    def program(self, name: str, text: str) -> None:
        """A program of this system."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="ascii")
        path.chmod(0o755)

    def set(self, name: str, text: str) -> None:
        """What the stand-ins go by."""
        (self.state / name).write_text(text, encoding="ascii")

    def run(self, *groups: str, **environment: str) -> subprocess.CompletedProcess:
        """The script's end."""
        return subprocess.run(["/bin/bash", ROOT / "scripts" / "install-deps", *groups], check=False,
                              env={"PATH": str(self.bin), "BIN": str(self.bin), "STATE": str(self.state),
                                   "TMPDIR": str(self.state), **environment},
                              text=True, capture_output=True, stdin=subprocess.DEVNULL,
                              start_new_session=True)

    def calls(self, word: str) -> list:
        """The calls of apt-get that have this word."""
        path = self.state / "calls"
        return [line for line in path.read_text(encoding="ascii").splitlines()
                if word in line.split()] if path.exists() else []


@pytest.fixture(name="system")
def fixture_system(tmp_path):
    """A bare system: no package lists have been fetched yet."""
    return System(tmp_path)


def test_bare(system):
    """What is missing is named, with how much it is, installed, and there."""
    done = system.run("build")
    assert done.returncode == 0, done.stderr
    assert "deps: missing: nasm" in done.stderr and "gcc" not in done.stderr
    assert "deps: about to install nasm grub-common" in done.stderr
    assert "to download: 12.3 MB" in done.stderr and "room that it takes: 45.6 MB" in done.stderr
    assert len(system.calls("update")) == 1
    install = [call for call in system.calls("install") if "--assume-no" not in call]
    assert len(install) == 1 and "--no-remove" in install[0] and "DPkg::Lock::Timeout=300" in install[0]
    assert system.run("build").returncode == 0 and len(system.calls("update")) == 1


def test_update_fails(system):
    """A mirror that is out of step: tried again a few times, said, and gone on without."""
    system.set("update_status", "100\n")
    done = system.run("build")
    assert done.returncode == 0, done.stderr
    assert "apt-get update failed 3 times" in done.stderr and len(system.calls("update")) == 3


def test_unknown_name(system):
    """It doesn't stop the others; the last words name the package, and what to type."""
    system.set("unknown", "grub-common\n")
    done = system.run("build")
    assert done.returncode == 77 and (system.bin / "nasm").exists()
    assert "deps: unknown to apt: grub-common" in done.stderr
    last = done.stderr.splitlines()[-2:]
    assert last[0] == ("deps: still missing: grub-file (package grub-common): "
                       "no program grub-file or grub2-file in PATH")
    assert last[1] == "deps: by hand: sudo apt-get update; sudo apt-get install grub-common"


def test_uninstallable(system):
    """One package that can't be installed: the others are."""
    system.set("broken", "grub-common\n")
    done = system.run("build")
    assert done.returncode == 77 and (system.bin / "nasm").exists()
    assert "one after the other" in done.stderr and "still missing: grub-file" in done.stderr


def test_grub2(system):
    """Fedora's and openSUSE's names of GRUB's programs."""
    system.program("grub2-file", "#!/bin/sh\n")
    system.program("nasm", "#!/bin/sh\n")
    assert system.run("build").returncode == 0 and not system.calls("install")


def test_program_that_does_not_run(system):
    """A file of that name is not enough."""
    system.program("grub-file", "#!/bin/sh\n")
    system.program("nasm", "#!/bin/sh\necho 'nasm: cannot execute: wrong architecture' >&2; exit 126\n")
    system.set("broken", "nasm\n")
    done = system.run("build")
    assert done.returncode == 77
    assert "still missing: nasm (package nasm): nasm: cannot execute: wrong architecture" in done.stderr


def test_only_named(system):
    """DEPS=no: nothing is fetched, nothing installed."""
    done = system.run("build", DEPS="no")
    assert done.returncode == 77 and not (system.state / "calls").exists()
    assert "by hand: sudo apt-get update; sudo apt-get install grub-common nasm" in done.stderr


def test_ask_nobody(system):
    """DEPS=ask, and nobody there to say yes: nothing is installed."""
    done = system.run("build", DEPS="ask")
    assert done.returncode == 77 and "no terminal to ask on" in done.stderr
    assert not [call for call in system.calls("install") if "--assume-no" not in call]


@pytest.mark.parametrize("answer, status", [("y", 0), ("n", 77), ("", 77)])
def test_ask(system, answer, status):
    """DEPS=ask on a terminal."""
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn("/bin/bash", [str(ROOT / "scripts" / "install-deps"), "build"], timeout=600,
                          env={"PATH": str(system.bin), "BIN": str(system.bin), "DEPS": "ask",
                               "STATE": str(system.state), "TMPDIR": str(system.state)})
    child.expect_exact("install them? [y/N] ")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == status and (system.bin / "nasm").exists() == (status == 0)


def test_no_root(system):
    """Neither root nor sudo: the command that does it by hand."""
    system.program("id", "#!/bin/sh\necho 1000\n")
    done = system.run("build")
    assert done.returncode == 77 and "neither root nor sudo" in done.stderr and "by hand: sudo" in done.stderr
    system.program("sudo", "#!/bin/sh\necho \"sudo $*\" >> $STATE/calls\nexec \"$@\"\n")
    assert system.run("build").returncode == 0 and system.calls("sudo")


def test_not_debian(system):
    """Named, and said to be untried."""
    (system.bin / "apt-get").unlink()
    done = system.run("build")
    assert done.returncode == 77 and "not a Debian system" in done.stderr and "not been tried" in done.stderr


@pytest.mark.parametrize("groups, deps", [(["nosuch"], "yes"), (["build"], "perhaps"), (["../build"], "yes")])
def test_wrong_use(system, groups, deps):
    """What there is, is said."""
    done = system.run(*groups, DEPS=deps)
    assert done.returncode == 1 and "install-deps: " in done.stderr and not (system.state / "calls").exists()


def test_every_group_here():
    """The groups of this machine, which runs the tests: everything was found to work."""
    done = subprocess.run([ROOT / "scripts" / "install-deps"], check=False, text=True, capture_output=True,
                          env={**os.environ, "DEPS": "no"})
    assert done.returncode == 0, done.stderr


def test_table():
    """Every package that is wanted has its row in the table of other systems' names."""
    text = (ROOT / "scripts" / "install-deps").read_text(encoding="ascii")
    table = text.split("elsewhere='\n", 1)[1].split("\n'", 1)[0].splitlines()[1:]
    rows = {line.split()[0]: line.split() for line in table}
    assert all(len(row) == 4 for row in rows.values()) and len(rows) == len(table)
    wants = [shlex.split(line) for line in text.replace("\\\n", " ").splitlines()
             if line.startswith("\twant ")]
    named = {words[2] for words in wants if not words[2].startswith("$(")}
    assert len(named) > 20
    assert set(rows) == named | {"g++-multilib", "gcc-multilib", "libclang-rt-dev"}
