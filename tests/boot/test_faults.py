# SPDX-License-Identifier: GPL-2.0-only
"""Faults on request: each one is reported with its cause, the registers, the page tables."""

import re

import pytest

from boot import boot, boot_well, failure, image, words
from memdawn.emulators import machine as machines, runner
from session import session

HEX = "[0-9a-f]{8}"
SYMBOL = r"\w[\w.]*\+0x[0-9a-f]+/0x[0-9a-f]+"
ENTRY = "[0-9a-f]{16}"
# Linux's report, line after line, from the exception's name to the first words of the stack.
REGISTERS = [
    "Modules linked in:",
    "",
    r"Pid: 0, comm: swapper Not tainted 2\.6\.34 #1 /",
    rf"EIP: 0060:\[<{HEX}>\] EFLAGS: {HEX} CPU: 0",
    rf"EIP is at ({SYMBOL}|0x[0-9a-f]+)",
    rf"EAX: {HEX} EBX: {HEX} ECX: {HEX} EDX: {HEX}",
    rf"ESI: {HEX} EDI: {HEX} EBP: {HEX} ESP: {HEX}",
    r" DS: 0068 ES: 0068 FS: [0-9a-f]{4} GS: [0-9a-f]{4} SS: 0068",
    rf"Process swapper \(pid: 0, ti={HEX} task={HEX} task\.ti={HEX}\)",
    "Stack:",
    rf"( {HEX}){{1,8}}",
]
CALLERS = ["Call Trace:", rf" \[<{HEX}>\] (\? )?{SYMBOL}"]
CODE = [r"Code: .*<[0-9a-f]{2}> .*", rf"EIP: \[<{HEX}>\] ({SYMBOL}|0x[0-9a-f]+) SS:ESP 0068:{HEX}"]
END = "---[ end trace 0000000000000000 ]---"
# The end, with the trace of the panic itself: the report has left its mark.
FATAL = [re.escape(END), "Kernel panic - not syncing: Fatal exception",
         r"Pid: 0, comm: swapper Tainted: G      D    2\.6\.34 #1", *CALLERS]


def oops(name, cr2=None):
    """The report of an exception, from its name on."""
    return [rf"{name} \[#1\] ", *REGISTERS, *CALLERS, *CODE, *([rf"CR2: {cr2}"] if cr2 else []),
            *FATAL]


# What the log has to have after the boot's last line, in this order, other lines between.
FAULTS = {
    "null": [r"BUG: unable to handle kernel NULL pointer dereference at \(null\)",
             rf"IP: \[<{HEX}>\] fault_null\+0x.*", rf"\*pdpt = {ENTRY} .*",
             *oops("Oops: 0002", "0" * 16)],
    "ud": oops("invalid opcode: 0000"),
    "de": oops("divide error: 0000"),
    "gp": oops("general protection fault: fff8"),
    "wp": [rf"BUG: unable to handle kernel paging request at {HEX}",
           rf"IP: \[<{HEX}>\] fault_wp\+0x.*", rf"\*pdpt = {ENTRY} \*pde = {ENTRY} \*pte = {ENTRY} ",
           *oops("Oops: 0003", rf"0{{8}}{HEX}")],
    "nx": ["kernel tried to execute NX-protected page - exploit attempt\\? \\(uid: 0\\)",
           rf"BUG: unable to handle kernel paging request at {HEX}", rf"IP: \[<{HEX}>\] 0x{HEX}",
           rf"\*pdpt = {ENTRY} \*pde = {ENTRY} \*pte = 8{ENTRY[:-4]}{{15}} ",
           *oops("Oops: 0011", rf"0{{8}}{HEX}")],
    "bug": [re.escape("------------[ cut here ]------------"),
            r"kernel BUG at src/selftest/faults\.c:\d+!", *oops("invalid opcode: 0000")],
    "panic": [r"Kernel panic - not syncing: requested by memdawn\.fault=panic",
              r"Pid: 0, comm: swapper Not tainted 2\.6\.34 #1", *CALLERS],
    "stack": [rf"PANIC: double fault, gdt at {HEX} \[255 bytes\]", rf"double fault, tss at {HEX}",
              rf"eip = {HEX}, esp = {HEX}", rf"eax = {HEX}, ebx = {HEX}, ecx = {HEX}, .*",
              rf"esi = {HEX}, edi = {HEX}, .*", rf".*\*pte = {'0' * 16} ", "Call Trace:",
              r"Kernel panic - not syncing: kernel stack overflow: .*"],
}


def behind_the_boot(log):
    """The lines after the boot's end."""
    end = next(index for index, line in enumerate(log)
               if line.startswith("memdawn: boot complete: "))
    return log[end + 1:]


def fault(kind, cpu="qemu64", mem=64, more=()):
    """The lines after the boot's end, of a boot that has to panic."""
    machine = machines.Machine(mem=mem, cpu=cpu, words=words(f"memdawn.fault={kind}", *more))
    result = boot(machine)
    assert result.outcome == runner.Outcome.PANIC, failure(result)
    return behind_the_boot(result.log)


def assert_in_order(lines, patterns):
    """Each pattern matches a whole line after the one that the pattern before it matched."""
    rest = iter(lines)
    for pattern in patterns:
        assert any(re.fullmatch(pattern, line) for line in rest), \
            f"no line {pattern!r} in its place:\n" + "\n".join(lines)


def assert_no_line_between(lines):
    """From the exception's name to the stack the report is Linux's, without any other line."""
    starts = [index for index, line in enumerate(lines) if line.endswith(" [#1] ")]
    assert len(starts) == 1, lines
    report = lines[starts[0] + 1:][:len(REGISTERS)]
    for pattern, line in zip(REGISTERS, report, strict=True):
        assert re.fullmatch(pattern, line), f"{line!r} is not {pattern!r}"


