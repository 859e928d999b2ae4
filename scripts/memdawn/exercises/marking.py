# SPDX-License-Identifier: GPL-2.0-only
"""Marking: what the learner has, against what the real Linux did.

A mark is a comparison; an exercise names those that it wants, the quickest first. The first that fails
says one sentence, and the others are left out: they would only follow from it.
"""

import dataclasses
import json
import pathlib
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence

from memdawn import options, program
from memdawn.emulators import machine as machines, media, runner
from memdawn.exercises import sentences, source, trees
from memdawn.exercises.catalog import Exercise, ExerciseError, PREDICT, Question, WRITE
from memdawn.logs import bootlog
from memdawn.model import buddy, facts
from memdawn.replay import boots

LINUX = options.ROOT / "tests" / "linux"
LIMIT = 40              # seconds for a program: a loop may have no end
SIGNALS = {4: "an instruction that isn't one (an unwritten function, or __builtin_trap())",
           6: "a BUG or a panic", 8: "a division by zero", 9: "no memory, or somebody's kill",
           11: "an address where nothing is"}
# Of a host program's words those that say what is wrong.
TELLING = re.compile(r"^(?:kernel BUG at .*|Kernel panic .*|.*runtime error: .*|"
                     r"ERROR: AddressSanitizer: .*|==\d+==ERROR: .*|case \d+.*)$", re.MULTILINE)


@dataclasses.dataclass
class Marked:
    """What came of it."""
    solved: bool
    says: str
    seconds: float = 0.0
    of: int = 1                  # questions, or comparisons
    right: int = 0


class Wrong(Exception):
    """What is different from Linux, as a sentence without its full stop."""


def lines_of(path: pathlib.Path) -> list[str]:
    """A reference log's lines."""
    return path.read_text(encoding="ascii").splitlines()


def beside(case: pathlib.Path, suffix: str) -> pathlib.Path:
    """A reference case's log or description; its name may have dots of its own."""
    return case.with_name(case.name + suffix)


# --- running what the learner has built ------------------------------------------------------


def built(tree: pathlib.Path, *targets: str) -> pathlib.Path:
    """Makes targets in the learner's tree; the path of the last. Raises Wrong with the compiler's first
    complaint."""
    said = trees.make(tree, targets)
    if said is not None:
        lines = said.splitlines()
        first = next((line for line in lines if "error: " in line),
                     next((line for line in lines if "undefined reference" in line), lines[-1] if lines else ""))
        raise Wrong(f"it can't be compiled: {first.strip()}")
    return tree / targets[-1]


def ended(status: int, said: str) -> str:
    """Why a program of the learner's has ended before its time."""
    told = TELLING.search(said)
    if told:
        return told[0].strip()
    return SIGNALS.get(-status, f"status {status}")


def finished(command: Sequence[str | pathlib.Path], tree: pathlib.Path, given: str = "") -> tuple[int, str]:
    """Runs a program; (its status, what it has printed). Raises Wrong where it has no end."""
    try:
        done = trees.run([str(word) for word in command], tree, LIMIT, given)
    except subprocess.TimeoutExpired:
        raise Wrong(f"yours comes to no end within {LIMIT} seconds: is there a loop that never ends?") from None
    return done.returncode, done.stdout


def machine_name(case: pathlib.Path) -> str:
    """A reference case in words."""
    said = json.loads(beside(case, ".json").read_text(encoding="utf-8"))
    words = [word for word in said["cmdline"].split()
             if not re.match(r"console=|earlyprintk|ignore_loglevel|alloctrace", word)]
    memory = said["qemu"][said["qemu"].index("-m") + 1]
    return f"the machine with {memory} MB" + (f" and {' '.join(words)}" if words else "")


def firmware_log(case: pathlib.Path) -> list[str]:
    """A log of a reference case's machine from its first line on: a trace of allocations has no beginning
    of its own, but the same machine was booted by the other kernel."""
    log = lines_of(beside(case, ".log"))
    if bootlog.SPAN_FIRST in log:
        return log
    return lines_of(LINUX / "bootmem" / f"{case.name.removesuffix('-early')}.log")


