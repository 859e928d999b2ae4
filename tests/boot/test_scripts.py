# SPDX-License-Identifier: GPL-2.0-only
"""The scripts themselves: what they hand on, what they make of what they see, how they fail."""

import json
import os
import random
import re
import resource
import shlex
import signal
import subprocess
import sys
import time

import pytest

from boot import BUILD, LINUX, ROOT, runs_qemu
from memdawn.emulators import machine as machines, media, runner
from memdawn.logs import bootlog

SCRIPTS = ROOT / "scripts"
BANNER = "memdawn: memdawn 0.1, a test"
END = "memdawn: boot complete: 10 pages free, 5 reserved, balance ok"
CASES = sorted(path for directory in ("bootmem", "maps", "bootmem_debug", "gdb", "initrd", "alloctrace", "uefi")
               for path in (LINUX / directory).glob("*.json"))
ODD_LINES = [
    "memmap=100M$1000M $HOME $$ ${x} $(y) $x",
    "a  b   c",
    " in front and behind ",
    "memmap=2M#0x10000000 ; | & < > ( ) { } ! * ? ~ % ^ [a] `b`",
    "console=ttyS0,115200n8 a,b,,c @ = : + /",
]


def script(name, *arguments, **environment):
    """Runs a script; returns what subprocess says."""
    return subprocess.run([SCRIPTS / name, *map(str, arguments)], capture_output=True, text=True,
                          check=False, env={**os.environ, **environment}, timeout=600)


def grub_words(config):
    """The words that GRUB hands to the kernel, from the line of run.cfg that starts it."""
    line = next(line for line in config.splitlines() if line.startswith("memdawn "))
    # GRUB's single quotes are the shell's.
    return shlex.split(line)[1:]


def handed_over(config):
    """The kernel's command line: GRUB joins its arguments with one space each."""
    line = " ".join(grub_words(config))
    assert line.endswith(" " + machines.EXIT_WORD)
    return line[:-len(machines.EXIT_WORD) - 1]


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case_is_passed_on_verbatim(case):
    """A reference case's machine and command line, word for word."""
    want = json.loads(case.read_text(encoding="ascii"))
    done = script("run-qemu", "--dry-run", case)
    assert done.returncode == 0, done.stderr
    command, config = done.stdout.split("\n", 1)
    assert handed_over(config) == "BOOT_IMAGE=/boot/bzImage " + want["cmdline"]
    assert shlex.split(command)[1:1 + len(want["qemu"])] == want["qemu"]


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_make_passes_reference_lines_on_verbatim(case):
    """The same through make's CMDLINE, as a user would give it."""
    cmdline = json.loads(case.read_text(encoding="ascii"))["cmdline"]
    assert through_make(cmdline) == "BOOT_IMAGE=/boot/bzImage " + cmdline


