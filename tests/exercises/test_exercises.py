# SPDX-License-Identifier: GPL-2.0-only
"""Every exercise: as it is handed out it isn't solved, and the sentence says why; the solution passes; and
what learners get wrong is found. Each in a tree of its own, in which only the file concerned is compiled."""

import json
import os
import pathlib
import subprocess

import pytest

from memdawn import options
from memdawn.exercises import catalog, marking, source, trees

ROOT = options.ROOT
EXERCISES = catalog.all_exercises()
BY_NUMBER = {one.number: one for one in EXERCISES}
PREDICTIONS = [pytest.param(one, id=one.key) for one in EXERCISES if one.kind == catalog.PREDICT]
# Those of one file share what is compiled of it.
KERNELS = [pytest.param(one, id=one.key, marks=pytest.mark.xdist_group(f"exercise {one.file}"))
           for one in EXERCISES if one.kind != catalog.PREDICT]

# What is said of an exercise that nobody has touched.
UNSOLVED = {
    5: "after freeing page 9 the list of DMA, order 0 (Movable) is 6 5 in Linux and 9 8 6 5 in yours, 2 block(s) "
       "more: two buddies that are both free",
    6: "on the machine with 512 MB Linux says `0: 0x00000001 -> 0x0000009f', yours says "
       "`0: 0x00000001 -> 0x000000a0'",
    7: "517592 in Linux, 517576 in yours (available): when everything is handed over nobody needs the bitmap",
    8: "after each area one page stays free",
    9: "after freeing page 6 the list of DMA, order 0 (Movable) is 6 5 in Linux and 5 6 in yours, the same blocks "
       "in another order: new blocks go to the head",
}

# Mistakes in what is to be written: a piece of the solution, what becomes of it, what is said.
MISTAKES = [
    (10, "		pfn = __find_combined_index(pfn, order);\n", "",
     "after freeing page 9 the list of DMA, order 1 (Movable) is 8 in Linux and 9 in yours: a buddy that is free"),
    (10, "		del_page_from_free_area(buddy, area);\n", "",
     "after freeing page 9 the list of DMA, order 0 (Movable) is 6 5 in Linux and 8 ? in yours: a buddy that is free"),
    (10, "order < MAX_ORDER - 1", "order < MAX_ORDER - 2", "order 10"),
    (11, "page + (1UL << --high)", "page + (1UL << --high) / 2", "in the trace of pc-64M-early: "),
    (11, "while (high > low) {", "while (high) {", "in the trace of pc-64M-early: "),
    (12, "type == current_type", "0", "neighbours of one type are one entry"),
    (12, "		current_type = type;\n", "", "the map has to be sorted"),
    (13, "bdata->hint_idx > sidx", "0", "a random case went wrong: "),
    (13, "__free(bdata, start - bdata->node_min_pfn", "__free(bdata, start + 1 - bdata->node_min_pfn",
     "on the machine with "),
    (14, "max_pfn -= available - highmem_pages", "max_pfn -= highmem_pages",
     "on the machine with 2048 MB and highmem=512M "),
    (15, "	++*count;\n", "", "with one user, is 2 (not 1): the counter is one more than the users"),
]


@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory):
    """Where this process prepares its trees."""
    return tmp_path_factory.mktemp("exercises")


def prepared(exercise, folder):
    """An exercise's tree, as a learner gets it."""
    tree = folder / exercise.key
    if not tree.exists():
        trees.prepare(exercise, tree, marking.needed(exercise))
    return tree


def test_catalog():
    """Numbers without a gap, names of their own, and all that a learner and a teacher want to know."""
    assert [one.number for one in EXERCISES] == list(range(1, len(EXERCISES) + 1))
    assert len({one.name for one in EXERCISES}) == len(EXERCISES) >= 12
    assert {one.kind for one in EXERCISES} == set(catalog.KINDS)
    for one in EXERCISES:
        assert 5 <= one.minutes <= 120 and one.needs and one.teaches and one.task and one.solution
        assert all(one.hints) and (one.questions if one.kind == catalog.PREDICT else one.marks and one.file)
        assert all(mark[0] in marking.MARKS for mark in one.marks)
    assert set(UNSOLVED) == {one.number for one in EXERCISES if one.kind == catalog.FIND}
    assert {number for number, *_ in MISTAKES} == {one.number for one in EXERCISES if one.kind == catalog.WRITE}


