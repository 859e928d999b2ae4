# SPDX-License-Identifier: GPL-2.0-only
"""Boots a machine under GDB and makes the document that every picture is drawn from: one dict,
ready for JSON. README.md has its form."""

import bisect
import json
import os
import pathlib
from collections.abc import Sequence

from memdawn.emulators import stepping
from memdawn.emulators.machine import Machine
from memdawn.emulators.runner import Outcome
from memdawn.options import ROOT
from memdawn.program import StrPath
from report import document, ranges
from report.document import Document, Event, BootRecord, Line

SCHEMA = "memdawn-report-1"
LAST_LINES = 5           # of the log, where a boot fails
EXCERPT = 3              # lines of source around one that is in no function


class CollectError(Exception):
    """The boot could not be followed to its end; the text says why."""

    def __init__(self, text: str, outcome: Outcome = Outcome.ENDED) -> None:
        super().__init__(text)
        self.outcome = outcome


def boot(machine: Machine, iso: StrPath, elf: StrPath, timeout: float) -> BootRecord:
    """Boots a Machine under GDB; returns what in_gdb.py wrote."""
    script = pathlib.Path(__file__).with_name("in_gdb.py")
    with stepping.stopped(machine, iso, elf) as vm:
        path = os.path.join(vm.directory, "found.json")
        done = vm.gdb([f"source {script}", f"python collect({path!r})"], timeout=timeout)
        try:
            with open(path, encoding="utf-8") as file:
                found: BootRecord = json.load(file)
        except (OSError, ValueError) as error:
            raise CollectError(f"GDB has failed ({error}):\n{done.stdout.strip()}") from error
        last = [line["text"] for line in found["log"][-LAST_LINES:]] or vm.last_words(LAST_LINES)
    if "error" in found:
        raise CollectError("\n  ".join([f"the boot ended early: {found['error']}"] +
                                       (["the log up to there ends with:"] + last if last else [])))
    return found


def log_lines(found: BootRecord) -> list[Line]:
    """The log's lines, each with the call of printk() that began it and the stage to which it
    leads. Where a line lies in the ring follows from the lengths of all, from the end on."""
    prints = [event for event in found["events"] if event["kind"] == "print"]
    starts = [event["at"] for event in prints]
    ends = [stage["log_end"] for stage in found["stages"]]
    sizes = [len(line["text"]) + 1 + (3 if line["level"] is not None else 0)
             for line in found["log"]]
    at = found["log_end"] - sum(sizes)
    if not found["log_start"]:
        at = 0               # the last line may not be ended yet
    lines: list[Line] = []
    for line, size in zip(found["log"], sizes):
        which = bisect.bisect_right(starts, at) - 1
        lines.append({"text": line["text"], "level": line["level"],
                      "stage": min(bisect.bisect_right(ends, at), len(ends) - 1),
                      "calls": prints[which]["calls"] if which >= 0 else []})
        at += size
    return lines


def join_allocations(events: list[Event]) -> None:
    """An owner is named right after his allocation: the allocation's line is the better one."""
    last: Event | None = None
    for event in events:
        if event["kind"] == "allocate":
            last = event
        elif event["kind"] == "own" and last and \
                [c["function"] for c in event["calls"]] == [c["function"] for c in last["calls"]]:
            event["calls"] = last["calls"]
            last = None


def function_around(text: Sequence[str], line: int) -> range:
    """The numbers of the lines of the function in which a line lies, with its comment; where it lies in
    none, of a few around it. A function's body begins and ends with a brace in the first column."""
    here = next((number for number in range(line, len(text) + 1) if text[number - 1][:1] in ("{", "}")), 0)
    if here and text[here - 1].startswith("{"):          # in its head
        body = here
        here = next((number for number in range(here, len(text) + 1) if text[number - 1].startswith("}")), 0)
    else:
        body = next((number for number in range(here, 0, -1) if text[number - 1].startswith("{")), 0)
    first = body
    while first > 1 and text[first - 2].strip():
        first -= 1
    if not here or not body or not first <= line <= here:
        return range(max(1, line - EXCERPT), min(len(text), line + EXCERPT) + 1)
    return range(first, here + 1)


def excerpts(made: Document) -> dict[str, dict[str, str]]:
    """The functions of all source lines that the document names: file to line to text."""
    wanted: dict[str, set[int]] = {}
    places = [call for line in made["log"] for call in line["calls"]]
    places += [call for event in made["events"] for call in event["calls"]]
    places += [stage["source"] for stage in made["stages"]]
    for place in places:
        if place["file"]:
            wanted.setdefault(place["file"], set()).add(place["line"])
    found = {}
    for name, lines in sorted(wanted.items()):
        path = ROOT / name
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace").splitlines()
        numbers = {number for line in lines for number in function_around(text, line)}
        found[name] = {str(number): text[number - 1] for number in sorted(numbers)}
    return found


def describe(machine: Machine, found: BootRecord) -> document.Booted:
    """What was booted, as the kernel itself saw it."""
    first = ranges.data(found["stages"][0], "raw_e820")
    last = found["stages"][-1]
    allocator = ranges.data(last, "machine")["boot_allocator"]
    borders = {name: border["value"] for name, border in ranges.data(last, "borders").items()}
    return {"mem": None if machine.hardware is not None else machine.mem,
            "board": None if machine.hardware is not None else machine.board,
            "cpu": None if machine.hardware is not None else machine.cpu,
            "qemu": machine.hardware_args(), "loader": first["loader"],
            "command_line": first["command_line"], "boot_allocator": allocator,
            "borders": borders}


def collect(machine: Machine, iso: StrPath, elf: StrPath, title: str,
            timeout: float = 900) -> Document:
    """The document of one boot."""
    found = boot(machine, iso, elf, timeout)
    stages, events = found["stages"], found["events"]
    join_allocations(events)
    ranges.add_ranges(stages, events)
    made: Document = {"schema": SCHEMA, "title": title, "machine": describe(machine, found),
                      "stages": stages, "events": events, "log": log_lines(found)}
    made["version"] = made["log"][0]["text"] if made["log"] else ""
    made["sources"] = excerpts(made)
    return made