def through_make(cmdline):
    """What make's words become, told by run-qemu's dry run in place of the real run."""
    done = subprocess.run(["make", "-s", "-C", ROOT, "run-words", f"CMDLINE={cmdline}"],
                          capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return handed_over(done.stdout.split("\n", 1)[1])


@pytest.mark.parametrize("cmdline", ODD_LINES)
def test_odd_lines(cmdline):
    """What shells and GRUB could take for their own."""
    for config in (script("run-qemu", "--dry-run", "--cmdline", cmdline).stdout,
                   script("run-qemu", "--dry-run", MEMDAWN_CMDLINE=cmdline).stdout):
        line = handed_over(config.split("\n", 1)[1])
        words = media.CONSOLE_WORDS if "console=" not in cmdline else None
        want = cmdline if words is None else f"{words} {cmdline}"
        assert line == f"BOOT_IMAGE=/boot/bzImage {want}"


def test_make_takes_odd_lines():
    """make expands neither $ nor # of a CMDLINE; blanks at its front are make's own."""
    for cmdline in ODD_LINES:
        line = through_make(cmdline)
        assert line.endswith(cmdline.lstrip(" "))


def test_boot_image_is_not_doubled():
    """BOOT_IMAGE= stands in front once, whoever put it there."""
    line = "BOOT_IMAGE=/boot/bzImage console=ttyS0"
    done = script("run-qemu", "--dry-run", "--cmdline", line)
    assert handed_over(done.stdout.split("\n", 1)[1]) == line


def test_defaults():
    """The machine that is booted when nothing is said."""
    command = shlex.split(script("run-qemu", "--dry-run").stdout.split("\n", 1)[0])
    assert command[:7] == ["qemu-system-x86_64", "-cpu", "qemu64", "-machine", "pc", "-m", "2048"]
    assert "isa-debug-exit,iobase=0xf4,iosize=4" in command
    assert "-no-reboot" in command and "-enable-kvm" not in command


FLASH = "if=pflash,format=raw,unit={},{},file=/usr/share/OVMF/{}"


@pytest.mark.parametrize("name, board, files", [
    ("uefi", "q35", ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd")),
    ("uefi32", "q35,smm=on", ("OVMF32_CODE_4M.secboot.fd", "OVMF32_VARS_4M.fd"))])
def test_firmware(name, board, files):
    """UEFI's flash files; the variables are written to a copy. By make as well."""
    said = script("run-qemu", "--dry-run", "--firmware", name).stdout
    command = shlex.split(said.split("\n", 1)[0])
    assert command[command.index("-machine") + 1] == board
    assert [word for word in command if "pflash," in word] == [
        FLASH.format(0, "readonly=on", files[0]), FLASH.format(1, "snapshot=on", files[1])]
    done = subprocess.run(["make", "-s", "-C", ROOT, "run-words", f"FIRMWARE={name}"],
                          capture_output=True, text=True, check=False, timeout=600)
    assert done.stdout == said
    assert script("run-qemu", "--dry-run", "--firmware", "bios").stdout == script(
        "run-qemu", "--dry-run").stdout


def test_much_memory_is_not_reserved_on_the_host():
    """Above 4096 MiB the RAM is a backend that need not fit."""
    command = script("run-qemu", "--dry-run", "--mem", 65536, "--machine", "q35").stdout
    assert "memory-backend-ram,id=ram,size=65536M,reserve=off" in command
    assert "q35,memory-backend=ram" in command


def test_nodes():
    """A machine with nodes, each with a CPU and memory of its own, and the kernel for such. By make as well."""
    said = script("run-qemu", "--dry-run", "--numa", "1G+512+3M").stdout
    command = said.split("\n", 1)[0]
    assert " -m 1539 -smp 3 " in command
    for nid, size in enumerate((1024, 512, 3)):
        assert f"memory-backend-ram,id=node{nid},size={size}M,reserve=off" in command
        assert f"node,nodeid={nid},cpus={nid},memdev=node{nid}" in command
    assert "'memdawn.numa'" in said
    done = subprocess.run(["make", "-s", "-C", ROOT, "run-words", "NUMA=1G+512+3M"],
                          capture_output=True, text=True, check=False, timeout=600)
    assert done.stdout == said
    shared = script("run-qemu", "--dry-run", "--numa", "3", "--mem", "1000").stdout
    assert [size for size in (333, 334) if f"size={size}M" in shared] == [333, 334]
    case = script("run-qemu", "--dry-run", LINUX / "numa" / "pc-1G-2n.json").stdout
    assert "'memdawn.numa'" in case and "-device floppy" in case
    assert "memdawn.numa" not in script("run-qemu", "--dry-run", LINUX / "bootmem" / "pc-64M.json").stdout


@pytest.mark.parametrize("arguments", [
    ["--numa", "0"], ["--numa", "129"], ["--numa", "1G+"], ["--numa", "1K+1K"], ["--numa", "1G+1G", "--mem", "1024"],
    ["--numa", "9", "--mem", "8"], ["--numa", "2", LINUX / "bootmem" / "pc-64M.json"],
    ["--no-such-option"], ["--mem", "much"], ["--mem", "0"], ["/no/such/case.json"],
    ["--initrd", "/no/such/file"], ["--iso", "/no/such/disc"], ["--module", "dtb"],
    ["--qemu-args", "'"], ["--firmware", "efi"], ["--firmware", "uefi32", "--machine", "pc"],
    ["--cmdline", "two\nlines"]])
def test_wrong_use(arguments):
    """Exit status 1, and a word on standard error."""
    done = script("run-qemu", *arguments)
    assert done.returncode == runner.Outcome.USAGE
    assert done.stderr.startswith("usage: run-qemu")


def test_missing_tool(tmp_path):
    """Exit status 77 where the emulator is not there."""
    disc = tmp_path / "disc.iso"
    disc.write_bytes(media.RUN_CFG_MARK.ljust(media.RUN_CFG_SIZE))
    done = script("run-qemu", "--iso", disc, "--qemu", "qemu-system-none")
    assert done.returncode == runner.Outcome.NO_TOOL
    assert "qemu-system-none is not installed" in done.stderr


KEXEC = "memdawn: bootmem has handed over; now the same machine with bootmem-2.4"


def log_of(*lines):
    """Serial output with a firmware's noise in front."""
    return "\x1b[2J\x1b[1;1HSeaBIOS\r\n" + "".join(line + "\r\n" for line in lines)


@pytest.mark.parametrize("serial, status, timed_out, reset, outcome", [
    (log_of(BANNER, END), 33, False, False, runner.Outcome.PASSED),
    (log_of(BANNER, END), None, False, False, runner.Outcome.PASSED),
    (log_of(BANNER, END), 0, False, False, runner.Outcome.ENDED),
    (log_of(BANNER), 33, False, False, runner.Outcome.ENDED),
    (log_of(BANNER), 1, False, False, runner.Outcome.ENDED),
    (log_of(BANNER), 37, False, False, runner.Outcome.ENDED),
    (log_of(BANNER, END), 39, False, False, runner.Outcome.ENDED),
    (log_of(), 1, False, False, runner.Outcome.ENDED),
    (log_of(BANNER), 0, True, False, runner.Outcome.TIMEOUT),
    (log_of(), 0, True, False, runner.Outcome.TIMEOUT),
    (log_of(BANNER, "Kernel panic - not syncing: no"), 35, False, False, runner.Outcome.PANIC),
    (log_of(BANNER, "Kernel panic - not syncing: no"), 0, True, False, runner.Outcome.PANIC),
    (log_of(BANNER), 35, False, False, runner.Outcome.PANIC),
    (log_of(BANNER), 0, False, True, runner.Outcome.REBOOT),
    (log_of(), 0, False, True, runner.Outcome.REBOOT),
    (log_of(BANNER, BANNER, END), 33, False, False, runner.Outcome.REBOOT),
    (log_of(BANNER, KEXEC, BANNER, END), 33, False, False, runner.Outcome.PASSED),
    (log_of(BANNER, KEXEC, BANNER, BANNER, END), 33, False, False, runner.Outcome.REBOOT),
    (log_of(BANNER, END.replace("balance ok", "balance BAD")), 33, False, False,
     runner.Outcome.ENDED),
    (log_of(BANNER, "x" + END), 33, False, False, runner.Outcome.ENDED),
])
def test_outcomes(serial, status, timed_out, reset, outcome):
    """Success is only what was seen; everything else has its own name."""
    assert runner.judge(serial, status, timed_out, reset)[0] == outcome


def test_log_filter():
    """Nothing but the kernel's lines, however the pieces come."""
    serial = log_of("GNU GRUB  version 2.06", BANNER, "Linux", END)
    want = f"{BANNER}\nLinux\n{END}\n"
    for size in (1, 2, 7, 64, len(serial)):
        log_filter = runner.LogFilter()
        pieces = [serial[at:at + size] for at in range(0, len(serial), size)]
        assert "".join(map(log_filter.feed, pieces)) == want
    assert runner.kernel_log(serial) == want.splitlines()


def test_disc_is_not_touched(tmp_path):
    """A run works on its own copy; the copy differs in run.cfg alone."""
    disc = BUILD / "memdawn.iso"
    before = disc.read_bytes()
    copy = tmp_path / "copy.iso"
    machines.Machine(cmdline="mem=$1").make_disc(disc, copy)
    after = copy.read_bytes()
    assert disc.read_bytes() == before
    at = before.index(media.RUN_CFG_MARK)
    end = at + media.RUN_CFG_SIZE
    assert after[:at] + before[at:end] + after[end:] == before
    assert after[at:end].startswith(b"memdawn 'BOOT_IMAGE=/boot/bzImage' 'mem=$1' 'memdawn.exit'\n")


def test_every_menu_entry_names_the_image():
    """BOOT_IMAGE= stands in front in every entry of the menu."""
    menu = (ROOT / "grub.cfg").read_text(encoding="ascii")
    entries = re.findall(r'^menuentry .*\{\n((?:\t.*\n)+)\}', menu, re.MULTILINE)
    assert len(entries) == menu.count("\nmenuentry ") >= 8
    for entry in entries:
        assert entry.startswith("\tmemdawn_entry $console_words")
    assert "\tmemdawn BOOT_IMAGE=/boot/bzImage \"$@\"" in menu


REFERENCE = LINUX / "bootmem" / "pc-2048M.log"


def logdiff(tmp_path, text, reference=REFERENCE, options=()):
    """scripts/logdiff on a log with this text."""
    log = tmp_path / "log"
    log.write_text(text, encoding="ascii")
    return script("logdiff", *options, log, reference)


def test_logdiff_equal(tmp_path):
    """Our own lines, what stands around the span, and masked fields do not count."""
    text = REFERENCE.read_text(encoding="ascii")
    lines = text.splitlines(keepends=True)
    text = "".join([BANNER + "\n", *lines[:3], "memdawn: a word of ours\n", *lines[3:], END + "\n"])
    text = text.replace("initial memory mapped : 0 - 01600000", "initial memory mapped : 0 - 01400000")
    text = text.replace("#0 [0001000000 - 0001196164]", "#0 [0001000000 - 0001abcdef]")
    done = logdiff(tmp_path, text)
    assert (done.returncode, done.stdout) == (0, "equal\n")


def test_logdiff_exact(tmp_path):
    """Without masks every digit counts, and nothing is said to be masked."""
    text = REFERENCE.read_text(encoding="ascii")
    done = logdiff(tmp_path, text, options=["--exact"])
    assert (done.returncode, done.stdout) == (0, "equal\n")
    text = text.replace("#0 [0001000000 - 0001196164]", "#0 [0001000000 - 0001196165]")
    done = logdiff(tmp_path, text, options=["--exact"])
    assert done.returncode == 1 and "0001196165" in done.stdout and "X stands" not in done.stdout


@pytest.mark.parametrize("old, new", [
    ("891MB LOWMEM", "890MB LOWMEM"), ("2097024k available", "2097020k available"),
    ("1183624k highmem", "1183620k highmem"), ("  #0 [", "  #1 ["),
    ("BOOTMAP ==> [0000008000", "BOOTMAP ==> [0000009000"), ("  2 disabled\n", ""),
    ("  2 disabled\n", "  2 disabled\n  2 disabled\n"), ("891MB LOWMEM", "891MB  LOWMEM"),
    ("PGTABLE ==> [0000007000 - 0000008000]", "PGTABLE ==> [0000007000 - 0000009000]")])
def test_logdiff_sees(tmp_path, old, new):
    """What is not masked counts: a digit, a line too few, a line too many, a blank."""
    text = REFERENCE.read_text(encoding="ascii")
    assert old in text
    done = logdiff(tmp_path, text.replace(old, new, 1))
    assert done.returncode == 1
    assert done.stdout.endswith("\ndifferent\n")
    record = json.loads(logdiff(tmp_path, text.replace(old, new, 1), options=["--json"]).stdout)
    assert not record["equal"]
    for name, want in (("ours", text.replace(old, new, 1)), ("theirs", text)):
        lines = [row[name] for row in record["rows"] if row[name] is not None]
        assert lines == bootlog.masked(bootlog.span(want.splitlines()),
                                       bootlog.masks_for(text.splitlines()))[0]
    changed = [row for row in record["rows"] if row["mark"] != "="]
    assert changed and all(row["ours"] != row["theirs"] for row in changed)


def test_logdiff_side_by_side(tmp_path):
    """A changed line stands beside its own, one too few or too many alone; masks are shown."""
    text = REFERENCE.read_text(encoding="ascii")
    text = text.replace("891MB LOWMEM", "890MB LOWMEM").replace("  2 disabled\n", "")
    lines = logdiff(tmp_path, text, options=["--width", "100"]).stdout.splitlines()
    assert f"{'890MB LOWMEM available.':48} | 891MB LOWMEM available." in lines
    assert f"{'':48} >   2 disabled" in lines
    assert not any(line.startswith("1155MB HIGHMEM") and "|" in line for line in lines)
    assert "X stands for what depends on the image or the loader:" in lines
    assert any(line.startswith("  initial memory mapped: X") for line in lines)
    everything = logdiff(tmp_path, text, options=["--all", "--width", "160"]).stdout
    assert "initial memory mapped : 0 - X  " in everything


@pytest.mark.parametrize("border", [bootlog.SPAN_FIRST, bootlog.SPAN_LAST])
def test_logdiff_wants_a_whole_span(tmp_path, border):
    """A log that breaks off is not compared."""
    text = REFERENCE.read_text(encoding="ascii").replace(border, "")
    assert logdiff(tmp_path, text).returncode == 2


OTHER = LINUX / "bootmem" / "pc-64M.log"


@pytest.mark.parametrize("words", [(REFERENCE, REFERENCE), (REFERENCE, OTHER), ("--all", REFERENCE, REFERENCE),
                                   ("--json", REFERENCE, OTHER)])
def test_logdiff_that_cant_write(words):
    """A verdict that wasn't written is none: neither equal nor different."""
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([SCRIPTS / "logdiff", *words], stdout=full, stderr=subprocess.PIPE, text=True,
                              check=False)
    assert (done.returncode, done.stderr) == (2, "logdiff: No space left on device\n")


@pytest.mark.parametrize("line", ["the same again", "line {}"])
def test_logdiff_many_lines(tmp_path, line):
    """60,000 lines, all equal or none like another, of which one is missing on one side."""
    head, first, rest = REFERENCE.read_text(encoding="ascii").partition(bootlog.SPAN_FIRST)
    start, end, rest = rest.partition("\n")
    lines = [line.format(number) for number in range(60000)]
    whole = tmp_path / "whole"
    whole.write_text(head + first + start + end + "\n".join(lines) + "\n" + rest, encoding="ascii")
    del lines[30000]
    done = logdiff(tmp_path, head + first + start + end + "\n".join(lines) + "\n" + rest, whole, ["--json"])
    assert done.returncode == 1, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [row["mark"] for row in rows if row["mark"] != "="] == [">"]
    assert sum(row["theirs"] is not None and row["theirs"].startswith(line[:4]) for row in rows) >= 60000


@pytest.mark.parametrize("words", [("run-qemu", "--log-only", "--mem", "64"), ("run-bochs", "--log-only"),
                                   ("map", "--mem", "64"), ("compare-bootalloc", "--mem", "64")])
def test_no_room_for_the_disc(tmp_path, words):
    """The copy that finds no room is named, the status is none of a boot's, and nothing stays."""
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    done = subprocess.run([SCRIPTS / words[0], *words[1:]], capture_output=True, text=True, check=False,
                          env={**os.environ, "TMPDIR": str(tmp_path)}, preexec_fn=limited)
    assert done.returncode == 2, done.stderr
    assert re.search(rf"^{words[0]}: .*memdawn\.iso -> {tmp_path}/.*: File too large$", done.stderr,
                     re.MULTILINE), done.stderr
    assert "Traceback" not in done.stderr and not list(tmp_path.iterdir())


def test_logdiff_usage():
    """Exit status 2 for wrong use."""
    assert script("logdiff").returncode == 2
    assert script("logdiff", "--nothing", REFERENCE, REFERENCE).returncode == 2
    assert script("logdiff", "/no/such/log", REFERENCE).returncode == 2


# --- what is given to the scripts ---------------------------------------------------------------

@pytest.mark.parametrize("name, arguments, status", [
    ("run-qemu", ("--timeout", "inf"), 1), ("run-qemu", ("--timeout", "nan"), 1),
    ("run-bochs", ("--timeout", "-1"), 1), ("map", ("--timeout", "0"), 1),
    ("bench", ("--timeout", "x"), 1), ("collect-state", ("-o", "x", "--timeout", "1e99"), 1),
    ("compare-bootalloc", ("--timeout", "inf"), 1), ("replay", ("x", "--timeout", "inf"), 2),
    ("run-qemu", ("--mem", "64", "--dry-run", "--cmdline", b"a\xff"), 1),
    ("run-qemu", ("--mem", "64", "--dry-run", "--words", b"a\xff"), 1),
    ("run-qemu", ("--mem", "9" * 5000), 1), ("bench", ("--mem", "0"), 1),
    ("predict", ("--mem", "-1"), 1), ("predict", ("--nonsense",), 1),
    ("predict", ("--initrd", "1:2:3"), 1), ("predict", ("--initrd", "9" * 5000 + ":1"), 1),
    ("replay", ("--fast", "--program", "/bin/true", "tests/linux/maps/i02-tiny-regions.log"), 2),
])
def test_nonsense_is_refused(name, arguments, status):
    """A line says what is wrong, and the status is that of wrong use: no traceback."""
    done = subprocess.run([ROOT / "scripts" / name, *arguments], cwd=ROOT, check=False, capture_output=True,
                          timeout=100)
    assert done.returncode == status, done.stderr
    assert b"Traceback" not in done.stderr and name.encode() in done.stderr


@pytest.mark.parametrize("text", [
    "[" * 100000, '{"a":' * 100000 + "1" + "}" * 100000, '{"cmdline": ' + "9" * 5000 + "}", "[1]", "4",
    '{"cmdline": "x", "qemu": "abc"}', '{"cmdline": "x", "qemu": ["-m", {}]}',
    '{"schema": "memdawn-report-1"}', '{"schema": "memdawn-report-1", "title": 4, "stages": 3}',
    '[{"schema": "memdawn-report-1", "title": "", "stages": [{}], "events": [], "log": []}]',
], ids=range(10))
def test_damaged_json(text, tmp_path):
    """No file makes a script fail in a way of its own."""
    path = tmp_path / "damaged.json"
    path.write_text(text, encoding="ascii")
    for name, *arguments in (["run-qemu", "--dry-run", path], ["predict", path], ["map", "--from", path],
                             ["make-report", "-o", tmp_path / "page", "--from", path],
                             ["replay", "--fast", path]):
        done = subprocess.run([ROOT / "scripts" / name, *arguments], check=False, capture_output=True,
                              text=True, timeout=100)
        assert done.returncode in (1, 2, 6, 77), (name, done.returncode)
        assert "Traceback" not in done.stderr and done.stderr.strip(), (name, done.stderr)


@pytest.mark.parametrize("name, arguments", [
    ("bench", ()), ("map", ()), ("make-report", ()), ("collect-state", ("-o", "x"))])
def test_missing_emulator(name, arguments, tmp_path):
    """Without QEMU the status is 77, and it is named."""
    done = subprocess.run([sys.executable, ROOT / "scripts" / name, "--mem", "64", *arguments], check=False,
                          capture_output=True, text=True, timeout=100, cwd=tmp_path,
                          env=os.environ | {"PATH": str(tmp_path)})
    assert done.returncode == 77, done.stderr
    assert "qemu-system-x86_64 is not installed" in done.stderr


@pytest.mark.parametrize("name", ["bench", "collect-state"])
def test_interrupted(name, tmp_path):
    """Ctrl-C, while the machine runs."""
    process = subprocess.Popen([ROOT / "scripts" / name, "--mem", "65536",
                                *(["-o", tmp_path / "x"] if name == "collect-state" else [])],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    while not runs_qemu(process.pid):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=100)
    assert process.returncode == 130 and "Traceback" not in errors, errors


def test_state_in_a_file_with_a_blank(tmp_path):
    """GDB gets the file's name as one word."""
    script("collect-state", "--mem", 64, "--at", "loaded", "-o", tmp_path / "a b.json")
    assert list(tmp_path.iterdir()) == [tmp_path / "a b.json"]


@pytest.mark.parametrize("name, arguments", [
    ("map", ()), ("collect-state", ("-o", "/dev/null")), ("run-qemu", ("--log-only",))])
@pytest.mark.parametrize("machine, words", [
    (("--mem", "64", "--cpu", "pentium"), "features not present on the CPU"),
    (("--mem", "18"), "GRUB could not load the kernel: too little memory")])
def test_why_there_is_no_boot(name, arguments, machine, words):
    """Where the machine halts early, the script ends, with the kernel's or GRUB's own reason."""
    done = subprocess.run([ROOT / "scripts" / name, *machine, *arguments], check=False, capture_output=True,
                          text=True, timeout=100)
    assert done.returncode in (3, 6), done.stderr
    assert words in done.stderr


# --- long logs ------------------------------------------------------------------------------------

def test_many_equal_lines():
    """Time doesn't grow with the square of how often a line is there; the rows are all of both."""
    ours = ["same"] * 30000 + ["ours"] + ["same", "x"] * 15000
    theirs = ["same"] * 20000 + ["x", "theirs"] + ["same"] * 40000
    start = time.monotonic()
    rows = bootlog.side_by_side(ours, theirs)
    assert time.monotonic() - start < 20
    assert [left for _, left, _ in rows if left is not None] == ours
    assert [right for _, _, right in rows if right is not None] == theirs
    for mark, left, right in rows:
        assert mark == ("=" if left == right else ">" if left is None else "<" if right is None else "|")
    assert sum(mark == "=" for mark, _, _ in rows) > 40000


def test_alignment_of_long_logs(monkeypatch):
    """Where no line is there twice, both ways to align find as much."""
    generator = random.Random(4711)
    for _ in range(50):
        lines = [f"line {number}" for number in range(60)]
        ours, theirs = (["first", *(line for line in lines if generator.random() < 0.8), "last"]
                        for _ in range(2))
        rows = bootlog.side_by_side(ours, theirs)
        with monkeypatch.context() as patch:
            patch.setattr(bootlog, "MOST_PAIRS", 0)
            assert bootlog.side_by_side(ours, theirs) == rows
