# SPDX-License-Identifier: GPL-2.0-only
"""What Linux 2.6.34 says on another machine's memory map, and why that machine's kernel said
something else.

A difference is explained by a step: a change of Linux (a commit, of which the machine's kernel
is older or newer), an option of its configuration, or a patch. Each step is a parameter of ours
that makes the boot count that way, or, for what our boot has nothing of (nodes, pages of
another size), the figures themselves, computed from the map. The steps are added one after the
other; a figure is explained if it is the real one at the end, and by the steps that changed it
on the way."""

import dataclasses
import pathlib
import re
import struct
import subprocess

from memdawn import machine as machines, maps, media, numa, options, program, runner

FAST = options.ROOT / "build" / "host" / "replay"
FAST_TIMEOUT = 120
FAST_WORDS = ["memdawn.free=bulk"]      # the same numbers, sooner
FW_CFG = "opt/memdawn/e820"
VM_MEM = 1152           # low memory has to be there: 1 GiB is the most that there can be of it
OUR_FIXMAP_PAGES = 25
LIMIT_4G = 1 << 32
OURS = (2, 6, 34)

# Figures of the image that was booted: nobody else's are equal.
OF_THE_IMAGE = ("available", "code", "reserved", "data", "init")


class ReplayError(Exception):
    """The map could not be booted; the message says why."""


@dataclasses.dataclass
class Step:
    """A change or an option.

    name      -- commit and title, the option, or the patch
    words     -- what makes our boot count that way
    tentative -- the log does not tell if it holds: kept if figures become equal by it, and none
                 that was equal becomes different
    figures   -- for what no boot of ours counts: a function of the figures so far, to those that
                 change. Such steps come last.
    """
    name: str
    words: list
    tentative: bool = False
    figures: object = None


# (commit, first release with it, title): kernels before it counted otherwise.
CHANGES = [
    ("e621bd1", (2, 6, 28), "i386: vmalloc size fix"),
    ("499a5f1", (2, 6, 34), "x86: Lift restriction on the location of FIX_BTMAP_*"),
    ("f361a45", (2, 6, 27), "x86: introduce max_low_pfn_mapped for 64-bit"),
    ("1b5576e", (2, 6, 34), "x86: Remove BIOS data range from e820"),
    ("4cfee88", (2, 6, 19), "Have x86 use add_active_range() and free_area_init_nodes"),
    ("0e0b864", (2, 6, 19), "Account for memmap and optionally the kernel image as holes"),
    ("ba56e91", (2, 6, 15), "mm: page_alloc: increase size of per-cpu-pages"),
]


# --- running -------------------------------------------------------------------------------

def raw_map(ranges):
    """Ranges in the form in which the kernel takes them: u64 start, u64 size, u32 type."""
    try:
        return b"".join(struct.pack("<QQI", start, end - start, kind)
                        for start, end, kind in ranges)
    except struct.error as error:
        raise ReplayError(f"the map can't be written in 20-byte entries: {error}") from error


def complaint(log):
    """Why a boot did not use the map, or did not reach its end; None if all is well."""
    for line in log:
        if line == "memdawn: e820: the firmware's map is used":
            return next((said for said in log if said.startswith("memdawn: e820: ")), line)
        if line.startswith("Kernel panic - not syncing: "):
            return line
    return None


class Fast:
    """The kernel's sources as a program: make replay-fast."""
    name = "host build"

    def __init__(self, path=FAST):
        self.program = pathlib.Path(path)
        if not self.program.is_file():
            raise ReplayError(f"{self.program}: no such file (make replay-fast builds it)")

    def boot(self, ranges, cmdline, words):
        """The log of a boot on a map."""
        line = " ".join([media.with_boot_image(media.with_console(cmdline)), *words,
                         "memdawn.e820=module", *FAST_WORDS])
        with program.temporary_folder() as folder:
            path = pathlib.Path(folder, "e820")
            path.write_bytes(raw_map(ranges))
            try:
                done = subprocess.run([self.program, path, media.kernel_sees(line)], text=True,
                                      capture_output=True, check=False, timeout=FAST_TIMEOUT)
            except subprocess.TimeoutExpired as error:
                raise ReplayError(f"no end within {FAST_TIMEOUT} s") from error
        log = done.stdout.splitlines()
        why = complaint(log) or (done.returncode and
                                 f"{self.program.name} ended with status {done.returncode} "
                                 f"{done.stderr.strip()}")
        if why:
            raise ReplayError(why)
        return log


