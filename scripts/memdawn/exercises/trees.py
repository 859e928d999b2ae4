# SPDX-License-Identifier: GPL-2.0-only
"""The tree of its own in which an exercise is done.

It is a copy with a history of its own, of one commit: `git diff' there shows what the learner has
changed, and nothing shows what was changed for him. What is built is copied too, so that a make there
compiles only what has been changed.
"""

import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence

from memdawn import options
from memdawn.exercises import source
from memdawn.exercises.catalog import Exercise, ExerciseError, PREDICT

PLACE = options.ROOT / "build" / "exercises"
ANSWER, TASK = "ANSWER", "TASK.md"
# What a learner need not see, or what git has no use for.
LEFT_OUT = ("exercises", "scripts/exercise", "scripts/memdawn/exercises", ".version")
NOT_SOURCES = re.compile(r"(?:\.git|build|build-[^/]*|iso)(?:/|$)|(?:.*/)?(?:__pycache__|\.pytest_cache)(?:/|$)")
BUILT = ("src", "host/bulk", "host/san", "host/fast", "asm-offsets.s", "asm-offsets.inc", "asm-offsets.d",
         "version.h", "objects.list")
MAKE = ("make", "-s", "CC=gcc", "DEBUG=", "O=build", "DEPS=no", "WERROR=")
GIT = ("git", "-c", "user.name=memdawn", "-c", "user.email=exercise@localhost", "-c", "commit.gpgsign=false",
       "-c", "core.hooksPath=/dev/null", "-c", "init.defaultBranch=exercise")


def environment() -> dict[str, str]:
    """What a make or a git here may know of the make or the git that has started this."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MFLAGS", "GIT_", "MEMDAWN_")) and name not in ("SEED", "RUNS", "TESTS")}


def run(command: Sequence[str], folder: pathlib.Path, limit: float | None = None,
        given: str = "") -> subprocess.CompletedProcess[str]:
    """A command in a folder; its output and errors together. Raises TimeoutExpired."""
    return subprocess.run(command, cwd=folder, env=environment(), input=given, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit, check=False)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """While nobody else builds in the main tree: the Makefile takes the same lock."""
    lock = options.ROOT / "build" / "lock"
    lock.parent.mkdir(exist_ok=True)
    with open(lock, "a", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def make(folder: pathlib.Path, targets: Sequence[str]) -> str | None:
    """Makes targets. Returns what make said where it failed, else None."""
    done = run([*MAKE, "-j2", *targets], folder)
    return done.stdout if done.returncode else None


def is_left_out(name: str) -> bool:
    """Whether a file or a folder of the tree, named from its top, is not copied."""
    return bool(NOT_SOURCES.match(name)) or any(name == one or name.startswith(f"{one}/") for one in LEFT_OUT)


def files(root: pathlib.Path) -> Iterator[str]:
    """The tree's files, named from its top; with git those that git knows or would add."""
    if (root / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, text=True,
                                env=environment(), stdout=subprocess.PIPE, check=True)
        yield from (name for name in filter(None, listed.stdout.split("\0"))
                    if (root / name).is_file() and not is_left_out(name))
        return
    for place, folders, names in os.walk(root):
        here = pathlib.Path(place).relative_to(root)
        folders[:] = [name for name in folders if not is_left_out(str(here / name))]
        yield from (str(here / name) for name in names if not is_left_out(str(here / name)))


def copy_built(tree: pathlib.Path) -> None:
    """What the main tree has built, with its times. Objects are shared until they are made anew."""
    for name in BUILT:
        start, end = options.ROOT / "build" / name, tree / "build" / name
        if start.is_dir():
            shutil.copytree(start, end)
        elif start.is_file():
            end.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(start, end)


def copy_tree(tree: pathlib.Path) -> None:
    """The sources and what is built of them."""
    for name in files(options.ROOT):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(options.ROOT / name, tree / name)
    version = run([*MAKE, "version"], options.ROOT).stdout
    (tree / ".version").write_text(version, encoding="ascii")
    copy_built(tree)


def commit(tree: pathlib.Path) -> None:
    """The tree as it is, as a history of one commit. Without git there is none."""
    if shutil.which("git") is None:
        return
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "The tree of this exercise")):
        done = run([*GIT, *words], tree)
        if done.returncode:
            raise ExerciseError(f"git {words[0]} in {tree}: {done.stdout.strip()}")


def task_text(exercise: Exercise) -> str:
    """What the learner reads."""
    text = f"# {exercise.number}. {exercise.title}\n\n{exercise.task}\n"
    if exercise.kind == PREDICT:
        text += f"\nWrite the answers into the file {ANSWER}, after the colons.\n"
    else:
        text += ("\nWork in this folder: `make run WERROR=` boots what you have written, `git diff` shows what you "
                 "have changed.\n")
    return text + (f"\nIn the main tree `make exercise {exercise.number} CHECK=1` marks it, `HINT=1` to `HINT=3` "
                   "help, `SOLUTION=1` gives it away.\n")


def answer_form(exercise: Exercise) -> str:
    """The empty form of a prediction."""
    return "".join(f"# {one.ask}\n{one.name}:\n" for one in exercise.questions)


def plant(exercise: Exercise, tree: pathlib.Path) -> None:
    """What is to be found, or to be written. Raises ExerciseError."""
    text = (options.ROOT / exercise.file).read_text(encoding="utf-8")
    (tree / exercise.file).write_text(source.unsolved(exercise, text), encoding="utf-8")


def solve(exercise: Exercise, tree: pathlib.Path) -> None:
    """The solution in the place of what the learner has."""
    shutil.copyfile(options.ROOT / exercise.file, tree / exercise.file)


def prepare(exercise: Exercise, tree: pathlib.Path, needed: Sequence[str]) -> None:
    """The folder of an exercise, which must not be there yet. Raises ExerciseError.

    needed -- what has to be built to mark it
    """
    if exercise.kind == PREDICT:
        tree.mkdir(parents=True)
        (tree / ANSWER).write_text(answer_form(exercise), encoding="utf-8")
    else:
        with locked():
            said = make(options.ROOT, needed)
            if said is not None:
                raise ExerciseError(f"this tree can't be built: {said.strip()}")
            tree.mkdir(parents=True)
            copy_tree(tree)
        plant(exercise, tree)
    (tree / TASK).write_text(task_text(exercise), encoding="utf-8")
    if exercise.kind != PREDICT:
        commit(tree)
