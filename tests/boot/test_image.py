# SPDX-License-Identifier: GPL-2.0-only
"""The image as a file and at its entry; the checkers that the build relies on."""

import os
import re
import subprocess

import pytest

from boot import BUILD, BUILD_CLANG, LINUX, ROOT, assert_same, boot_well, image, lines_of, words
from dumps import parse_balance
from expected import Translation
from memdawn import elf
from memdawn.emulators import machine as machines
from memdawn.logs import bootlog

BUILDS = [pytest.param(BUILD, id="gcc"), pytest.param(BUILD_CLANG, id="clang")]


def run(*command, **more):
    """A command's exit status and output."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, timeout=600, **more)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("build", BUILDS)
def test_format(build):
    """What GRUB wants: Multiboot2, no relocations, at 16 MiB, and the checkers are content."""
    kernel = build / "memdawn.elf"
    assert run("grub-file", "--is-x86-multiboot2", kernel)[0] == 0
    assert run(ROOT / "scripts/build/check-sections", kernel, build / "memdawn.all.o") == (0, "")
    assert run(ROOT / "scripts/build/check-i486", kernel) == (0, "")
    assert min(segment.physical for segment in elf.Elf(kernel).segments) == 0x1000000


@pytest.mark.parametrize("build", BUILDS)
def test_symbols_of_the_layout(build):
    """The parts of the image in the order that the log's layout lines take for granted."""
    symbols = image(build).symbols
    order = ["_text", "_etext", "__start_rodata", "__end_rodata", "_sdata", "_edata",
             "__init_begin", "__init_end", "__bss_start", "__bss_stop", "__brk_base",
             "__brk_limit", "_end"]
    values = [symbols[name] for name in order]
    assert values == sorted(values)
    assert symbols["_text"] == 0xC1000000
    for name in ("__init_begin", "__init_end", "__brk_base"):
        assert symbols[name] % 4096 == 0


# A source that is none of an object's; and those of the kernel for several nodes, beside src/arch/i386/numa.
NOT_HERE = {"asm-offsets.c", "boot_alloc_node.c", "node_map_remove.c", "node_order.c"}


def test_a_build_counts(tmp_path):
    """What is compiled for the first time is counted, each file once: all of them in an empty folder; those
    that are missing, where the others are there and are compiled again."""
    sources = sorted(str(path.relative_to(ROOT)) for kind in ("*.c", "*.asm")
                     for path in (ROOT / "src").rglob(kind) if path.name not in NOT_HERE
                     and "numa" not in path.relative_to(ROOT).parts)

    def counted():
        status, output = run("make", "-n", "-C", ROOT, f"O={tmp_path}", "DEPS=no", "VERSION=0")
        assert status == 0, output
        shown = re.findall(r"(?:CC|NASM) '(\S+?)(?: \[(\d+)/(\d+)\])?'$", output, re.MULTILINE)
        assert sorted(name for name, _, _ in shown) == sources
        numbers = [int(number) for _, number, _ in shown if number]
        assert numbers == list(range(1, len(numbers) + 1))
        assert {int(total) for _, _, total in shown if total} == ({len(numbers)} if numbers else set())
        return [name for name, number, _ in shown if number]
    assert sorted(counted()) == sources
    missing = sources[3::40]
    for name in set(sources) - set(missing):
        made = tmp_path / (name + ".o" if name.endswith(".asm") else name.removesuffix(".c") + ".o")
        made.parent.mkdir(parents=True, exist_ok=True)
        made.touch()
        os.utime(made, (0, 0))
    assert sorted(counted()) == missing


@pytest.mark.parametrize("case", ["pc-2048M", "pc-64M", "pc-2048M-mem-nopentium"])
def test_clang_boots(case):
    """The other compiler's kernel: the same log, with its own image's numbers."""
    reference = LINUX / "bootmem" / f"{case}.log"
    machine = machines.from_case(reference.with_suffix(".json"))
    machine.words = words("memdawn.dump=balance")
    log = boot_well(machine, BUILD_CLANG)
    want = Translation(image(BUILD_CLANG), lines_of(reference)).span()
    assert_same(bootlog.span(log), want, "clang's kernel")
    assert parse_balance(log).verdict == "ok"


def test_no_screen():
    """A machine without a VGA card boots."""
    boot_well(machines.Machine(mem=64, qemu_args=["-vga", "none"]))


BAD_C = """
#define SECTION(name) __attribute__((section(name), noinline))
extern int outside(void);
SECTION(".init.text") int at_boot(void) { return outside(); }
%s
"""

BAD_SECTIONS = [
    ("int later(void) { return at_boot() + 1; }", r"later\+.* refers to at_boot"),
    ("int (*const table[])(void) = { at_boot };", r"table\+.* refers to at_boot"),
    ("int (*pointer)(void) = at_boot;", r"pointer\+.* refers to at_boot"),
    ("SECTION(\".init.data\") int value = 1; int later(void) { return value; }",
     r"later\+.* refers to value"),
    ("SECTION(\".boot.text\") int early(void) { return outside() + 1; }",
     r"early\+.* calls outside"),
    ("int word; SECTION(\".boot.text\") int early(void) { return word; }",
     r"early\+.* uses the virtual address of word"),
    ("SECTION(\".boot.text\") int early(void) { return 1; } "
     "int later(void) { return early() + 1; }", r"later\+.* refers to early"),
]

GOOD_SECTIONS = [
    "SECTION(\".ref.text\") int later(void) { return at_boot() + 1; }",
    "SECTION(\".init.text\") int too(void) { return at_boot() + 1; }",
    "SECTION(\".boot.text\") int first(void) { return 1; } "
    "SECTION(\".boot.text\") int second(void) { return first() + 1; }",
]


def check_sections(tmp_path, code):
    """check-sections on a program with this code."""
    source, program = tmp_path / "bad.c", tmp_path / "bad.o"
    source.write_text(BAD_C % code, encoding="ascii")
    assert run("gcc", "-w", "-m32", "-O1", "-ffreestanding", "-fno-pic", "-fno-ipa-icf",
               "-fno-asynchronous-unwind-tables", "-c", "-o", program, source) == (0, "")
    # Any image without relocations serves as the linked one.
    return run(ROOT / "scripts/build/check-sections", BUILD / "memdawn.elf", program)


@pytest.mark.parametrize("code, complaint", BAD_SECTIONS)
def test_check_sections_complains(tmp_path, code, complaint):
    """References that would break, each found and named."""
    status, said = check_sections(tmp_path, code)
    assert status == 2 and re.search(complaint, said), said


@pytest.mark.parametrize("code", GOOD_SECTIONS)
def test_check_sections_allows(tmp_path, code):
    """References that are right."""
    assert check_sections(tmp_path, code) == (0, "")


def test_check_sections_wants_no_relocations(tmp_path):
    """An image that GRUB would refuse."""
    program = tmp_path / "bad.o"
    (tmp_path / "bad.c").write_text("int f(int (*g)(void)) { extern int h; return g() + h; }")
    assert run("gcc", "-m32", "-c", "-o", program, tmp_path / "bad.c") == (0, "")
    status, said = run(ROOT / "scripts/build/check-sections", program, program)
    assert status == 2 and "relocations are left over" in said