class VM:
    """The kernel in QEMU, which hands it the map through fw_cfg."""
    name = "virtual machine"

    def __init__(self, iso, timeout=runner.DEFAULT_TIMEOUT):
        self.iso, self.timeout = iso, timeout

    def boot(self, ranges, cmdline, words):
        """The log of a boot on a map."""
        with program.temporary_folder() as folder:
            path = pathlib.Path(folder, "e820")
            path.write_bytes(raw_map(ranges))
            machine = machines.Machine(
                mem=VM_MEM, cmdline=media.with_console(cmdline),
                words=(*words, "memdawn.e820=fw_cfg", machines.EXIT_WORD),
                qemu_args=["-fw_cfg", f"name={FW_CFG},file={path}"])
            result = runner.run_qemu(machine, self.iso, self.timeout)
        why = complaint(result.log)
        if why or result.outcome != runner.Outcome.PASSED:
            raise ReplayError(why or f"{result.outcome.name.lower()}: {result.reason}")
        return result.log


# What the log says of the machine that it ran on, not of the map.
HARDWARE = re.compile(r"^(?:MTRR |  [0-9A-F]{5}-[0-9A-F]{5} |  \d+ (?:disabled$|base )|bootconsole |"
                      r"debug: ignoring loglevel|Enabling (?:fast|unmasked) |Initializing CPU#|"
                      r"memdawn: )")


def map_lines(log):
    """The lines of a memory span that follow from the map and the image alone: the same from the
    VM and from the host build, but for pgdat, a variable of either program."""
    lines = []
    for line in log[log.index("BIOS-provided physical RAM map:"):]:
        if not HARDWARE.match(line):
            lines.append(re.sub(r"pgdat [0-9a-f]{8}", "pgdat X", line))
        if line.startswith("Checking if this processor honours the WP bit"):
            return lines
    raise ReplayError("the log breaks off")


# --- steps ---------------------------------------------------------------------------------

def fixmap_step(found):
    """The size of the fixmap, from the log's own layout."""
    window = found.facts.get("layout", {}).get("fixmap")
    if not window or window[1] != maps.FIXADDR_TOP:
        return []
    pages = (window[1] - window[0]) >> 12
    if pages == OUR_FIXMAP_PAGES:
        return []
    return [Step(f"configuration (CONFIG_NR_CPUS, CONFIG_X86_IO_APIC, ...): {pages} fixed pages "
                 f"instead of {OUR_FIXMAP_PAGES}", [f"memdawn.fixmap={pages}"])]


def cut_out(start, end, reserved):
    """What of [start, end) the reserved ranges cover."""
    return [(max(start, first), min(end, last)) for first, last in reserved
            if max(start, first) < min(end, last)]


def low_reservations(found):
    """Ranges of the first 64 KiB that the kernel's own rules took out of the firmware's RAM."""
    modified = found.maps.get("modified") or found.maps.get("user")
    if modified:
        ram = [(start, min(end, 0x10000)) for start, end, kind in found.ranges
               if kind == maps.RAM and start < 0x10000]
        reserved = [(start, end) for start, end, kind in modified if kind == maps.RESERVED]
        return [piece for start, end in ram for piece in cut_out(start, end, reserved)]
    borders = found.facts.get("zone_pfn_ranges", {}).get("DMA")
    return [(0, 0x10000)] if borders and borders[0] == 16 else []


def low_memory_step(found):
    """The options that keep the kernel away from the first 64 KiB."""
    taken = [(start, end) for start, end in low_reservations(found)
             if (start, end) != (0, 0x1000)]
    if not taken or not found.release or found.release < (2, 6, 28):
        return []
    whole = taken == [(0, 0x10000)]
    name = ("CONFIG_X86_RESERVE_LOW_64K (fc38151, 2.6.28): nothing below 64 KiB is used" if whole
            else "CONFIG_X86_CHECK_BIOS_CORRUPTION (5394f80, 2.6.28): free pages below 64 KiB are "
            "watched, not used")
    return [Step(name, [f"memmap={end - start}${start}" for start, end in taken])]


def batch_step(release):
    """Batches before they were 2^n - 1: 2.4 had none, 2.6.12-rc2 had these still."""
    if not (2, 5) <= release < (2, 6, 12):
        return []

    def figures(state):
        return {name: [value[0], numa.batch(value[0])] for name, value in state.items()
                if name.startswith("zone_pages.")}
    return [Step("before Nick Piggin's \"clamp batch size to (2^n)-1\" (April 2005, after 2.6.12-rc2)",
                 [], figures=figures)]


def numa_steps(found):
    """Nodes and page clustering."""
    return [Step(name, [], figures=lambda _, figures=figures: figures)
            for name, figures in numa.explanations(found)]