@pytest.mark.parametrize("exercise", PREDICTIONS)
def test_prediction(exercise, tmp_path):
    """Nothing, something wrong, and what the real kernel said."""
    tree = prepared(exercise, tmp_path)
    marked = marking.mark(exercise, tree)
    assert not marked.solved and "still empty" in marked.says and marked.right == 0
    right = {one.name: marking.right_answer(one) for one in exercise.questions}
    first = exercise.questions[0]
    for wrong, count in (({**right, first.name: "17"}, len(right) - 1), (dict.fromkeys(right, "17"), 0)):
        (tree / trees.ANSWER).write_text("".join(f"{name}: {text}\n" for name, text in wrong.items()), encoding="utf-8")
        marked = marking.mark(exercise, tree)
        assert not marked.solved and marked.right == count
        assert f"{first.name} is {right[first.name]} in Linux and 17 in yours: {first.because}" in marked.says
    (tree / trees.ANSWER).write_text("# mine\n" + "".join(f" {name} :  {text}\n" for name, text in right.items()),
                                     encoding="utf-8")
    marked = marking.mark(exercise, tree)
    assert marked.solved and marked.right == marked.of == len(right), marked


@pytest.mark.parametrize("exercise", KERNELS)
def test_kernel(exercise, folder):
    """Untouched it fails with its sentence, and neither git nor the task gives the fault away; with the
    solution it passes."""
    tree = prepared(exercise, folder)
    marked = marking.mark(exercise, tree)
    assert not marked.solved
    assert UNSOLVED.get(exercise.number, "is still empty: write it") in marked.says, marked.says
    assert not set(marked.says) & set("{};=\n") and "->" not in marked.says.replace(" -> ", ""), "words, and no code"
    assert trees.run(["git", "log", "--all", "--format=%s"], tree).stdout == "The tree of this exercise\n"
    assert trees.run(["git", "status", "--porcelain"], tree).stdout == ""
    assert not (tree / "exercises").exists()
    trees.solve(exercise, tree)
    marked = marking.mark(exercise, tree)
    assert marked.solved, marked.says
    assert (ROOT / exercise.file).read_bytes() == (tree / exercise.file).read_bytes()


@pytest.mark.parametrize("number, right, wrong, says", [
    pytest.param(*mistake, id=f"{mistake[0]}-{at}",
                 marks=pytest.mark.xdist_group(f"exercise {BY_NUMBER[mistake[0]].file}"))
    for at, mistake in enumerate(MISTAKES)])
def test_mistake(number, right, wrong, says, folder):
    """A mistake in what was written is found, and the sentence names what a learner can see."""
    exercise = BY_NUMBER[number]
    tree = prepared(exercise, folder)
    text = (ROOT / exercise.file).read_text(encoding="utf-8")
    function = next((one for one in exercise.functions if source.body(text, one).count(right) == 1), None)
    assert function, f"{exercise.functions}: no longer has {right!r}"
    body = source.body(text, function).replace(right, wrong)
    (tree / exercise.file).write_text(source.with_body(text, function, body), encoding="utf-8")
    marked = marking.mark(exercise, tree)
    assert not marked.solved and says in marked.says, marked.says
    if exercise.marks[-1] == ["traces"]:
        # What a test had allocated when it failed is no second failure.
        said = trees.run(["build/host/test_alloctrace"], tree).stdout if "trace" in marked.says else ""
        assert "LeakSanitizer" not in said


def test_no_compiler_noise(folder):
    """What can't be compiled is said with the compiler's first complaint, and a loop without end ends."""
    exercise = BY_NUMBER[11]
    tree = prepared(exercise, folder)
    text = (ROOT / exercise.file).read_text(encoding="utf-8")
    (tree / exercise.file).write_text(source.with_body(text, "expand", "{\n\tnonsense;\n}\n"), encoding="utf-8")
    marked = marking.mark(exercise, tree)
    assert marked.says.startswith("it can't be compiled: src/mm/page_alloc/buddy.c:") and "nonsense" in marked.says
    assert "\n" not in marked.says


def test_no_longer_fits():
    """Where the tree has changed so that an exercise can't be made of it, it is named."""
    with pytest.raises(catalog.ExerciseError, match=r"05-wrong-buddy no longer fits src/mm/page_alloc/buddy\.c"):
        source.unsolved(BY_NUMBER[5], "int x;\n")
    with pytest.raises(catalog.ExerciseError, match=r"11-expand no longer fits .*: no function expand\(\)"):
        source.unsolved(BY_NUMBER[11], "void expand(int a);\n")


