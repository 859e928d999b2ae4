# SPDX-License-Identifier: GPL-2.0-only
"""`make gdb` and `make debug`: how the machine and GDB come together."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import time

import pexpect
import pytest

from boot import BUILD, ROOT
from memdawn.emulators import runner

COMMAND = [str(ROOT / "scripts" / "run-qemu"), "--iso", str(BUILD / "memdawn.iso"), "--mem", "64"]
SECONDS = 600


@pytest.fixture(autouse=True)
def fixture_tools():
    """Both programs."""
    for tool in ("gdb", "qemu-system-x86_64"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is missing")


def test_gdb_with_the_machine():
    """Symbols before paging and after it, commands, and the end of both with GDB."""
    done = subprocess.run(COMMAND + ["--gdb"], text=True, capture_output=True, timeout=SECONDS,
                          check=False, input="memdawn-next\nx/i $pc\nmemdawn-next paging\n"
                          "hbreak find_low_pfn_range\ncontinue\nbacktrace\nlist 1,2\nquit\n")
    assert done.returncode == 0, done.stderr
    for pattern in (r"memdawn-next +run to the next milestone", r"loaded, before startup_32\(\)",
                    r"=> 0x1000\w+ <startup_32>:\s+cli", r"paging on, PAE, NX",
                    r"find_low_pfn_range \(\) at src/arch/i386/mm/init_32/lowmem.c:\d+",
                    r"in setup_arch \(.*\)\s+at src/arch/i386/kernel/setup.c:\d+",
                    r"1\s+// SPDX-License-Identifier: GPL-2.0-only"):
        assert re.search(pattern, done.stdout), (pattern, done.stdout, done.stderr)


def free_port():
    """A TCP port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_until(stream, pattern):
    """What a process prints up to a line."""
    text = ""
    for line in stream:
        text += line
        if re.match(pattern, line):
            return text
    raise AssertionError(f"no line {pattern}: {text}")


def test_own_debugger():
    """What is printed is what attaches: the command for GDB, and Visual Studio Code's file."""
    port = free_port()
    with subprocess.Popen(COMMAND + ["--wait-gdb", str(port)], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          start_new_session=True) as process:
        try:
            said = read_until(process.stdout, "`quit'")
            attach = shlex.split(re.search(r"^  (gdb .*)$", said, re.MULTILINE)[1])
            launch = json.loads(said[said.index("{"):said.rindex("}") + 1])
            wait_for_port(port, process)
            done = subprocess.run([attach[0], "-batch", "-nx", *attach[1:], "-ex", "memdawn-next",
                                   "-ex", "kill"], text=True, capture_output=True, check=False,
                                  timeout=SECONDS)
            assert "loaded, before startup_32()" in done.stdout, done.stdout + done.stderr
            process.wait(SECONDS)
        finally:
            runner.stop(process)
    config = launch["configurations"][0]
    assert config["miDebuggerServerAddress"] == f"127.0.0.1:{port}"
    before = [command["text"] for command in config["setupCommands"]]
    typed = [word for word in attach if word.startswith(("set ", "source "))]
    assert set(typed) <= set(before) and config["program"].endswith("memdawn.elf")


def wait_for_port(port, process):
    """Until QEMU listens; its stub takes one debugger at a time, so nobody connects to see."""
    wanted = f"0100007F:{port:04X}"
    while process.poll() is None:
        with open("/proc/net/tcp", encoding="ascii") as table:
            if any(line.split()[1] == wanted and line.split()[3] == "0A"
                   for line in table.readlines()[1:]):
                return
    raise AssertionError("QEMU has ended")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "", "1" * 5000, "\u0663"])
def test_port_that_is_none(port):
    """It is refused before anything starts."""
    done = subprocess.run(COMMAND + [f"--wait-gdb={port}"], text=True, capture_output=True,
                          check=False, timeout=SECONDS, stdin=subprocess.DEVNULL)
    assert done.returncode == runner.Outcome.USAGE and f"'{port}' is no port" in done.stderr


def test_collect_state(tmp_path):
    """A milestone that there isn't is wrong use; one that is not reached is told."""
    command = [str(ROOT / "scripts" / "collect-state"), "--iso", str(BUILD / "memdawn.iso"),
               "--mem", "64", "-o", str(tmp_path / "state")]
    done = subprocess.run(command + ["--at", "nowhere"], text=True, capture_output=True,
                          check=False, timeout=SECONDS)
    assert done.returncode == runner.Outcome.USAGE and "no milestone 'nowhere'" in done.stderr
    done = subprocess.run(command + ["--at", "end", "--cmdline", "mem=16M"], text=True,
                          capture_output=True, check=False, timeout=SECONDS)
    assert done.returncode == runner.Outcome.ENDED and "the kernel panics" in done.stderr
    assert not (tmp_path / "state").exists()


@pytest.fixture(name="terminal")
def fixture_terminal():
    """`make gdb` on a small terminal, at GDB's first prompt."""
    made = pexpect.spawn("make", ["gdb", "MEM=64", "DEPS=no", f"O={BUILD}"], cwd=ROOT, timeout=SECONDS,
                         encoding="utf-8", dimensions=(12, 80), env={**os.environ, "TERM": "dumb"})
    made.expect_exact("(gdb) ")
    yield made
    made.close(force=True)


def test_interrupt_is_for_gdb(terminal):
    """Ctrl-C stops the machine wherever `continue' has taken it, three times of three; make, the
    script and the machine stay, and end well."""
    terminal.sendline("memdawn-next end")
    terminal.expect_exact("end, after mark_rodata_ro()")
    terminal.expect_exact("(gdb) ")
    for _ in range(3):
        terminal.sendline("continue")
        terminal.expect_exact("Continuing.")
        time.sleep(1)
        terminal.sendintr()
        terminal.expect("SIGINT|SIGTRAP")
        terminal.expect_exact("(gdb) ")
    terminal.sendline("print max_pfn")
    terminal.expect_exact("= 16352")
    terminal.sendline("quit")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert (terminal.exitstatus, terminal.signalstatus) == (0, None)


def test_typed_ahead(terminal):
    """No pager of GDB's takes what has been typed while a command of ours was at work."""
    for line in ("memdawn-next zones", "memdawn-pgtable", "memdawn-next zones", "memdawn",
                 "print 4711 * 3", "quit"):
        terminal.sendline(line)
    terminal.expect_exact("zones has passed: the machine stays where it is")
    terminal.expect_exact("= 14133")
    terminal.expect(pexpect.EOF)


def test_commands_are_listed(terminal):
    """`help memdawn-', as the welcome has it, names every command that the README has."""
    terminal.sendline("set pagination off")
    terminal.expect_exact("(gdb) ")
    terminal.sendline("help memdawn-")
    terminal.expect_exact("(gdb) ")
    named = {word for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
             if line.startswith("| `memdawn-") for word in re.findall("memdawn-[a-z0-9_]+", line)}
    assert len(named) > 20
    assert set(re.findall(r"^memdawn-[a-z0-9_]+", terminal.before, re.MULTILINE)) == named
