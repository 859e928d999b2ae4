# SPDX-License-Identifier: GPL-2.0-only
"""scripts/layout: what it takes from a System.map, what it refuses and why; and an image laid out by
such a table, like no kernel that is here."""

import shutil
import subprocess

import pytest

from boot import BUILD, LINUX, ROOT, assert_same, boot_well, image, lines_of, words
from expected import Translation
from memdawn.emulators import machine as machines
from memdawn.logs import bootlog

TABLE = LINUX / "layout" / "bootmem.map"
STEP = 0x2000               # by this much one part after another lies higher in an image of one's own


def layout(path, *options):
    """(exit status, table's lines, what was said)."""
    done = subprocess.run([ROOT / "scripts" / "layout", *options, path], capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


@pytest.fixture(name="changed")
def a_changed_map(tmp_path):
    """A function that writes a System.map: the table with some lines changed, {name: address, or
    None to leave it out}, among lines of other symbols."""
    def write(changes):
        lines = ["c1000054 t bad_subarch", "00400000 A phys_startup_32"]
        for line in lines_of(TABLE):
            address, kind, name = line.split()
            address = changes.get(name, int(address, 16))
            if address is not None:
                lines += [f"{address:08x} {kind} {name}", f"{address:08x} T a_neighbour_of_{name}"]
        path = tmp_path / "System.map"
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
        return path
    return write


@pytest.mark.parametrize("name", ["bootmem", "nobootmem", "alloctrace"])
def test_takes_what_is_placed(name):
    """The tables themselves: every line of them is used."""
    path = LINUX / "layout" / f"{name}.map"
    status, table, said = layout(path)
    assert (status, table) == (0, lines_of(path))
    assert [line.split(":")[1].strip() for line in said] == (
        ["bootmem_node_data"] if name == "nobootmem" else [])


def test_finds_it_among_others(changed):
    """A whole System.map has thousands of other lines."""
    assert layout(changed({})) == (0, lines_of(TABLE), [])


@pytest.mark.parametrize("changes, complaint", [
    ({"_etext": 0xC1002000}, "code: 4096 bytes from _stext to _etext, this kernel needs "),
    ({"__end_rodata": 0xC10E6000, "_sdata": 0xC10E6000},
     "constants: 4096 bytes from __start_rodata to __end_rodata, this kernel needs "),
    ({"bootmem_node_data": 0xC1126000},
     "init sections: 4096 bytes from __init_begin to bootmem_node_data, this kernel needs "),
    ({"__bss_stop": 0xC1150000},
     "cleared data: 40960 bytes from __bss_start to __bss_stop, this kernel needs "),
    ({"init_thread_union": 0xC1113000}, "init_thread_union: not a multiple of 8192"),
    ({"__brk_base": None, "__brk_limit": None}, "there is no __brk_base, no __brk_limit: "),
    ({"_text": 0xC0100000}, "_text: it lies at 0xc0100000, here at 0xc1000000: "),
])
def test_says_why_not(changed, changes, complaint):
    """What no image can be laid out like."""
    status, table, said = layout(changed(changes))
    assert (status, table) == (2, [])
    assert any(complaint in line for line in said), said
    assert all(line.startswith("layout: ") for line in said)


def test_leaves_out(changed):
    """A variable that the log does not depend on is named and left out; the rest is matched."""
    status, table, said = layout(changed({"swapper_pg_fixmap": 0xC1149000}))
    assert status == 0
    assert table == [line for line in lines_of(TABLE) if "swapper_pg_fixmap" not in line]
    assert said == ["layout: swapper_pg_fixmap: it lies at 0xc1149000, here a page after "
                    "__bss_start (0xc1147000): left out of the table"]


@pytest.mark.parametrize("text, complaint", [
    ("ffffffff81000000 T _text\n", "64-bit addresses"),
    ("\x7fELF and so on\n", "this is no line of a System.map"),
    ("", "there is no _text, "),
])
def test_wrong_files(tmp_path, text, complaint):
    """Files that are something else."""
    path = tmp_path / "file"
    path.write_text(text, encoding="ascii")
    status, table, said = layout(path)
    assert (status, table) == (2, []) and complaint in said[0]
    assert layout(tmp_path / "none")[0] == 1


def test_check():
    """An image that does not lie as a table says; the build asks for this."""
    kernel = str(BUILD / "memdawn-bootmem.elf")
    assert layout(TABLE, "--check", "--elf", kernel) == (0, [], [])
    status, _, said = layout(LINUX / "layout" / "nobootmem.map", "--check", "--elf", kernel)
    assert status == 2 and any("_end lies at 0xc12ac000" in line for line in said)


def test_an_image_of_ones_own(changed, tmp_path):
    """Other borders everywhere: the log is what they make of the real kernel's."""
    step, later = {}, 0
    for line in lines_of(TABLE):
        address, _, name = line.split()
        later += STEP if name in ("_etext", "__end_rodata", "boot_pageset", "__init_begin",
                                  "__init_end", "__bss_stop") else 0
        step[name] = int(address, 16) + later
    step["__bss_start"] = step["swapper_pg_pmd"] = step["__init_end"]
    step["swapper_pg_fixmap"] = step["__init_end"] + 0x1000
    step["empty_zero_page"] = step["__init_end"] + 0x2000
    step["__start_rodata"] = step["_etext"] + 0xFFF & ~0xFFF
    status, table, said = layout(changed(step))
    assert (status, said) == (0, [])
    path = tmp_path / "own.map"
    path.write_text("\n".join(table) + "\n", encoding="ascii")
    try:
        subprocess.run(["make", "-s", "-C", ROOT, "IMAGE=own", f"LAYOUT={path}",
                        f"O={BUILD.relative_to(ROOT)}", "iso"], check=True,
                       stdin=subprocess.DEVNULL)
        reference = LINUX / "bootmem" / "pc-64M.log"
        machine = machines.from_case(reference.with_suffix(".json"))
        machine.words = words()
        log = bootlog.span(boot_well(machine, name="own"))
        own = image(name="own")
    finally:
        for made in BUILD.glob("memdawn-own.*"):
            made.unlink()
        shutil.rmtree(BUILD / "iso-own", ignore_errors=True)
    assert own.symbols["_end"] == 0xC12AC000 + 6 * STEP
    assert log != lines_of(reference)
    assert_same(log, Translation(own, lines_of(reference)).span(), "an image of one's own")
