# SPDX-License-Identifier: GPL-2.0-only
"""Faults on request: each one is reported with its cause, the registers, the page tables."""

import re

import pytest

from boot import boot, failure, image, words
from memdawn import machine as machines, runner

HEX = "[0-9a-f]{8}"
ENTRY = "[0-9a-f]{16}"
REGISTERS = [
    rf"EIP: 0060:\[<{HEX}>\] EFLAGS: {HEX} CPU: 0",
    rf"EAX: {HEX} EBX: {HEX} ECX: {HEX} EDX: {HEX}",
    rf"ESI: {HEX} EDI: {HEX} EBP: {HEX} ESP: {HEX}",
    r" DS: 0068 ES: 0068 FS: [0-9a-f]{4} GS: [0-9a-f]{4} SS: 0068",
    rf"CR0: {HEX} CR2: {HEX} CR3: {HEX} CR4: {HEX}",
    "Stack:",
    rf"( {HEX})+",
    "Call Trace:",
    rf" \[<{HEX}>\]",
    r"Code: .*<[0-9a-f]{2}> .*",
]
WALK = rf"\*pdpt = {ENTRY} \*pde = {ENTRY} .*"
FATAL = ["Kernel panic - not syncing: Fatal exception"]

# What the log has to have behind the boot's last line, in this order, other lines between.
FAULTS = {
    "null": [r"BUG: unable to handle kernel NULL pointer dereference at \(null\)",
             rf"IP: \[<{HEX}>\]", rf"\*pdpt = {ENTRY} .*", r"Oops: 0002 \[#1\]", *REGISTERS,
             "CR2: 0000000000000000", *FATAL],
    "ud": [WALK, r"invalid opcode: 0000 \[#1\]", *REGISTERS, *FATAL],
    "de": [WALK, r"divide error: 0000 \[#1\]", *REGISTERS, *FATAL],
    "gp": [WALK, r"general protection fault: fff8 \[#1\]", *REGISTERS, *FATAL],
    "nx": ["kernel tried to execute NX-protected page",
           rf"BUG: unable to handle kernel paging request at {HEX}",
           rf"\*pdpt = {ENTRY} \*pde = {ENTRY} \*pte = 8{ENTRY[:-4]}{{15}} ",
           r"Oops: 0011 \[#1\]", *REGISTERS[:5], *FATAL],
    "bug": [r"kernel BUG at src/selftest/faults\.c:\d+!", r"invalid opcode: 0000 \[#1\]",
            *REGISTERS, *FATAL],
    "panic": [r"Kernel panic - not syncing: requested by memdawn\.fault=panic", "Call Trace:",
              rf" \[<{HEX}>\]"],
    "stack": [rf"PANIC: double fault, gdt at {HEX} \[255 bytes\]", rf"double fault, tss at {HEX}",
              rf"eip = {HEX}, esp = {HEX}", rf"eax = {HEX}, ebx = {HEX}, ecx = {HEX}, .*",
              rf"esi = {HEX}, edi = {HEX}, .*", rf".*\*pte = {'0' * 16} ", "Call Trace:",
              r"Kernel panic - not syncing: kernel stack overflow: .*"],
}


def fault(kind, cpu="qemu64", mem=64):
    """The lines behind the boot's end, of a boot that has to panic."""
    machine = machines.Machine(mem=mem, cpu=cpu, words=words(f"memdawn.fault={kind}"))
    result = boot(machine)
    assert result.outcome == runner.Outcome.PANIC, failure(result)
    end = next(index for index, line in enumerate(result.log)
               if line.startswith("memdawn: boot complete: "))
    return result.log[end + 1:]


def assert_in_order(lines, patterns):
    """Each pattern matches a whole line behind the one that the pattern before it matched."""
    rest = iter(lines)
    for pattern in patterns:
        assert any(re.fullmatch(pattern, line) for line in rest), \
            f"no line {pattern!r} in its place:\n" + "\n".join(lines)


@pytest.mark.parametrize("kind", FAULTS)
def test_fault_is_reported(kind):
    """The report has everything, and the boot ends as a panic."""
    assert_in_order(fault(kind), FAULTS[kind])


@pytest.mark.parametrize("cpu", ["qemu64,-pse", "qemu64,-nx", "qemu32"])
def test_stack_overflow_without_large_pages_or_nx(cpu):
    """The page below the stack is unmapped whatever maps the memory around it."""
    assert_in_order(fault("stack", cpu), FAULTS["stack"])


def test_trace_leads_to_the_caller():
    """The call trace of a BUG names addresses of the functions that called it."""
    symbols = sorted((value, name) for name, value in image().symbols.items())
    lines = fault("bug")
    start = lines.index("Call Trace:")
    names = []
    for line in lines[start + 1:]:
        match = re.fullmatch(r" \[<([0-9a-f]{8})>\]", line)
        if not match:
            break
        address = int(match[1], 16)
        names.append(max(pair for pair in symbols if pair[0] <= address)[1])
    assert "fault_on_request" in names or "fault_bug" in names
    assert "start_kernel" in names or "i386_start_kernel" in names or "high_half" in names
