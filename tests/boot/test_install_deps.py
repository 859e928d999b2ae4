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
        "env", "touch", "chmod", "cp", "tee", "timeout")
# apt-get: writes down what it is asked. `update` ends as `update_status` says. `install` refuses names in
# `broken` (all of it, as apt does), and makes the programs that a package has. While `locked` has a line,
# another apt is at work, for one call a line.
APT_GET = """\
#!/bin/bash
cd "$STATE"
echo "apt-get $*" >> calls
if [ -s locked ] && [[ $* != *--assume-no* ]]; then
	sed -i 1d locked
	echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)' >&2
	exit 100
fi
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
TOOLS = ("gcc", "ld", "strip")


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
        for name, text in (("update_status", "0\n"), ("broken", ""), ("unknown", ""), ("flags", ""),
                           ("locked", "")):
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
    assert last[1] == "deps: by hand: apt-get update; apt-get install grub-common"


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


def test_another_apt_at_work(system):
    """The lists' and the archives' locks are waited for; apt itself waits for dpkg's alone."""
    system.set("locked", "x\n" * 7)
    done = system.run("build")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("another apt is at work: waiting") == 1
    assert len(system.calls("update")) == 8 and len(system.calls("sleep")) == 7


def test_lock_that_stays(system):
    """It is waited for a bounded time."""
    system.set("locked", "x\n" * 10000)
    done = system.run("build")
    assert done.returncode == 77 and "Could not get lock" in done.stderr and "still missing" in done.stderr


@pytest.mark.parametrize("text, said", [("\x7fELF\x02\x01\x01 of another machine\n", "ended with status 12"),
                                        ("#!/bin/sh\nexit 1\n", "ended with status 1")])
def test_file_that_does_no_work(system, text, said):
    """Each program is started: a file of another architecture doesn't pass, nor one that only fails."""
    for name in ("nasm", "grub-file", "strip", "ld"):
        system.program(name, text)
    done = system.run("build", DEPS="no")
    assert done.returncode == 77
    missing = [line for line in done.stderr.splitlines() if line.startswith("deps: missing: ")]
    assert len(missing) == 4 and all(said in line for line in missing), done.stderr


def test_compiler_without_32_bits(system):
    """A compiler is there if it makes i386 code."""
    system.program("gcc", "#!/bin/sh\ncase $* in *-m32*) echo 'gcc: error: unrecognized option -m32' >&2; exit 1;; esac\n")
    done = system.run("build", DEPS="no")
    assert "deps: missing: gcc -m32 (package gcc): gcc: error: unrecognized option -m32" in done.stderr


def test_folder_without_programs(system):
    """Where programs may not run, another folder is taken for what is tried."""
    done = subprocess.run(["unshare", "--mount", "sh", "-c", f"mount -t tmpfs -o noexec tmpfs {system.state} && "
                           f"exec /bin/bash {ROOT}/scripts/install-deps build"], check=False, text=True,
                          capture_output=True, env={**os.environ, "TMPDIR": str(system.state), "DEPS": "no"})
    if "unshare failed" in done.stderr or "permission denied" in done.stderr.lower():
        pytest.skip("no namespace for a mount of its own")
    assert done.returncode == 0, done.stderr


def test_versioned_libraries(system):
    """A clang that takes another GCC's libraries: the package of that version is wanted as well."""
    system.program("clang", """#!/bin/sh
case $* in
-v) echo 'Selected GCC installation: /usr/lib/gcc/x86_64-linux-gnu/13' >&2 ;;
-dumpversion) echo 16.0.6 ;;
*) case $* in *stdc++*|*fsanitize*) exit 1 ;; esac ;;
esac
""")
    done = system.run("host", DEPS="no")
    assert " lib32stdc++-13-dev " in done.stderr and " libclang-rt-16-dev " in done.stderr, done.stderr
    system.set("flags", "known_at_once\n")
    system.run("host")
    install = system.calls("install")[-1].split()
    assert {"g++-multilib", "lib32stdc++-13-dev", "libclang-rt-16-dev"} <= set(install)
    assert "libclang-rt-dev" not in install


def test_program_that_does_not_run(system):
    """A file of that name is not enough."""
    system.program("grub-file", "#!/bin/sh\n")
    system.program("nasm", "#!/bin/sh\necho 'nasm: cannot execute: wrong architecture' >&2; exit 126\n")
    system.set("broken", "nasm\n")
    done = system.run("build")
    assert done.returncode == 77
    assert "still missing: nasm (package nasm): nasm -v: ended with status 126" in done.stderr


def test_only_named(system):
    """DEPS=no: nothing is fetched, nothing installed."""
    done = system.run("build", DEPS="no")
    assert done.returncode == 77 and not (system.state / "calls").exists()
    assert "by hand: apt-get update; apt-get install grub-common nasm" in done.stderr


def test_ask_nobody(system):
    """DEPS=ask, and nobody there to say yes: nothing is installed."""
    done = system.run("build", DEPS="ask")
    assert done.returncode == 77 and "no terminal to ask on" in done.stderr
    assert not (system.state / "calls").exists()
    system.set("flags", "known_at_once\n")
    done = system.run("build", DEPS="ask")
    assert done.returncode == 77 and "to download: 12.3 MB" in done.stderr
    assert all("--assume-no" in call for call in system.calls("apt-get"))


@pytest.mark.parametrize("answer, status", [("y", 0), ("n", 77), ("", 77)])
def test_ask(system, answer, status):
    """DEPS=ask on a terminal."""
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn("/bin/bash", [str(ROOT / "scripts" / "install-deps"), "build"], timeout=600,
                          env={"PATH": str(system.bin), "BIN": str(system.bin), "DEPS": "ask",
                               "STATE": str(system.state), "TMPDIR": str(system.state)})
    child.expect_exact("fetch the lists of packages first")
    assert not (system.state / "calls").exists()
    child.sendline("y")
    child.expect_exact("install them? [y/N] ")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == status and (system.bin / "nasm").exists() == (status == 0)


def test_no_root(system):
    """Neither root nor sudo: the command that does it by hand."""
    system.program("id", "#!/bin/sh\necho 1000\n")
    done = system.run("build")
    assert done.returncode == 77 and "neither root nor sudo" in done.stderr
    assert "by hand: su -c 'apt-get update; apt-get install " in done.stderr
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
