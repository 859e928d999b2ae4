# SPDX-License-Identifier: GPL-2.0-only
"""The tests that the kernel runs on itself (src/selftest), on different machines: their
results are KTAP on the serial line."""

import dataclasses
import re

import pytest

from boot import BUILD, BUILD_CLANG, BUILD_DEBUG, boot, failure, words
from memdawn.emulators import machine as machines, runner

NAMES = ["fill", "stress", "exhaust", "badpage", "compound", "exact", "pkmap", "kmap_atomic",
         "slab", "slab_debug", "vmalloc", "ioremap", "faults"]
HIGH_MEMORY_ONLY = ["pkmap", "kmap_atomic"]
RESULT = re.compile(r"(ok|not ok) (\d+) (\w+)(?: # (.*))?")


@dataclasses.dataclass
class Report:
    """What KTAP said."""
    result: runner.Result
    lines: list              # from the first line on
    passed: list
    skipped: list
    failed: dict             # name to reason


def selftest(names, machine, build=BUILD):
    """Boots and reads the results; their form is checked."""
    machine.words = words(f"memdawn.selftest={names}" if names else "memdawn.selftest",
                          *machine.words)
    result = boot(machine, build)
    assert result.log.count("KTAP version 1") == 1, failure(result)
    lines = result.log[result.log.index("KTAP version 1"):]
    report = Report(result, lines, [], [], {})
    plan = re.fullmatch(r"1\.\.(\d+)", lines[1])
    assert plan, lines[1]
    results = [match for match in map(RESULT.fullmatch, lines[2:]) if match]
    assert [int(match[2]) for match in results] == list(range(1, int(plan[1]) + 1)), \
        failure(result)
    for status, _, name, remark in (match.groups() for match in results):
        if status == "not ok":
            report.failed[name] = remark
        elif remark and remark.startswith("SKIP "):
            report.skipped.append(name)
        else:
            assert remark is None
            report.passed.append(name)
    return report


def assert_passed(report, skipped=()):
    """All tests ran, in their order, and the boot ended as a good one."""
    assert not report.failed, "\n".join(line for line in report.lines if line.startswith("#"))
    assert report.result.outcome == runner.Outcome.PASSED, failure(report.result)
    assert report.skipped == list(skipped)
    assert report.passed == [name for name in NAMES if name not in skipped]


@pytest.mark.parametrize("mem, cmdline, ours, skipped", [
    (1200, "", (), ()),
    (1200, "", ("memdawn.debug",), ()),
    (64, "", (), HIGH_MEMORY_ONLY),
    (48, "mem=20M", (), HIGH_MEMORY_ONLY),          # grouping by mobility is off
    (1536, "kernelcore=512M", (), ()),              # a zone Movable, in high memory
    (512, "kernelcore=256M vmalloc=300M", ("memdawn.debug",), HIGH_MEMORY_ONLY),
    (1200, "highmem=600M memmap=7K$300M memmap=100M$1000M", (), ()),
], ids=lambda value: str(value or "-"))
def test_all(mem, cmdline, ours, skipped):
    """Everything, where memory is laid out in different ways."""
    machine = machines.Machine(mem=mem, words=ours)
    machine.cmdline = " ".join([machine.cmdline, cmdline]).strip()
    assert_passed(selftest("", machine), skipped)


@pytest.mark.parametrize("nodes, cmdline, ours, skipped", [
    ([512, 512], "", (), ()),                       # of node 1 the larger part is low memory
    # Node 0 has no high memory, and gives of its low memory before node 1 is asked.
    ([600, 600, 100], "numa_zonelist_order=node", ("memdawn.debug",), HIGH_MEMORY_ONLY),
    ([700, 1, 499], "kernelcore=512M", (), ()),     # a node that has no room for its own struct pages
], ids=lambda value: "+".join(map(str, value)) if isinstance(value, list) else str(value or "-"))
def test_nodes(nodes, cmdline, ours, skipped):
    """Everything with several nodes, each of which is filled on its own and then falls back to another."""
    machine = machines.Machine(mem=sum(nodes), nodes=nodes, numa=True, words=ours)
    machine.cmdline = " ".join([machine.cmdline, cmdline]).strip()
    report = selftest("", machine)
    assert_passed(report, skipped)
    filled = [match.groups() for match in (re.fullmatch(
        r"# fill: node (\d), \d+ pages; the next one is node (\d)'s, \w+", line) for line in report.lines) if match]
    assert [int(node) for node, _ in filled] == list(range(len(nodes)))
    assert all(node != other for node, other in filled)