def assert_task(lines):
    """The task and its stack are where the image has them."""
    symbols = image().symbols
    stack = symbols["init_thread_union"]
    assert f"Process swapper (pid: 0, ti={stack:08x} task={symbols['init_task']:08x} " \
        f"task.ti={stack:08x})" in lines


def callers(lines):
    """The functions of the first call trace, each with whether a frame pointer leads to it; where
    each begins must be as in the image's symbols."""
    symbols = image().symbols
    found = []
    for line in lines[lines.index("Call Trace:") + 1:]:
        match = re.fullmatch(r" \[<([0-9a-f]{8})>\] (\? )?(\S+)\+0x([0-9a-f]+)/0x([0-9a-f]+)", line)
        if not match:
            break
        address, offset, size = (int(match[group], 16) for group in (1, 4, 5))
        assert symbols[match[3]] == address - offset and 0 < offset <= size, line
        found.append((match[3], not match[2]))
    return found


def assert_callers(kind, lines):
    """The call trace begins with the caller of the function that faulted, and ends at the boot's
    beginning. A function that calls nothing has no frame: its caller has a question mark."""
    found = callers(lines)
    names = [name for name, _ in found]
    way = {"bug": ["fault_bug", "fault_on_request"],
           "nx": ["fault_nx", "fault_on_request"]}.get(kind, ["fault_on_request"])
    if kind != "bug":
        assert names[0] == way[0], found
    assert [name for name in names if name in way][:len(way)] == way, found
    certain = [name for name, reliable in found if reliable]
    assert certain[-3:] == ["start_kernel", "i386_start_kernel", "high_half"], found


@pytest.mark.parametrize("kind", FAULTS)
def test_fault_is_reported(kind):
    """The report has everything, and the boot ends as a panic. Page tables and the address that
    faulted are shown for page faults only."""
    lines = fault(kind)
    assert_in_order(lines, FAULTS[kind])
    if kind not in ("panic", "stack"):
        assert_no_line_between(lines)
        assert_task(lines)
        assert_callers(kind, lines)
        page_fault = kind in ("null", "wp", "nx")
        for text in ("*pdpt = ", "CR2: ", "IP: "):
            assert any(line.startswith(text) for line in lines) == page_fault, text


def test_leak_of_early_ioremap():
    """memdawn.fault=leak: a page that the boot's code maps and forgets is noticed at its end, in
    Linux's words, and nothing else happens. Its parameter early_ioremap_debug tells who it was."""
    machine = machines.Machine(mem=64, words=words("memdawn.fault=leak"))
    machine.cmdline += " early_ioremap_debug"
    lines = boot_well(machine)
    assert_in_order(lines, [
        r"early_ioremap\(00000000, 00001000\) \[0\] => Pid: 0, comm: swapper Not tainted 2\.6\.34 #1",
        "Call Trace:", rf" \[<{HEX}>\] early_memremap\+0x.*", rf" \[<{HEX}>\] rest_init\+0x.*",
        rf"00000000 \+ {HEX}",
        re.escape("------------[ cut here ]------------"),
        r"WARNING: at src/arch/i386/mm/ioremap/early\.c:\d+ check_early_ioremap_leak\+0x.*\(\)",
        r"Debug warning: early ioremap leak of 1 areas detected\.", "Modules linked in:",
        r"Pid: 0, comm: swapper Not tainted 2\.6\.34 #1", "Call Trace:",
        rf" \[<{HEX}>\] check_early_ioremap_leak\+0x.*", re.escape(END),
        r"please boot with early_ioremap_debug and report the dmesg\."])


def test_write_to_constants_names_the_address():
    """memdawn.fault=wp writes where the image's read-only data begins."""
    start = image().symbols["__start_rodata"]
    lines = fault("wp")
    assert f"BUG: unable to handle kernel paging request at {start:08x}" in lines
    assert f"CR2: {start:016x}" in lines


@pytest.mark.parametrize("kind", ["wp", "nx"])
def test_oops_at_the_prompt(kind, tmp_path):
    """The monitor's command: the same report."""
    with session(machines.Machine(mem=64, words=()), tmp_path) as monitor:
        monitor.send(f"oops {kind}\r")
        lines = monitor.wait_for("Kernel panic - not syncing: Fatal exception").split("\n")
    assert_in_order(lines, FAULTS[kind][:-len(FATAL) + 1])


@pytest.mark.parametrize("kind, report, where", [
    ("kmap", [r"kernel BUG at src/arch/i386/mm/highmem_32\.c:\d+!", *oops("invalid opcode: 0000")],
     "kunmap_atomic"),
    ("pkmap", [r"Kernel panic - not syncing: kmap: window \d+ is for page frame [0-9a-f]+, "
               rf"its PTE is {ENTRY}", "Call Trace:"], "kunmap_high"),
])
def test_debugging_sees_a_changed_window(kind, report, where):
    """memdawn.debug: a window whose entry was changed while it was open. Without it nothing is looked
    at, and the fault does not happen."""
    lines = fault(kind, mem=1024, more=["memdawn.debug"])
    assert_in_order(lines, report)
    assert any(where in line for line in lines)
    log = boot_well(machines.Machine(mem=1024, words=words(f"memdawn.fault={kind}")))
    assert f"memdawn: the requested fault '{kind}' did not happen: it wants memdawn.debug on the " \
        "command line" in log


@pytest.mark.parametrize("cpu", ["qemu64,-pse", "qemu64,-nx", "qemu32"])
def test_stack_overflow_without_large_pages_or_nx(cpu):
    """The page below the stack is unmapped whatever maps the memory around it."""
    assert_in_order(fault("stack", cpu), FAULTS["stack"])
