# SPDX-License-Identifier: GPL-2.0-only
"""scripts/build/check-i486: does it find what it is there for?"""

import pathlib
import subprocess

import pytest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "build" / "check-i486"

# Whatever stands in place of BEFORE runs before the check has returned.
PROGRAM = """
global startup_32, check_cpu
section .text
startup_32:
	call early
	call check_cpu
	cmove eax, ebx		; may be newer: the check has returned
	mov eax, cr4
	jmp $
early:
	BEFORE
	ret
check_cpu:
	pushfd
	pop eax
	test eax, 0x200000
	jz .none
	cpuid
.none:
	ret
"""


def run_check(tmp_path, before, program=PROGRAM):
    """check-i486 on the program with `before` in its place."""
    source, obj, kernel = (tmp_path / name for name in ("a.asm", "a.o", "a.elf"))
    source.write_text(program.replace("BEFORE", before), encoding="ascii")
    subprocess.run(["nasm", "-f", "elf32", "-o", obj, source], check=True)
    subprocess.run(["ld", "-m", "elf_i386", "-e", "startup_32", "-o", kernel, obj], check=True)
    return subprocess.run([CHECK, kernel], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("before", [
    "nop", "bswap eax", "xadd eax, ebx", "cmpxchg [eax], ebx", "rep movsb", "lgdt [eax]",
    "mov cr0, eax", "mov fs, ax", "invlpg [eax]", "jmp .a\n\tcmove eax, ebx\n.a:"])
def test_old_instructions_pass(tmp_path, before):
    """What an i486 has, and newer instructions that are not reached."""
    result = run_check(tmp_path, before)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("before", [
    "cmove eax, ebx", "rdtsc", "rdmsr", "wrmsr", "cpuid", "mov eax, cr4", "mov cr4, eax",
    "cmpxchg8b [eax]", "movd mm0, eax", "movaps xmm0, [eax]", "ud2", "sysenter", "fxsave [eax]",
    "db 0x0f, 0x1f, 0x00", "pause", "jmp eax", "call [eax]",
    "jc .a\n\tjmp .b\n.a:\n\trdtsc\n.b:", "test eax, 0x200000\n\tjnz .a\n\tcpuid\n.a:",
    "test eax, 0x100000\n\tjz .a\n\tcpuid\n.a:"])
def test_newer_instructions_are_found(tmp_path, before):
    """What an i486 has not, wherever a path leads to it."""
    result = run_check(tmp_path, before)
    assert result.returncode == 2
    assert "check-i486: 0x" in result.stderr


def test_check_must_be_called(tmp_path):
    """A kernel that never calls check_cpu."""
    result = run_check(tmp_path, "nop", PROGRAM.replace("call check_cpu", "nop"))
    assert result.returncode == 2
    assert "no path from the entry calls check_cpu" in result.stderr