def test_without_git(tmp_path):
    """A release's tree, which is no repository, has the same files."""
    with_git = set(trees.files(ROOT))
    assert "scripts/build/version" in with_git and "scripts/exercise" not in with_git
    for name in with_git:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name in ("build/x", "iso/y", "build-clang/z", "exercises/01-x.toml", "scripts/__pycache__/a.pyc", ".version"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert set(trees.files(tmp_path)) == with_git


def run(*words):
    """(status, output) of scripts/exercise."""
    done = subprocess.run([ROOT / "scripts/exercise", *map(str, words)], text=True, check=False, cwd=ROOT,
                          env=trees.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def test_script(tmp_path):
    """As a learner uses it: the list, a prediction, its hints and its solution; wrong uses."""
    status, listed = run()
    assert status == 0 and all(one.title in listed for one in EXERCISES)
    status, listed = run("--json")
    assert status == 0 and [one["number"] for one in json.loads(listed)] == list(BY_NUMBER)
    tree = tmp_path / "mine"
    status, said = run(4, "--check", "--tree", tree)
    assert status == 1 and "make exercise 4 prepares it" in said
    status, said = run(4, "--tree", tree)
    assert status == 0 and "vmalloc=256M" in said and (tree / "ANSWER").exists()
    assert "755" not in (tree / "ANSWER").read_text(encoding="utf-8") + (tree / "TASK.md").read_text(encoding="utf-8")
    (tree / "ANSWER").write_text("lowmem: 755 MB\nhighmem: 1155\nvmalloc: 0xefbfe000\n", encoding="utf-8")
    status, said = run("vmalloc", "--check", "--tree", tree)
    assert status == 3 and "highmem is 1291 in Linux and 1155 in yours: what low memory loses" in said.replace(
        "Highmem", "highmem")
    assert run(4, "--tree", tree)[0] == 0 and "755 MB" in (tree / "ANSWER").read_text(encoding="utf-8")
    assert run(4, "--reset", "--tree", tree)[0] == 0 and "755" not in (tree / "ANSWER").read_text(encoding="utf-8")
    for hint in (1, 2, 3):
        assert run(4, "--hint", hint) == (0, BY_NUMBER[4].hints[hint - 1] + "\n")
    status, said = run(4, "--solution")
    assert status == 0 and "lowmem: 755\n" in said
    status, said = run(10, "--solution")
    assert status == 0 and "__page_find_buddy(zone, pfn, order)" in said
    for wrong in (["77"], ["4", "--hint", "9"], ["--check"], ["4", "--submission", "x"]):
        assert run(*wrong)[0] == 1


def test_make(tmp_path):
    """make exercise takes the number as a goal, and its marks are no failures of make."""
    outputs = []
    for words in (["exercise", "4"], ["exercise", "4", "CHECK=1"], ["exercise", "N=4", "HINT=1"]):
        done = subprocess.run(["make", "DEPS=no", f"TREE={tmp_path}/mine", *words], cwd=ROOT, text=True, check=False, env=trees.environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout
        outputs.append(done.stdout)
    assert "CHECK=1 marks it" in outputs[0] and "still empty" in outputs[1] and BY_NUMBER[4].hints[0] in outputs[2]


def patch(tree, exercise, text):
    """What `git diff' prints when the exercise's file has become this."""
    (tree / exercise.file).write_text(text, encoding="utf-8")
    said = trees.run(["git", "diff"], tree).stdout
    trees.run(["git", "checkout", "-q", "--", "."], tree)
    return said


@pytest.mark.xdist_group(f"exercise {BY_NUMBER[9].file}")
def test_class(folder, tmp_path):
    """What a class has handed in: each is marked by itself, and nothing but src/ is taken."""
    exercise = BY_NUMBER[9]
    tree = prepared(exercise, folder)
    trees.run(["git", "checkout", "-q", "--", "."], tree)
    text = (ROOT / exercise.file).read_text(encoding="utf-8")
    change = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-a\n+b\n"
    handed_in = {"ada": patch(tree, exercise, text), "bob": "", "eve": change.format("Makefile"),
                 "kim": patch(tree, exercise, text + "int more;\n"), "max": change.format("src/x.c")}
    for name, content in handed_in.items():
        (tmp_path / f"{name}.patch").write_text(content, encoding="utf-8")
    status, said = run(9, "--check", "--json", "--submission", *(tmp_path / f"{name}.patch" for name in handed_in))
    found = {pathlib.Path(one["who"]).stem: one for one in json.loads(said)}
    assert status == 3 and {name for name, one in found.items() if one["solved"]} == {"ada", "kim"}
    assert "no change" in found["bob"]["says"] and "does not fit" in found["max"]["says"]
    assert "it changes Makefile" in found["eve"]["says"] and all(one["exercise"] == 9 for one in found.values())


def test_readme():
    """exercises/README.md has every exercise, with its time and what it teaches."""
    text = (ROOT / "exercises/README.md").read_text(encoding="utf-8")
    for one in EXERCISES:
        assert f"| {one.number} | {one.title} | {one.minutes} | {one.teaches} |" in text, one.key
    assert os.access(ROOT / "scripts/exercise", os.X_OK)
