# SPDX-License-Identifier: GPL-2.0-only
"""The exercises as data: exercises/NN-NAME.toml."""

import dataclasses
import pathlib
import re
import tomllib
from typing import Any

from memdawn import options

FOLDER = options.ROOT / "exercises"
PREDICT, FIND, WRITE = "predict", "find", "write"
KINDS = {PREDICT: "predict", FIND: "find the bug", WRITE: "write it yourself"}
HINTS = 3


class ExerciseError(Exception):
    """An exercise can't be prepared or marked; the message says why."""


@dataclasses.dataclass(frozen=True)
class Question:
    """Something to predict, and the real log that has the answer."""
    name: str
    ask: str
    log: str                # below tests/linux
    answer: str             # a regular expression for one of its lines; the answer is its group
    because: str


@dataclasses.dataclass(frozen=True)
class Because:
    """Why it is as it is, said where this text stands in what is wrong."""
    where: re.Pattern[str]
    says: str


@dataclasses.dataclass(frozen=True)
class Exercise:
    """One exercise."""
    number: int
    name: str
    title: str
    kind: str
    minutes: int
    needs: str
    teaches: str
    task: str
    hints: list[str]
    solution: str
    file: str                   # of the kernel, where something is wrong or missing
    functions: list[str]        # whose bodies are taken out
    right: str                  # a piece of the file, there once, and what becomes of it
    wrong: str
    questions: list[Question]
    marks: list[list[str]]      # what is tried, in this order: marking.MARKS
    because: list[Because]

    @property
    def key(self) -> str:
        """What its folder is called."""
        return f"{self.number:02}-{self.name}"


def read(path: pathlib.Path) -> Exercise:
    """An exercise from its file. Raises ExerciseError."""
    named = re.fullmatch(r"(\d\d)-([a-z0-9-]+)", path.stem)
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        found = Exercise(
            number=int(named[1]) if named else 0, name=named[2] if named else "",
            title=data["title"], kind=data["kind"], minutes=data["minutes"], needs=data["needs"],
            teaches=data["teaches"], task=data["task"].strip(), hints=data["hints"],
            solution=data["solution"].strip(), file=data.get("file", ""),
            functions=data.get("functions", []), right=data.get("right", ""),
            wrong=data.get("wrong", ""),
            questions=[Question(**one) for one in data.get("question", [])],
            marks=[mark.split() for mark in data.get("marks", [])],
            because=[Because(re.compile(one["where"]), one["says"]) for one in data.get("because", [])])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, re.error) as error:
        raise ExerciseError(f"{path}: {error}") from error
    if not named or found.kind not in KINDS or len(found.hints) != HINTS:
        raise ExerciseError(f"{path}: NN-name.toml, a kind of {', '.join(KINDS)} and {HINTS} hints are wanted")
    return found


def all_exercises(folder: pathlib.Path = FOLDER) -> list[Exercise]:
    """Every exercise, by number. Raises ExerciseError."""
    return [read(path) for path in sorted(folder.glob("*.toml"))]


def find(exercises: list[Exercise], wanted: str) -> Exercise:
    """An exercise by its number or its name. Raises ExerciseError."""
    for one in exercises:
        if wanted in (str(one.number), f"{one.number:02}", one.name, one.key):
            return one
    raise ExerciseError(f"there is no exercise {wanted}: 1 to {len(exercises)} are there")
