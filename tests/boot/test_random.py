# SPDX-License-Identifier: GPL-2.0-only
"""Machines that are not there: pseudo-random boots against the independent model.

Each case is a size, a board, a CPU and a command line; the kernel boots it in QEMU, and
every line of its log between the BIOS map and the WP test must be the one that the model
predicts for this very image, without any mask; so must the free lists, block by block, and
the owner of every page frame.

MEMDAWN_CASES=n changes the number of cases (200), MEMDAWN_SEED=text repeats a run.
"""

import os
import random
import re
import secrets
import shlex

import pytest

from boot import BUILD, assert_same, boot, failure, words
from memdawn.emulators import machine as machines, runner
from memdawn.logs import bootlog
from memdawn.model import cases, facts
from memdawn.model.buddy import dump_lines
from memdawn.model.cmdline import with_boot_image
from memdawn.model.prediction import predict

CASES = int(os.environ.get("MEMDAWN_CASES", "200"))
# All workers of one parallel run must agree on the cases.
SEED = (os.environ.get("MEMDAWN_SEED") or os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8]
        or secrets.token_hex(4))
TIMEOUT = 600

DUMP_LINE = re.compile(r"(?:memdawn: )?(A[WPZLB] boot .*)$")
BALANCE_LINE = re.compile(r"balance: (max_pfn|free|reserved|memmap|hole) (\d+)$")
OWNER_LINE = re.compile(r"balance: owner (\d+) \[[0-9a-f]+ - [0-9a-f]+\] (.+)$")
END_LINE = re.compile(r"memdawn: boot complete: (\d+) pages free, ")


@pytest.fixture(scope="module")
def symbols():
    """The symbols of the image that is booted."""
    for name in ("memdawn.iso", "memdawn.elf"):
        if not (BUILD / name).exists():
            pytest.skip(f"{BUILD / name} has not been built (make iso)")
    return facts.image_from_elf(BUILD / "memdawn.elf")


def machine_of(case, directory):
    """The Machine of a random case."""
    modules = []
    if case["initrd"]:
        initrd = directory / "initrd"
        initrd.write_bytes(random.Random(case["initrd"]).randbytes(case["initrd"]))
        modules.append((str(initrd), "initrd"))
    return machines.Machine(mem=case["mem"], machine=case["machine"], cpu=case["cpu"],
                            cmdline=case["cmdline"], words=words(*our_words(case)),
                            modules=modules)


def our_words(case):
    """Every case shows its state; some take the short way there."""
    return ["memdawn.dump=zones,balance"] + ["memdawn.free=bulk"] * case["bulk"]


def expected(case, log, symbols):
    """The prediction; what the firmware and the loader did is read from the log."""
    cpu = cases.firmware_cpu(case["mem"], case["machine"], case["cpu"])
    cpu["mtrr"] = facts.mtrr_from_log(log) or cpu["mtrr"]
    initrd = facts.initrd_from_log(log, case["initrd"]) if case["initrd"] else None
    return predict(facts.bios_map_from_log(log), with_boot_image(case["cmdline"]),
                         cpu, symbols, initrd)


def balance_of(log, early_names):
    """The balance that a log shows, in the model's form.

    Owners that are not early reservations got their pages from bootmem; which of them
    counts a page that two share is the kernel's own affair.
    """
    totals = {match[1]: int(match[2]) for match in map(BALANCE_LINE.match, log) if match}
    reserved = dict.fromkeys([*early_names, "bootmem"], 0)
    for match in filter(None, map(OWNER_LINE.match, log)):
        reserved[match[2] if match[2] in early_names else "bootmem"] += int(match[1])
    return totals, reserved


def check_balance(log, want, repeat):
    """Every page frame has the owner that the model gives it."""
    early_names = [name for name in want.balance["reserved"] if name != "bootmem"]
    totals, reserved = balance_of(log, early_names)
    assert totals == {
        "max_pfn": want.values["max_pfn"], "free": want.balance["free"],
        "reserved": sum(want.balance["reserved"].values()),
        "memmap": want.balance["memmap"], "hole": want.balance["hole"]}, repeat
    assert reserved == want.balance["reserved"], repeat


def how_to_repeat(number, case):
    """What a report says about the case."""
    command = ["scripts/run-qemu", "--mem", str(case["mem"]), "--machine", case["machine"],
               "--cpu", case["cpu"], "--cmdline", case["cmdline"],
               "--words", " ".join(our_words(case))]
    initrd = f" --initrd FILE-OF-{case['initrd']}-BYTES" if case["initrd"] else ""
    return (f"case {number} of MEMDAWN_SEED={SEED}, by hand:\n"
            + " ".join(map(shlex.quote, command)) + initrd)


@pytest.mark.parametrize("number", range(CASES), ids=lambda number: f"{SEED}-{number}")
def test_random(number, symbols, tmp_path):
    case = cases.random_case(random.Random(f"{SEED}:{number}"), symbols)
    repeat = how_to_repeat(number, case)
    result = boot(machine_of(case, tmp_path), timeout=TIMEOUT)
    assert result.outcome == runner.Outcome.PASSED, f"{repeat}\n{failure(result)}"
    want = expected(case, result.log, symbols)
    assert (want.panic, want.undefined) == (None, None), repeat
    assert_same(bootlog.span(result.log), want.lines, repeat)
    dump = [match[1] for match in map(DUMP_LINE.match, result.log) if match]
    assert_same(dump, dump_lines(want.zones, "boot"), f"free lists, {repeat}")
    check_balance(result.log, want, repeat)
    ends = [match[1] for match in map(END_LINE.match, result.log) if match]
    assert ends == [str(want.balance["free"])], repeat