def boot(tree: pathlib.Path, layout: str, case: pathlib.Path, words: Sequence[str] = ()) -> list[str]:
    """The log of the learner's boot as a program, on the map of a reference case. Raises Wrong."""
    path = built(tree, f"build/host/replay-{layout}")
    said = json.loads(beside(case, ".json").read_text(encoding="utf-8"))
    line = " ".join([media.with_boot_image(media.with_console(said["cmdline"])), *words, "memdawn.e820=module"])
    with program.temporary_folder() as folder:
        given = pathlib.Path(folder, "e820")
        given.write_bytes(boots.raw_map(facts.bios_map_from_log(firmware_log(case))))
        status, text = finished([path, given, media.kernel_sees(line)], tree)
    log = text.splitlines()
    stopped = next((at for at in log if at.startswith(("Kernel panic - not syncing: ", "kernel BUG at "))), None)
    if status or stopped:
        raise Wrong(f"on {machine_name(case)} yours stops: {stopped or ended(status, text)}")
    return log


# --- the marks: each returns how much it has compared, in words -------------------------------


def mark_log(tree: pathlib.Path, words: Sequence[str]) -> str:
    """log CASE...: the log to the end of mem_init(), every byte of it."""
    count = 0
    for name in words:
        case = LINUX / name
        want = boots.map_lines(bootlog.span(lines_of(beside(case, ".log"))))
        log = boot(tree, "bootmem", case)
        try:
            have = boots.map_lines([line for line in log if not line.startswith(bootlog.OURS)])
        except (boots.ReplayError, ValueError):
            have = [re.sub(r"pgdat [0-9a-f]{8}", "pgdat X", line) for line in log if not boots.HARDWARE.match(line)]
        said = sentences.of_logs(have, want)
        if said:
            raise Wrong(f"on {machine_name(case)} {said}")
        count += len(want)
    return f"{count} lines of {len(words)} of Linux's logs"


def mark_lists(tree: pathlib.Path, words: Sequence[str]) -> str:
    """lists CASE...: the free lists after mem_init()."""
    count = 0
    for name in words:
        case = LINUX / name
        linux = lines_of(beside(case, ".log"))
        want = sentences.lists_of([line for line in linux if line.startswith("AL pre ")])
        have = sentences.lists_of(boot(tree, "alloctrace", case, ["memdawn.dump=zones"]))
        said = sentences.of_lists(have, want)
        if said:
            raise Wrong(f"on {machine_name(case)}, when the boot has freed everything, {said}")
        count += len(want)
    return f"{count} of Linux's free lists"


def boot_steps(linux: Sequence[str]) -> tuple[buddy.Zone, list[tuple[int, int]], list[str]]:
    """How Linux's boot filled ZONE_DMA, from its log's state after it: the zone as it was, its frees in
    order, (page frame, order) each, and the first lines for steps_buddy."""
    state = next(line for line in linux if line.startswith("AW pre DMA "))
    start, spanned, present = (int(number) for number in re.findall(r"(?:start|spanned|present)=(\d+)", state))
    zone = buddy.Zone("DMA", start, spanned, present)
    lines = [f"Z {start} {spanned}"]
    types = next(line for line in linux if line.startswith("AB pre DMA "))
    for pfn, blocks, kind in re.findall(r"(\d+)\+(\d+)=(\d+)", types):
        lines.append(f"B {pfn} {blocks} {kind}")
    free: set[int] = set()
    for (name, order, _), pfns in sentences.lists_of([line for line in linux if line.startswith("AL pre ")]).items():
        if name == "DMA":
            free.update(at for pfn in pfns for at in range(int(pfn), int(pfn) + (1 << order)))
    bitmap = next(re.search(r"\[([0-9a-f]+) - ([0-9a-f]+)\] +BOOTMAP", line) for line in linux if "BOOTMAP" in line)
    assert bitmap is not None
    last = range(int(bitmap[1], 16) >> 12, int(bitmap[2], 16) >> 12)
    frees: list[tuple[int, int]] = []
    pfns_in_order = sorted(free - set(last))
    for pfn in pfns_in_order:
        whole = set(range(pfn & ~31, (pfn & ~31) + 32)) <= free - set(last)
        if not whole:
            frees.append((pfn, 0))
        elif pfn % 32 == 0:
            frees.append((pfn, 5))
    return zone, frees + [(pfn, 0) for pfn in last], lines


