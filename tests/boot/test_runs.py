# SPDX-License-Identifier: GPL-2.0-only
"""Real runs through the scripts and make, as a user starts them: what is shown, and the exit
status for each way a boot can end."""

import concurrent.futures
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time

import pexpect
import pytest

from boot import BUILD, LINUX, ROOT, boot_well, runs_qemu
from memdawn.emulators import machine as machines, runner

RUN = [ROOT / "scripts" / "run-qemu", "--iso", BUILD / "memdawn.iso"]
END = r"memdawn: boot complete: \d+ pages free, \d+ reserved, balance ok"


def run(*arguments, command=None, timeout=600):
    """A run without a terminal."""
    return subprocess.run([*map(str, command or RUN), *map(str, arguments)], capture_output=True,
                          text=True, check=False, timeout=timeout, stdin=subprocess.DEVNULL,
                          cwd=ROOT)


@pytest.mark.parametrize("arguments, outcome, said", [
    (["--mem", 64], runner.Outcome.PASSED, ""),
    (["--mem", 64, "--words", "memdawn.fault=panic"], runner.Outcome.PANIC,
     "run-qemu: panic: Kernel panic - not syncing: requested by memdawn.fault=panic\n"),
    # Without memdawn.exit a panic stands still, or resets the machine where panic= says so.
    (["--mem", 64, "--words", "memdawn.fault=panic", "--no-exit"], runner.Outcome.PANIC,
     "run-qemu: panic: Kernel panic - not syncing: requested by memdawn.fault=panic\n"),
    (["--mem", 64, "--words", "memdawn.fault=panic", "--no-exit", "--cmdline", "panic=1"],
     runner.Outcome.REBOOT, "run-qemu: reboot: the machine was reset\n"),
    (["--mem", 64, "--qemu-args=-S", "--timeout", 3], runner.Outcome.TIMEOUT,
     "run-qemu: timeout: no end within the time limit\n"),
    (["--mem", 16], runner.Outcome.ENDED,
         "run-qemu: ended: GRUB could not load the kernel: too little memory (the kernel's image lies at "
         "16 MiB, and below 20 MiB GRUB has no room for it: 20 MiB or more, --mem 20 or make's MEM=20)\n"),
    (["--mem", 64, "--no-exit"], runner.Outcome.PASSED, ""),
])
def test_exit_status(arguments, outcome, said):
    """Every outcome has its own, and success is silent on standard error."""
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (outcome, said)


def test_emulator_that_fails_is_no_success():
    """QEMU's own exit status 1."""
    done = run("--qemu-args=-no-such-option")
    assert done.returncode == runner.Outcome.ENDED
    assert "status 1" in done.stderr and "no-such-option" in done.stderr


def test_log_only():
    """From the banner to the last line, and nothing else: no firmware, no escape codes."""
    done = run("--log-only", "--mem", 64)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert runner.BANNER.match(lines[0])
    assert any(runner.END_LINE.match(line) for line in lines)
    assert done.stdout.isascii() and "\x1b" not in done.stdout and "GRUB loading" not in done.stdout


def test_serial_log(tmp_path):
    """--serial-log keeps everything; logdiff takes it as it is."""
    log = tmp_path / "serial"
    case = LINUX / "bootmem" / "pc-64M.json"
    assert run(case, "--serial-log", log).returncode == 0
    done = run(log, case.with_suffix(".log"), command=[ROOT / "scripts" / "logdiff"])
    assert (done.returncode, done.stdout) == (0, "equal\n")


def test_runs_at_once():
    """Runs with different parameters do not disturb each other."""
    sizes = [32, 64, 96, 128]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda mem: run("--log-only", "--mem", mem), sizes))
    for mem, one in zip(sizes, done):
        assert one.returncode == 0
        assert f"k/{mem * 1024 - 128}k available" in one.stdout


@pytest.mark.skipif(BUILD != ROOT / "build", reason="make boots build/memdawn.iso")
def test_make_log():
    """make log: the log alone on standard output, with the words as they were typed."""
    done = run("log", "MEM=64", "CMDLINE=mem=40M  memmap=1M$30M #x", command=["make"])
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert runner.BANNER.match(lines[0])
    assert [line for line in lines if line.startswith("Kernel command line: ")] == [
        "Kernel command line: BOOT_IMAGE=/boot/bzImage console=ttyS0 "
        "earlyprintk=serial,ttyS0,115200 ignore_loglevel mem=40M  memmap=1M$30M #x"]