def steps_for(found):
    """All that may make the machine's kernel say something else than ours, in the order in which
    it acts."""
    steps = []
    if found.pae is False:
        steps.append(Step("CONFIG_HIGHMEM4G instead of HIGHMEM64G: page tables of two levels, "
                          "4 GiB", ["memdawn.highmem=4G"]))
    steps += fixmap_step(found)
    release = found.release or OURS
    changes = [Step(f"before {commit} ({'.'.join(map(str, first))}), \"{title}\"", [commit])
               for commit, first, title in CHANGES if release < first]
    steps += changes + low_memory_step(found)
    if (2, 6, 25) <= release < (2, 6, 28):
        steps.append(Step("CONFIG_CGROUP_MEM_RES_CTLR (78fb746, 2.6.25, to 52d4b9a, 2.6.28): struct "
                          "page has 36 bytes", ["memdawn.struct_page=36"], tentative=True))
    return steps + batch_step(release) + numa_steps(found)


def step_words(steps):
    """Steps as (words of the command line, words of ours)."""
    given = [word for step in steps for word in step.words]
    commits = [word for word in given if re.fullmatch(r"[0-9a-f]{7}", word)]
    ours = [word for word in given if word.startswith("memdawn.")]
    if commits:
        ours.append(f"memdawn.before={','.join(commits)}")
    return [word for word in given if word.startswith("memmap=")], ours


# --- comparing -----------------------------------------------------------------------------

def flat(facts):
    """Figures by name, one level deep; those of the image are left out."""
    result = {}
    for name, value in facts.items():
        if name == "memory_kb":
            value = {key: kb for key, kb in value.items() if key not in OF_THE_IMAGE}
        if isinstance(value, dict):
            result.update({f"{name}.{key}": part for key, part in value.items()})
        else:
            result[name] = value
    return result


def equal(ours, theirs):
    """Are two figures the same? One of 2.4's zones has no batch."""
    if isinstance(ours, list) and isinstance(theirs, list) and len(theirs) == 1:
        return ours[:1] == theirs
    return ours == theirs


@dataclasses.dataclass
class Row:
    """A figure: what 2.6.34 says, what that kernel said, and the steps from one to the other."""
    name: str
    ours: object
    theirs: object
    equal: bool
    explained: bool
    computed: object
    reasons: list


@dataclasses.dataclass
class Outcome:
    """Of a replay: our log, the steps that were taken, and a row for each figure."""
    log: list
    steps: list
    rows: list

    @property
    def unexplained(self):
        """The rows that nothing explains."""
        return [row for row in self.rows if not row.equal and not row.explained]


def cut_ranges(found):
    """The map as the machine's kernel could use it: below 4 GiB where it has no PAE."""
    if found.pae is not False:
        return found.ranges
    return [(start, min(end, LIMIT_4G), kind) for start, end, kind in found.ranges
            if start < LIMIT_4G]


def better(before, after, theirs):
    """Has a step made figures equal, and none different that was equal?"""
    was = {name for name in theirs if equal(before.get(name), theirs[name])}
    now = {name for name in theirs if equal(after.get(name), theirs[name])}
    return was < now


def replay(found, machine, given=()):
    """Boots 2.6.34 on what was found, with these words of ours, then adds the steps. Raises
    ReplayError."""
    words = " ".join(found.words)
    log = machine.boot(cut_ranges(found), words, list(given))
    theirs = flat(found.facts)
    states = [flat(maps.facts_of(log))]
    taken = []
    for step in steps_for(found):
        if all(equal(states[-1].get(name), value) for name, value in theirs.items()):
            break
        if step.figures:
            state = {**states[-1], **step.figures(states[-1])}
        else:
            memmap, ours = step_words([*taken, step])
            state = flat(maps.facts_of(machine.boot(found.ranges, " ".join([*found.words, *memmap]),
                                                    [*given, *ours])))
        if step.tentative and not better(states[-1], state, theirs):
            continue
        taken.append(step)
        states.append(state)
    rows = []
    for name in [*theirs, *(name for name in states[0] if name not in theirs)]:
        values = [state.get(name) for state in states]
        known = name in theirs
        same = known and equal(values[0], theirs[name])
        reasons = [index for index, (a, b) in enumerate(zip(values, values[1:])) if a != b]
        rows.append(Row(name, values[0], theirs.get(name), same or not known,
                        bool(known and not same and reasons and equal(values[-1], theirs[name])),
                        values[-1], [] if same or not known else reasons))
    return Outcome(log, taken, rows)