def zone_lists(zone: buddy.Zone) -> dict[sentences.ListKey, list[str]]:
    """A zone's lists, as sentences.lists_of() has them."""
    return {(zone.name, order, kind): [str(pfn) for pfn in pfns]
            for order, by_type in enumerate(zone.lists) for kind, pfns in enumerate(by_type) if pfns}


def mark_steps(tree: pathlib.Path, words: Sequence[str]) -> str:
    """steps CASE: ZONE_DMA's lists after each block that the boot frees. Linux's log has the last state;
    the states between are those of the model (memdawn/model), which must end there too."""
    path = built(tree, "build/host/steps_buddy")
    case = LINUX / words[0]
    linux = lines_of(beside(case, ".log"))
    zone, frees, lines = boot_steps(firmware_log(case) + linux)
    lines += [f"F {pfn} {order}" for pfn, order in frees]
    status, text = finished([path], tree, "\n".join(lines) + "\n")
    states = iter(text.splitlines())
    for pfn, order in frees:
        zone.free_block(pfn, order, zone.type_of(pfn))
        have: dict[sentences.ListKey, list[str]] = {}
        for line in states:
            if line == ".":
                break
            match = re.fullmatch(r"o(\d+) t(\d+) : ?(.*)", line)
            if match:
                have["DMA", int(match[1]), int(match[2])] = match[3].split()
        else:
            raise Wrong(f"when page {pfn} is freed yours stops: {ended(status, text)}")
        said = sentences.of_lists(have, zone_lists(zone))
        if said:
            what = f"page {pfn}" if not order else f"the {1 << order} pages from {pfn} on"
            raise Wrong(f"after freeing {what} {said}")
    want = sentences.lists_of([line for line in linux if line.startswith("AL pre DMA ")])
    if zone_lists(zone) != want:
        raise ExerciseError(f"the steps don't end in Linux's lists: {sentences.of_lists(zone_lists(zone), want)}")
    return f"Linux's lists of ZONE_DMA after each of {len(frees)} frees"


def mark_traces(tree: pathlib.Path, _words: Sequence[str]) -> str:
    """traces: 10,000 allocations and frees each, page frame by page frame."""
    status, text = finished([built(tree, "build/host/test_alloctrace")], tree)
    if status:
        told = re.search(r"^(?:ERROR: |\[  ERROR   \] --- )(?!\[)(.+)$", text, re.MULTILINE)
        said = told[1] if told else ended(status, text)
        name = re.search(r"\[  FAILED  \] (\S+)|\[ RUN      \] (\S+)", text)
        where = (name[1] or name[2]) if name else ""
        raise Wrong((f"in the trace of {where}: " if where else "") + said.rstrip("."))
    return "60,000 steps of Linux's allocations"


def mark_property(tree: pathlib.Path, words: Sequence[str]) -> str:
    """property NAME RUNS: random cases against a second model."""
    name, runs = words
    status, text = finished([built(tree, f"build/host/prop_{name}.san"), runs], tree)
    if status:
        told = re.search(r"^case \d+[^:\n]*: (.*)$", text, re.MULTILINE)
        raise Wrong(f"a random case went wrong: {told[1] if told else ended(status, text)}")
    return f"{runs} random cases beside a second model"


def mark_selftest(tree: pathlib.Path, words: Sequence[str]) -> str:
    """selftest MEM NAMES: a boot in QEMU, with the kernel's tests of itself."""
    memory, names = words
    iso = built(tree, "build/memdawn.iso")
    machine = machines.Machine(mem=int(memory), words=(f"memdawn.selftest={names}", machines.EXIT_WORD))
    result = runner.run_qemu(machine, iso, LIMIT)
    if result.outcome == runner.Outcome.NO_TOOL:
        raise ExerciseError(result.reason)
    failed = next((line.split(": not so: ")[1] for line in result.log if ": not so: " in line), None)
    if failed:
        raise Wrong(f"the kernel's own test of {names} wants this, and it is not so: {failed}")
    if result.outcome != runner.Outcome.PASSED:
        stopped = next((line for line in result.log if re.match(
            r"Kernel panic - |kernel BUG at |BUG: |invalid opcode|PANIC", line)), result.reason)
        raise Wrong(f"the boot with {memory} MB ends with: {stopped}")
    return f"the kernel's own test of {names}"