# Those that don't touch every page of RAM, of which the host would need as much.
WITHOUT_FILL = [name for name in NAMES if name != "fill"]


@pytest.mark.parametrize("mem", [4140, 65536])
def test_more_memory_than_bytes_can_be_counted_in_32_bits(mem):
    """Numbers of pages that are no numbers of bytes any more."""
    report = selftest(",".join(WITHOUT_FILL), machines.Machine(mem=mem, words=()))
    assert not report.failed and not report.skipped, report.lines
    assert report.passed == WITHOUT_FILL


@pytest.mark.parametrize("cmdline, ours, skipped", [
    ("vmalloc=4M", (), ["vmalloc"]),
    ("vmalloc=8K", (), ["stress", "slab", "vmalloc", "ioremap"]),
    ("", ("memdawn.before=1b5576e",), []),      # page 0 is RAM, so ioremap() may not have it
])
def test_odd_layouts(cmdline, ours, skipped):
    """What there is no room for is skipped; nothing fails."""
    machine = machines.Machine(mem=1200, words=ours)
    machine.cmdline = " ".join([machine.cmdline, cmdline]).strip()
    assert_passed(selftest("", machine), skipped)


@pytest.mark.parametrize("cpu", ["qemu64,-nx", "qemu64,-pse", "qemu64,-pge", "qemu32"])
def test_all_on_other_cpus(cpu):
    """What page tables look like depends on the CPU."""
    assert_passed(selftest("", machines.Machine(mem=1200, cpu=cpu, words=())))


def test_all_built_by_clang():
    """The other compiler's kernel."""
    assert_passed(selftest("", machines.Machine(mem=1200, words=()), BUILD_CLANG))


def test_all_with_assertions():
    """The kernel that checks what its page allocator takes for granted, and panics."""
    assert_passed(selftest("", machines.Machine(mem=1200, words=()), BUILD_DEBUG))


def test_one_seed_again():
    """A random test's seed can be given, and then does the same."""
    numbers = set()
    for _ in range(2):
        report = selftest("stress:4711", machines.Machine(mem=256, words=()))
        assert report.passed == ["stress"]
        assert any(line.startswith("# stress: seed 4711 ") for line in report.lines)
        numbers.add(next(line for line in report.lines
                         if re.match(r"# stress: \d+ blocks allocated", line)))
    assert len(numbers) == 1


def test_unknown_name():
    """Who asks for a test that is not there gets a failure, and QEMU a status that says so."""
    report = selftest("exact,nonsense,compound", machines.Machine(mem=64, words=()))
    assert report.passed == ["exact", "compound"]
    assert list(report.failed) == ["nonsense"]
    assert report.result.outcome == runner.Outcome.ENDED
    assert report.result.reason == "a selftest failed"


def test_reports_of_the_allocator():
    """Exhaustion is reported as Linux reports it; so is a page that must not be freed."""
    report = selftest("exhaust,badpage", machines.Machine(mem=64, words=()))
    assert report.passed == ["exhaust", "badpage"]
    start = report.lines.index("swapper: page allocation failure. order:0, mode:0x1")
    text = "\n".join(report.lines[start:])
    for pattern in (r"^Call Trace:$", r"^Mem-Info:$", r"^DMA per-cpu:$",
                    r"^CPU    0: hi: +\d+, btch: +\d+ usd: +\d+$",
                    r"^DMA free:\d+kB min:\d+kB low:\d+kB high:\d+kB active_anon:0kB ",
                    r"^lowmem_reserve\[\]: \d+ \d+ \d+ \d+$",
                    r"^DMA: (\d+\*\d+kB ){11}= \d+kB$", r"^0 total pagecache pages$",
                    r"^BUG: Bad page state in process swapper  pfn:[0-9a-f]{5}$",
                    r"^page:[0-9a-f]{8} count:0 mapcount:0 mapping:\(null\) index:0x0$",
                    r"^page flags: 0x[0-9a-f]+\(reserved\)$",
                    r"^memdawn: freed with order 1, allocated with order 2: it stays in use$",
                    r"^Pid: 0, comm: swapper Tainted: G    B      2\.6\.34 #1$"):
        assert re.search(pattern, text, re.M), pattern
