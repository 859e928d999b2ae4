# SPDX-License-Identifier: GPL-2.0-only
"""A device tree as the module `dtb', compiled by dtc, on machines with a memory map."""

import re
import subprocess

import pytest

from boot import BUILD, LINUX, PAGE_SIZE, ROOT, boot, boot_well, lines_of, words
from dumps import parse_balance, parse_zones
from memdawn.emulators import machine as machines, media, runner
from session import session

MIB = 1 << 20

# Two nodes; the second has a range that isn't there, and RAM from 1536 MiB on is not described.
TREE = """/dts-v1/;
/memreserve/ 0x30000000 0x00100000;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	memory0@numa0 {
		device_type = "memory";
		reg = <0x0 0x0 0x0 0x40000000>;
		numa-node-id = <0>;
	};
	memory10@numa10 {
		device_type = "memory";
		reg = <0x0 0x40000000 0x0 0x20000000>, <0xaa 0xcc0000 0x0 0xbb00000>;
		numa-node-id = <10>;
		hotpluggable;
	};
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		reserved_mem@0 { no-map; reg = <0x0 0x20001000 0x0 0x00300000>; };
		reserved_mem@1 { reg = <0x0 0x28000000 0x0 0x00800000>; };
		reserved_mem@2 { no-map; reg = <0x0 0x50000000 0x0 0x00100000>; };
		reserved_mem@3 { no-map; reg = <0x0 0xf0000000 0x0 0x00100000>; };
		anywhere { size = <0x0 0x00200000>; alignment = <0x0 0x00400000>; };
	};
};
"""

# (name, start, end) of what the tree keeps; the last one lies as high as its alignment allows.
KEPT = [("reserved_mem@0", 0x20001000, 0x20301000), ("reserved_mem@1", 0x28000000, 0x28800000),
        ("/memreserve/", 0x30000000, 0x30100000), ("reserved_mem@2", 0x50000000, 0x50100000),
        ("anywhere", 0x5fc00000, 0x5fe00000)]

# Half a machine of 512 MiB may be pulled out.
HALVES = """/dts-v1/;
/ {
	memory@0 { device_type = "memory"; reg = <0x0 0x10000000>; numa-node-id = <0>; };
	memory@1 {
		device_type = "memory"; reg = <0x10000000 0x10000000>; numa-node-id = <1>;
		hotpluggable;
	};
	memory@2 { device_type = "memory"; reg = <0x1000000 0x100000>; hotpluggable; };
};
"""


def dtb(directory, source):
    """The file that dtc makes of a source; what is wrong with its names doesn't matter here."""
    path = directory / "tree.dtb"
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", path, "-"], input=source, text=True, check=True)
    return path


def machine_with(path, *our_words, mem=64, cmdline=""):
    """A machine with a device tree."""
    return machines.Machine(mem=mem, modules=[(path, "dtb")], words=tuple(our_words),
                            cmdline=media.with_console(cmdline))


def fdt_lines(log):
    """What the device tree's code says, without its mark."""
    return [line.removeprefix("memdawn: fdt: ") for line in log
            if line.startswith("memdawn: fdt: ")]


def regions(log, name):
    """The regions of a `MEMBLOCK configuration:' as (start, end, node, flags)."""
    found = [re.fullmatch(rf" {name}\[0x[0-9a-f]+\]\t\[0x([0-9a-f]{{16}})-0x([0-9a-f]{{16}})\], "
                          r"0x[0-9a-f]{16} bytes(?: on node (\d+))? flags: 0x([0-9a-f]+)", line)
             for line in log]
    return [(int(m[1], 16), int(m[2], 16) + 1, m[3] and int(m[3]), int(m[4], 16))
            for m in found if m]


