# SPDX-License-Identifier: GPL-2.0-only
"""Pieces of C sources by their names: a function's body, wherever in the file it stands."""

import re

from memdawn.exercises.catalog import Exercise, ExerciseError, FIND, WRITE

TODO = "/* EXERCISE: this function is yours to write. */"
EMPTY_BODY = f"{{\n\t{TODO}\n\t__builtin_trap();\n}}\n"


def body_span(text: str, function: str) -> tuple[int, int]:
    """(start, end) of a function's body in a source, both braces included. Raises ExerciseError."""
    for found in re.finditer(rf"^[a-z_](?:[^\n;{{}}]*[ *])?{function}\([^;{{}}]*\)\n(?={{$)", text, re.MULTILINE):
        end = text.find("\n}\n", found.end())
        if end >= 0:
            return found.end(), end + 3
    raise ExerciseError(f"no function {function}() with a body of its own")


def body(text: str, function: str) -> str:
    """A function's body, both braces included. Raises ExerciseError."""
    start, end = body_span(text, function)
    return text[start:end]


def with_body(text: str, function: str, new: str) -> str:
    """A source with another body for a function. Raises ExerciseError."""
    start, end = body_span(text, function)
    return text[:start] + new + text[end:]


def unsolved(exercise: Exercise, text: str) -> str:
    """The exercise's file as the learner gets it. Raises ExerciseError: the exercise doesn't fit the
    tree any more."""
    if exercise.kind == FIND:
        times = text.count(exercise.right)
        if times != 1:
            raise ExerciseError(f"exercise {exercise.key} no longer fits {exercise.file}: this stands there "
                                f"{times} times: {exercise.right.strip()}")
        return text.replace(exercise.right, exercise.wrong)
    for function in exercise.functions if exercise.kind == WRITE else []:
        try:
            text = with_body(text, function, EMPTY_BODY)
        except ExerciseError as error:
            raise ExerciseError(f"exercise {exercise.key} no longer fits {exercise.file}: {error}") from error
    return text


def unwritten(exercise: Exercise, text: str) -> list[str]:
    """The functions that the learner has not begun to write."""
    found = []
    for function in exercise.functions:
        try:
            if TODO in body(text, function):
                found.append(function)
        except ExerciseError:
            pass
    return found