Mark = Callable[[pathlib.Path, Sequence[str]], str]
MARKS: dict[str, tuple[Mark, Callable[[Sequence[str]], list[str]]]] = {
    "log": (mark_log, lambda _: ["build/host/replay-bootmem"]),
    "lists": (mark_lists, lambda _: ["build/host/replay-alloctrace"]),
    "steps": (mark_steps, lambda _: ["build/host/steps_buddy"]),
    "traces": (mark_traces, lambda _: ["build/host/test_alloctrace"]),
    "property": (mark_property, lambda words: [f"build/host/prop_{words[0]}.san"]),
    "selftest": (mark_selftest, lambda _: ["build/memdawn.iso"]),
}


def needed(exercise: Exercise) -> list[str]:
    """What has to be built to mark an exercise."""
    targets = [target for mark in exercise.marks for target in MARKS[mark[0]][1](mark[1:])]
    return [*(["build/memdawn.elf"] if exercise.kind != PREDICT else []), *dict.fromkeys(targets)]


# --- predictions -----------------------------------------------------------------------------


def right_answer(question: Question) -> str:
    """What the real Linux's log says. Raises ExerciseError."""
    path = LINUX / question.log
    found = {match[1] for line in lines_of(path) if (match := re.search(question.answer, line))}
    if len(found) != 1:
        raise ExerciseError(f"{path}: {len(found)} answers to {question.name}")
    return found.pop()


def given_answers(text: str) -> dict[str, str]:
    """What stands in the file ANSWER."""
    lines = [line.partition(":") for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {name.strip(): value.strip() for name, _, value in lines}


def same(have: str, want: str) -> bool:
    """Is an answer right, whatever its blanks, its case and the unit after a number?"""
    ours, linux = re.sub(r"\s+", " ", have).lower(), re.sub(r"\s+", " ", want).lower()
    if re.fullmatch(r"\d+", linux):
        ours = re.sub(r" ?(?:k|kb|m|mb|mib|kib|pages?)$", "", ours).replace(",", "")
    return ours == linux


def mark_answers(exercise: Exercise, folder: pathlib.Path) -> Marked:
    """Marks a prediction. Raises ExerciseError."""
    answers = given_answers((folder / trees.ANSWER).read_text(encoding="utf-8", errors="replace"))
    said = []
    for question in exercise.questions:
        want, have = right_answer(question), answers.get(question.name, "")
        if not have:
            said.append(f"{question.name}: no answer yet")
        elif not same(have, want):
            said.append(f"{question.name} is {want} in Linux and {have} in yours: {question.because}"
                        if len(said) == 0 else f"{question.name} isn't {have} either")
    count = len(exercise.questions)
    if not any(answers.get(one.name) for one in exercise.questions):
        return Marked(False, f"{trees.ANSWER} is still empty: write your answers after the colons", of=count)
    if said:
        return Marked(False, "; ".join(said), of=count, right=count - len(said))
    return Marked(True, f"all {count} answers are what Linux printed", of=count, right=count)


# --- all of it -------------------------------------------------------------------------------


def explained(exercise: Exercise, said: str) -> str:
    """A sentence with the reason that the exercise knows for it."""
    why = next((one.says for one in exercise.because if one.where.search(said)), "")
    return f"{said}: {why}" if why else said


def marks_of(exercise: Exercise, tree: pathlib.Path) -> Iterator[str]:
    """What each of the marks has compared. Raises Wrong."""
    for name, *words in exercise.marks:
        yield MARKS[name][0](tree, words)


def mark(exercise: Exercise, tree: pathlib.Path) -> Marked:
    """Marks what is in an exercise's folder. Raises ExerciseError."""
    start = time.monotonic()
    if exercise.kind == PREDICT:
        marked = mark_answers(exercise, tree)
    else:
        empty = source.unwritten(exercise, (tree / exercise.file).read_text(encoding="utf-8", errors="replace"))
        compared: list[str] = []
        if exercise.kind == WRITE and empty:
            marked = Marked(False, f"{empty[0]}() in {exercise.file} is still empty: write it", of=len(exercise.marks))
        else:
            try:
                for what in marks_of(exercise, tree):
                    compared.append(what)
                marked = Marked(True, f"all of it holds: {', '.join(compared)}", of=len(exercise.marks),
                                right=len(exercise.marks))
            except Wrong as wrong:
                marked = Marked(False, explained(exercise, str(wrong)), of=len(exercise.marks), right=len(compared))
    marked.seconds = round(time.monotonic() - start, 1)
    return marked