@pytest.fixture(scope="module", name="monitor")
def a_session(tmp_path_factory):
    """One machine with the whole tree, at its prompt."""
    directory = tmp_path_factory.mktemp("tree")
    machine = machine_with(dtb(directory, TREE), "memdawn.bootalloc=memblock",
                           "memdawn.dump=zones,balance", mem=2048, cmdline="memblock=debug")
    with session(machine, directory) as monitor:
        yield monitor


def test_what_is_told(monitor):
    """Each range that was taken, refused, left unused, unmapped, or found nowhere."""
    lines = fdt_lines(monitor.log)
    assert lines == [
        "[mem 0x60000000-0x7ffdffff] is RAM that the device tree doesn't describe: not used",
        "[mem 0x00000000-0x00000fff] is no RAM in the firmware's map: refused",
        "[mem 0x0009fc00-0x000fffff] is no RAM in the firmware's map: refused",
        "[mem 0xaa00cc0000-0xaa0c7bffff] is no RAM in the firmware's map: refused",
        # From 1 MiB to 1536 MiB, and 4 KiB to 639 KiB; 4 KiB, 385 KiB, 187 MiB; 512 MiB - 128 KiB.
        f"3 ranges of memory: {1535 * 1024 + 635} kB taken, {4 + 385 + 187 * 1024} kB refused, "
        f"{512 * 1024 - 128} kB of RAM not used",
        "'reserved_mem@3' is no-map and no memory: 0x00000000f0000000, size 0x100000, is listed "
        "nowhere",
        # Of its node there is `anywhere'.
        "[mem 0x40000000-0x4fffffff] is not hotpluggable: some of node 10 is reserved",
        "[mem 0x50000000-0x500fffff] is not hotpluggable: some of node 10 is reserved",
        "[mem 0x50100000-0x5fffffff] is not hotpluggable: some of node 10 is reserved",
        "[mem 0x20001000-0x20300fff] is no-map: unmapped",
    ]


def test_memblock_has_it(monitor):
    """The configuration: nodes, flags (1 hotpluggable, 4 no-map), reservations."""
    assert regions(monitor.log, "memory") == [
        (0x1000, 0x9f000, 0, 0), (MIB, 0x20001000, 0, 0), (0x20001000, 0x20301000, 0, 4),
        (0x20301000, 0x40000000, 0, 0), (0x40000000, 0x50000000, 10, 1),
        (0x50000000, 0x50100000, 10, 5), (0x50100000, 0x60000000, 10, 1)]
    reserved = regions(monitor.log, "reserved")
    for name, start, end in KEPT:
        assert ((start, end, None, 0) in reserved) == (name not in ("reserved_mem@0",
                                                                    "reserved_mem@2"))


def form(line):
    """A memblock=debug line without its numbers and names; functions that take a range and nothing
    else print the same."""
    line = re.sub(r"[A-Za-z_][\w.]*\+0x[0-9a-f]+/0x[0-9a-f]+", "CALLER", line)
    line = re.sub(r"0x[0-9a-f]+|-?\b[0-9]+\b", "N", line).replace(" on node N", "")
    return re.sub(r"^memblock_\w+(?=: \[)", "memblock_RANGE", line)


def test_debug_lines_as_linux(monitor):
    """Each line of memblock=debug has the form of one of 6.1's, and the caller is who wanted it, not
    who passed it on."""
    linux = {form(line) for path in (LINUX / "memblock").glob("*.log") for line in lines_of(path)}
    ours = [line for line in monitor.log
            if line.startswith(("memblock_", "MEMBLOCK", " memory", " reserved"))]
    assert len(ours) > 30
    assert not {form(line) for line in ours} - linux
    callers = {re.search(r" (\w+)\+0x", line)[1] for line in ours if "+0x" in line}
    assert {"setup_arch", "init_memory_mapping", "alloc_large_system_hash"} <= callers
    assert not callers & {"boot_reserve", "boot_add_ram", "boot_alloc", "boot_alloc_nopanic",
                          "reserve", "add_ram", "alloc"}