@pytest.mark.skipif(BUILD != ROOT / "build", reason="make boots build/memdawn.iso")
def test_make_run_on_a_terminal():
    """make run: the log on the terminal, then the monitor; poweroff gives the shell back."""
    child = pexpect.spawn("make", ["run", "MEM=64", "MACHINE=q35"], cwd=str(ROOT), timeout=600,
                          env={**os.environ, "TERM": "vt100"})
    child.expect("BIOS-provided physical RAM map:")
    child.expect(END)
    child.expect("memdawn> ")
    child.send("pfn 0x1234567\r")
    child.expect("4660")
    child.expect("memdawn> ")
    child.send("poweroff\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_slow_reader(tmp_path):
    """Whoever reads the serial port may be kept waiting for a second in the middle of the log, by a busy
    host: the guest waits as well, and no character is lost."""
    machine = machines.Machine(mem=64)
    disc, socket_path = tmp_path / "disc.iso", tmp_path / "com"
    machine.make_disc(BUILD / "memdawn.iso", disc)
    said = b""
    with subprocess.Popen(machine.qemu_command(disc, serial=f"unix:{socket_path},server=on")) as process:
        try:
            with socket.socket(socket.AF_UNIX) as reader:
                while reader.connect_ex(str(socket_path)):
                    time.sleep(0.02)
                stalls = 2
                while piece := reader.recv(256):
                    said += piece
                    if b"BIOS-e820" in said and stalls:
                        stalls -= 1
                        time.sleep(1)
        finally:
            runner.stop(process)
    assert runner.kernel_log(said.decode("ascii")) == boot_well(machines.Machine(mem=64))


def processes_with(word):
    """The process numbers of those that have this word in an argument."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if word.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left(number, tmp_path):
    """However a script ends, its emulator ends with it; its files go as well, where it can do anything
    about it."""
    with subprocess.Popen([*map(str, RUN), "--no-exit", "--mem", "64", "--timeout", "600"],
                          env={**os.environ, "TMPDIR": str(tmp_path)}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          start_new_session=True) as process:
        for line in process.stdout:
            if "BIOS-e820" in line:
                break
        assert processes_with(str(tmp_path))
        process.send_signal(number)
        process.wait(600)
        while left := processes_with(str(tmp_path)):
            time.sleep(0.1)
        assert not left
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
    assert number == signal.SIGKILL or not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["INITRD", "DTB", "MACHINE", "CPU", "MEM", "TIMEOUT"])
def test_make_gives_words_to_nobody_else(name, tmp_path):
    """What a user types is an argument of the script's, and nothing to the shell or to make."""
    for word in (f"x'; touch {tmp_path}/y; '", f"$(shell touch {tmp_path}/y)", f"`touch {tmp_path}/y`", "a\"b"):
        done = subprocess.run(["make", "run-words", f"{name}={word}"], cwd=ROOT, check=False, text=True,
                              capture_output=True, timeout=600)
        assert not list(tmp_path.iterdir())
        assert "unexpected EOF" not in done.stderr and (done.returncode == 0 or word in done.stderr)


# A Bochs that says the end of a boot and half a line more, and stays.
STAND_IN_BOCHS = r"""#!/bin/sh
file=$(sed -n 's/^com1: .*dev=//p' "$3")
touch "$(dirname "$file")/bochs.log"
printf 'memdawn: memdawn 0.1\nmemdawn: boot complete: 1 pages free, 2 reserved, balance ok\n' > "$file"
printf 'Console: colour\nMount-ca' >> "$file"
exec sleep 600
"""


def test_bochs_ends_with_a_whole_line(tmp_path):
    """And with what was seen, and where the prompt is."""
    bochs = tmp_path / "bochs"
    bochs.write_text(STAND_IN_BOCHS, encoding="ascii")
    bochs.chmod(0o755)
    done = subprocess.run([ROOT / "scripts/run-bochs", "--iso", BUILD / "memdawn.iso"], text=True,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=600,
                          env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stderr
    *_, half, hint = done.stdout.splitlines()
    assert half == "Mount-ca"
    assert hint.startswith("run-bochs: the boot came to its end") and "make run" in hint


@pytest.mark.parametrize("command, wait_for, status", [
    (["make", "run", "MEM=64"], "memdawn> ", 0),
    ([*map(str, RUN), "--prompt", "--qemu-args=-S"], None, runner.Outcome.ENDED)])
def test_ctrl_c(command, wait_for, status):
    """Ctrl-C on a terminal switches the machine off and says so; the status is that of the boot, and
    make, which is the same terminal's, doesn't break off."""
    child = pexpect.spawn(command[0], command[1:], cwd=str(ROOT), timeout=600, encoding="latin-1")
    if wait_for:
        child.expect_exact(wait_for)
    else:
        while not runs_qemu(child.pid):      # nothing is said before the first instruction
            time.sleep(0.1)
    child.sendintr()
    child.expect_exact("Ctrl-C: the machine was switched off")
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, child.signalstatus) == (status, None)
    assert "Interrupt" not in child.before
