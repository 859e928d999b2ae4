# SPDX-License-Identifier: GPL-2.0-only
"""The documents are whole: what they name is there, and what is there is named in them."""

import re
import subprocess

import pytest

import documents
from documents import DOCUMENTS, ROOT, masked, mismatch

# Made by the build or by a command in the same document.
BUILT = ("build/", "build-clang/", "iso/", "/")
SAID = "another build's differ"
TOP = sorted(path.name for path in ROOT.iterdir())


def text_of(document):
    """A document's text outside its blocks."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def quoted(document):
    """What stands between backquotes."""
    return re.findall(r"`([^`\n]+)`", text_of(document))


@pytest.mark.parametrize("shown, fits", [
    (["a", "b"], True), (["a"], False), (["b"], False), (["a", "..."], True), (["...", "b"], True),
    (["...", "a"], False), (["b", "..."], False), (["..."], True), (["...", "a", "..."], True),
    (["a", "...", "b"], True), (["b", "...", "a"], False), (["...", "b", "a", "..."], False),
    (["a", "b", "c"], False), ([], False), (["a", "...", "a"], False)])
def test_comparison(shown, fits):
    """The comparison that the other tests rely on."""
    assert (mismatch(["a", "b"], shown) is None) == fits


def test_elision_skips():
    """Left out lines may be none or many, and a piece is looked for until it fits."""
    assert mismatch(list("aababc"), ["...", "a", "b", "c"]) is None
    assert mismatch(list("abcabd"), ["a", "b", "...", "a", "b", "d"]) is None
    assert mismatch([], ["..."]) is None and mismatch([], []) is None and mismatch(["a"], [])


def test_masks():
    """What varies is compared as far as it doesn't."""
    assert masked(["25k kernel code, 7 pages"], [r"\d+k kernel code"]) == ["<0>, 7 pages"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_blocks(document):
    """Each block says what it is; what varies is said narrowly, and occurs."""
    for block in documents.blocks(document):
        where = f"{document}:{block.line}"
        assert block.kind in documents.KINDS, f"{where}: {block.kind!r}"
        if block.kind == "text":
            assert not [line for line in block.lines if line.startswith(documents.PROMPTS)], where
        else:
            assert block.steps(), f"{where}: no command"
        # What a reader can't see (the comment in front of the block) is said where he can.
        assert not block.varies or SAID in block.before, f"{where}: numbers vary, and no words say so"
        for pattern in block.varies:
            assert not re.search(r"(?<!\\)\.[*+]|^\W*$", pattern), f"{where}: {pattern} fits too much"
            assert any(re.search(pattern, line) for line in block.lines), f"{where}: no {pattern}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files(document):
    """Files that are named are there: from the top, or from the document's own directory."""
    for name in quoted(document):
        first, slash, _ = name.partition("/")
        if not slash or "NAME" in name or name.startswith(BUILT) or not re.fullmatch(r"[\w./-]+", name):
            continue
        here = (ROOT / document).parent
        if first in TOP or (here / first).exists():
            assert (ROOT / name).exists() or (here / name).exists(), f"{document}: {name}"
    for target in re.findall(r"\]\(([^)#]+)[)#]", text_of(document)):
        assert target.startswith("https://") or ((ROOT / document).parent / target).exists(), target


def anchors(document):
    """What its headings are called in links, as GitHub makes it."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


@pytest.mark.parametrize("document", [*DOCUMENTS, "docs/change-it.md"])
def test_links(document):
    """A link to a heading has one."""
    for target, anchor in re.findall(r"\]\(([^)#]*)#([^)]+)\)", text_of(document)):
        where = str(((ROOT / document).parent / target).resolve().relative_to(ROOT)) if target else document
        assert anchor in anchors(where), f"{document}: {target}#{anchor}"


def test_first_screen():
    """README.md begins with a picture, what to type, how long it takes, and every question that
    src/README.md answers."""
    first = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ")[0]
    assert len(first.splitlines()) <= 60 and "```text\n" in first
    assert re.search(r"^make run .*about two minutes", first, re.MULTILINE)
    questions = (ROOT / "src/README.md").read_text(encoding="utf-8").split("\n# Questions\n")[1]
    for heading in re.findall(r"^## (.*)$", questions, re.MULTILINE):
        assert f"[{heading}](src/README.md#" in first.replace("`", ""), heading


def test_counted():
    """Numbers of the README that can be counted are right."""
    words = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
             "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    steps = re.findall(r"^### \d+\. ", (ROOT / "src/README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(steps) == 30 and "in thirty steps" in text
    assert f"{words[len(list((ROOT / 'exercises').glob('*.toml')))]} exercises" in text
    stages = re.search(r"^STAGES = \((.*?)\)", (ROOT / "scripts/report/in_gdb.py").read_text(encoding="utf-8"),
                       re.MULTILINE | re.DOTALL)
    count = stages[1].count('"') // 2
    assert f"{words[count]} stages" in text
    tables = sum(len(path.read_text(encoding="ascii").splitlines())
                 for path in (ROOT / "tests/linux/layout").glob("*.map"))
    assert f"the {tables} addresses of the tables" in text
    # What tests/boot/test_exact.py compares.
    linux = ROOT / "tests/linux"
    logs = sum(len(path.read_text(encoding="ascii").splitlines()) for room in (
        "bootmem", "bootmem_debug", "maps", "uefi", "nobootmem", "nobootmem-maps", "initrd", "numa")
        for path in (linux / room).glob("*.log"))
    exceptions = re.search(r"^EXCEPTIONS = \{$(.*?)^\}", (ROOT / "tests/boot/test_exact.py").read_text(
        encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names = set(re.findall(r'^    "([^"]+)":', exceptions[1], re.MULTILINE))
    states = sum(line[:33].strip() not in names for path in (linux / "gdb").glob("*.txt")
                 for line in path.read_text(encoding="ascii").splitlines())
    assert f"{logs} lines of logs, {states} lines of the state" in " ".join(text.split())
    tour = re.findall(r"^\t\{ title: ", (ROOT / "page/app/tour_steps.js").read_text(encoding="utf-8"), re.MULTILINE)
    assert f"tour of {words[len(tour)]} steps" in text
    disc = ROOT / "build/memdawn.iso"
    assert not disc.exists() or f"a disc of {round(disc.stat().st_size / 1e6)} MB" in text
    page = ROOT / "build/memdawn.html"
    shown = re.search(r"`build/memdawn.html` \((\d+\.\d) MB\)", text)
    assert not page.exists() or abs(page.stat().st_size / 1e6 - float(shown[1])) < 0.3


def test_scripts():
    """scripts/README.md has every script."""
    scripts = {str(path.relative_to(ROOT / "scripts")) for pattern in ("*", "build/*")
               for path in (ROOT / "scripts").glob(pattern)
               if path.is_file() and path.stat().st_mode & 0o100}
    assert scripts and scripts <= set(quoted("scripts/README.md"))


def test_lines_of_functions():
    """Where a sample says `function:line', the line lies in that function: no mask covers stale ones."""
    found = re.findall(r"  (?:before |in or before )?(\w+):(\d+)$",
                       (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) >= 3
    sources = {path: path.read_text(encoding="utf-8").split("\n") for path in (ROOT / "src").rglob("*.c")}
    for function, number in found:
        spans = []
        for path, lines in sources.items():
            for at, line in enumerate(lines, 1):
                if re.match(rf"\w.*\b{function}\(", line) and not line.endswith(";"):
                    spans.append((path.name, at, at + lines[at:].index("}") + 1))
        assert any(first <= int(number) <= last for _, first, last in spans), (function, number, spans)


def test_screenshot():
    """The picture in the README is not older than the page that it shows."""
    done = subprocess.run([ROOT / "scripts/build/screenshot", "--check"], check=False, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stderr


def test_tests():
    """tests/README.md has every test file, property and fuzz target."""
    files = [path for pattern in ("host/test_*.c", "host/prop_*.c", "fuzz/fuzz_*.c", "*/test_*.py")
             for path in (ROOT / "tests").glob(pattern)]
    missing = sorted(path.name for path in files
                     if not {path.name, path.stem} & set(quoted("tests/README.md")))
    assert len(files) > 40 and not missing


def make(*arguments):
    """What make prints."""
    return subprocess.run(["make", "-s", "-C", ROOT, *arguments], capture_output=True, text=True,
                          check=True).stdout


def test_help():
    """make help names every target that is made for people."""
    rules = [ROOT / "Makefile", ROOT / "host" / "rules.mk", *sorted((ROOT / "tests").glob("*/rules.mk"))]
    targets = {target for path in rules
               for line in re.findall(r"^\.PHONY: (.*)$", path.read_text(encoding="ascii"), re.MULTILINE)
               for target in line.split()}
    inner = {"FORCE", "all", "run-words", "exact-images", "help", "host-tests-of", "is-in-replay"}
    people = {target for target in targets - inner
              if re.fullmatch(r"[a-z-]+", target) and not target.endswith("-runs")}
    text = make("help")
    assert {"run", "iso", "check-host"} <= people
    assert not sorted(target for target in people if not re.search(rf"^ +make {target}\b(?!-)", text,
                                                                   re.MULTILINE))


def test_help_says_how_long():
    """Each target has its time."""
    lines = [line for line in make("help").splitlines() if re.match(r" +make( [a-z]|  )", line)]
    assert len(lines) > 30
    assert not [line for line in lines if not re.match(
        r" +make( [a-z-]+( \d+)?)? +\((under |until |hours|\d+ (s|min))[^)]*\) ", line)]


def test_targets():
    """Each make target that a document names is one."""
    known = make("help") + " make run-words make help "
    for document in DOCUMENTS:
        commands = [name for name in quoted(document) if name.startswith("make ")]
        commands += [step.command for unit in documents.units(document) for step in unit
                     if step.command.startswith("make ")]
        for command in commands:
            target = next((word for word in command.split()[1:]
                           if not word.startswith("-") and "=" not in word), None)
            if target and re.fullmatch(r"[a-z-]+", target):
                assert re.search(rf"\bmake {target}\b(?!-)", known), f"{document}: {command}"


def test_tour():
    """Each function of the boot tour stands in the file that the tour says, in the boot's order."""
    text = (ROOT / "src/README.md").read_text(encoding="utf-8")
    steps = re.findall(r"^### (\d+)\. (.*)$", text, re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1)) and len(steps) >= 30
    for number, heading in steps:
        for part in re.findall(r"([^()]+)\(`([^`]+)`\)", heading):
            source = (ROOT / "src" / part[1]).read_text(encoding="utf-8")
            for name in re.findall(r"\w+", part[0]):
                assert re.search(rf"^[^ \t*/].*\b{name}(\(|:|$)", source, re.MULTILINE), \
                    f"step {number}: no {name} in {part[1]}"


def test_parameters():
    """README.md has every word that the kernel takes."""
    source = (ROOT / "src/init/param_table.c").read_text(encoding="ascii")
    words = re.findall(r'^\t\{ "([\w.]+)", \w+ \},', source, re.MULTILINE)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(words) > 30 and not [word for word in words if not re.search(rf"`{word}[`=\[]", text)]