def test_nobody_gets_it(monitor):
    """What the tree keeps is reserved page by page, in its name, and in no free list; RAM that it
    doesn't describe is none."""
    balance, zones = parse_balance(monitor.log), parse_zones(monitor.log, "boot")
    assert balance.verdict == "ok"
    assert balance.counts["max_pfn"] == 0x60000
    for name, start, end in KEPT:
        assert ((end - start) // PAGE_SIZE, start, end, name) in balance.owners
    free = [(pfn * PAGE_SIZE, (pfn + (1 << order)) * PAGE_SIZE) for zone in zones.values()
            for (order, _), pfns in zone.lists.items() for pfn in pfns]
    for name, start, end in KEPT:
        assert not any(a < end and b > start for a, b in free), name
    assert max(end for _, end in free) == 0x60000000
    assert balance.not_used == [(0x7ffe0 - 0x60000, 0x60000, "by the device tree")]


def test_no_map_is_not_mapped(monitor):
    """The linear map has no page of it, and has those beside it."""
    assert monitor.ask("peek 0x20001000") == ["0020001000 is mapped nowhere"]
    assert monitor.ask("peek 0x20300ff0") == ["0020300ff0 is mapped nowhere"]
    assert monitor.ask("poke 0x20080000 1") == ["0020080000 is mapped nowhere"]
    for address in ("0020000ff0", "0020301000", "0028000000", "0050000000"):
        assert monitor.ask(f"peek 0x{address} 16")[0].startswith(address + " ")
    assert monitor.ask("balance")[-1].endswith("ok")


def test_movable_node(tmp_path):
    """The kernel keeps out of what can be pulled out, which becomes the Movable zone; page tables
    come from the bottom. The page allocator gets all of it."""
    machine = machine_with(dtb(tmp_path, HALVES), *words("memdawn.bootalloc=memblock",
                                                         "memdawn.dump=balance,zones"),
                           mem=512, cmdline="movable_node memblock=debug")
    log = boot_well(machine)
    assert regions(log, "memory")[-1] == (0x10000000, 0x1ffe0000, 1, 1)
    balance = parse_balance(log)
    assert balance.verdict == "ok"
    ours = [(start, end, name) for _, start, end, name in balance.owners]
    assert max(end for _, end, _ in ours) <= 0x10000000
    assert any(start > 0xf000000 for start, _, _ in ours), "top-down, as far as it goes"
    assert next(start for start, _, name in ours if name == "PGTABLE") == 0x7000
    # The kernel's own memory was said to be hotpluggable.
    lines = fdt_lines(log)
    assert lines[0] == ("'memory@2': 0x0000000001000000, size 0x100000, is described twice, the "
                        "last node and flags count")
    assert ("[mem 0x01000000-0x010fffff] is not hotpluggable: some of node 0 is reserved"
            in lines)
    movable = parse_zones(log, "boot")["Movable"]
    assert (movable.start, movable.spanned, movable.free) == (0x10000, 0xffe0, 0xffe0)
    assert log[log.index("Movable zone start PFN for each node") + 1] == f"  Node 0: {0x10000}"

    # Without the word nothing is spared.
    machine.cmdline = media.with_console("")
    spoilt = parse_balance(boot_well(machine))
    assert spoilt.verdict == "ok"
    assert max(end for _, _, end, _ in spoilt.owners) == 0x1ffe0000


def test_other_generation(tmp_path):
    """It keeps the module, and says that it is not used."""
    name = "early_res"
    log = boot_well(machine_with(dtb(tmp_path, TREE),
                                 *words(f"memdawn.bootalloc={name}", "memdawn.dump=balance")))
    assert fdt_lines(log) == [f"the device tree is not used: {name} serves, only "
                              "memdawn.bootalloc=memblock keeps what it says"]
    balance = parse_balance(log)
    assert balance.verdict == "ok"
    assert [pages for pages, _, _, owner in balance.owners if owner == "DEVICE TREE"] == [1]


def broken(directory, how):
    """A tree that can't be used, and what is said of it."""
    path = dtb(directory, TREE)
    size = path.stat().st_size
    if how == "truncated":
        path.write_bytes(path.read_bytes()[:-10])
        return path, "more bytes promised than there are at 0x4: the device tree is not used"
    assert how == "too large"
    path.write_bytes(path.read_bytes() + bytes(256 * 1024 + 1 - size))
    return path, (f"the device tree has {256 * 1024 + 1} bytes, at most {256 * 1024} can be read: "
                  "it is not used")


@pytest.mark.parametrize("how", ["truncated", "too large"])
def test_broken(how, tmp_path):
    """The reason, and the boot goes on with the firmware's map; memtest= leaves alone what memblock
    has reserved."""
    path, reason = broken(tmp_path, how)
    log = boot_well(machine_with(path, *words("memdawn.bootalloc=memblock",
                                              "memdawn.dump=balance"),
                                 cmdline="memtest=1"))
    assert fdt_lines(log) == [reason]
    balance = parse_balance(log)
    tested = [(int(match[1], 16), int(match[2], 16)) for match in (
        re.fullmatch(r"  ([0-9a-f]{10}) - ([0-9a-f]{10}) pattern 0{16}", line) for line in log)
              if match]
    kept = [(start, end) for _, start, end, name in balance.owners
            if name in ("TEXT DATA BSS", "BRK", "PGTABLE", "DEVICE TREE")]
    assert len(kept) == 4 and not any(a < end and b > start for a, b in tested
                                      for start, end in kept)
    # Page 0, 639 KiB to 1 MiB; the tested pieces begin and end with their owners' bytes.
    assert sum(b - a for a, b in tested) == (
        0x3fe0000 - PAGE_SIZE - 0x61000 - sum(end - start for start, end in kept))
    assert balance.verdict == "ok" and balance.counts["max_pfn"] == 0x3fe0


def test_run_qemu_option(tmp_path):
    """--dtb FILE and make's DTB= put it on the disc as the module `dtb'."""
    path = dtb(tmp_path, TREE)
    done = subprocess.run([ROOT / "scripts" / "run-qemu", "--dry-run", "--initrd", path, "--dtb", path,
                           "--iso", BUILD / "memdawn.iso"],
                          capture_output=True, text=True, check=True)
    assert "\tmodule2 /boot/module0 'initrd'\n\tmodule2 /boot/module1 'dtb'\n" in done.stdout
    done = subprocess.run(["make", "-s", "-C", ROOT, "run-words", f"DTB={path}"],
                          capture_output=True, text=True, check=True)
    assert "\tmodule2 /boot/module0 'dtb'\n" in done.stdout


def test_more_owners_than_the_balance_keeps(tmp_path):
    """With more reservations than the balance has room for some page frames are nobody's: the kernel's own
    verdict is BAD, and so is the boot's, though it went through to its end."""
    ranges = " ".join(f"<{0x4000000 + i * 0x4000:#x} 0x1000>," for i in range(140)).rstrip(",")
    source = f"""/dts-v1/;
/ {{
	memory@0 {{ device_type = "memory"; reg = <0x0 0x10000000>; }};
	reserved-memory {{ #address-cells = <1>; #size-cells = <1>; ranges; many@0 {{ reg = {ranges}; }}; }};
}};
"""
    machine = machines.Machine(mem=256, modules=((dtb(tmp_path, source), "dtb"),),
                               words=("memdawn.bootalloc=memblock", "memdawn.exit"))
    result = boot(machine)
    assert (result.outcome, result.reason) == (
        runner.Outcome.ENDED, "page frames were lost or counted twice: the balance is BAD")
    assert any("no room for more than 128 owners: many@0 [" in line for line in result.log)
    assert re.fullmatch(r"memdawn: boot complete: \d+ pages free, \d+ reserved, balance BAD",
                        [line for line in result.log if "boot complete" in line][0])
