# SPDX-License-Identifier: GPL-2.0-only
"""The document that every picture is drawn from, as README.md describes it, ready for JSON."""

from typing import TypedDict

from memdawn.state import Reading
from memdawn.state.kernel import LogLine


class Call(TypedDict):
    """A call: the function that makes it, and where."""
    function: str
    file: str | None
    line: int


class Event(TypedDict, total=False):
    """Something that was noted: its kind and its calls, and of the rest what its kind has."""
    kind: str
    calls: list[Call]
    function: str
    at: int                      # print: where the log ended
    ranges: list[list[int]]      # free, pages, page tables: what is new then
    # arguments of the function
    name: str
    owner: str
    p: str | None
    start: int
    end: int
    size: int
    type: int
    old_type: int
    new_type: int


# How a range is mapped, and what it allows; "global" is a word of Python's.
Permissions = TypedDict("Permissions", {"phys": int, "write": bool, "execute": bool, "global": bool,
                                "cache": bool, "page": int})


class StageRange(TypedDict, total=False):
    """A range at a stage. zone: of physical ones; why and mapping: of virtual ones."""
    start: int
    end: int
    kind: str
    owner: str
    zone: str | None
    why: str
    mapping: Permissions | None
    event: int | None
    since: int


class Stage(TypedDict, total=False):
    """A milestone with the state there."""
    name: str
    when: str
    function: str
    meaning: str
    source: Call
    log_end: int
    events: int
    state: dict[str, Reading]
    physical: list[StageRange]
    virtual: list[StageRange]


class Line(TypedDict):
    """A line of the log."""
    text: str
    level: int | None
    stage: int
    calls: list[Call]


class Booted(TypedDict):
    """What was booted, as the kernel itself saw it."""
    mem: int | None
    board: str | None
    cpu: str | None
    qemu: list[str]
    loader: str
    command_line: str
    boot_allocator: str
    borders: dict[str, int | None]


class Document(TypedDict, total=False):
    """One boot."""
    schema: str
    title: str
    version: str
    machine: Booted
    stages: list[Stage]
    events: list[Event]
    log: list[Line]
    sources: dict[str, dict[str, str]]


class BootRecord(TypedDict, total=False):
    """What in_gdb.py has written; error: why the boot ended early, with the log up to there."""
    stages: list[Stage]
    events: list[Event]
    log: list[LogLine]
    log_start: int
    log_end: int
    error: str
