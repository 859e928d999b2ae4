# SPDX-License-Identifier: GPL-2.0-only
"""The explanations of docs/explain: whole, right where that can be worked out, and shown in the same words
everywhere."""

import json
import pathlib
import re
import subprocess

import pytest

from memdawn.emulators import machine as machines
from memdawn.explain import entries, expressions, glossary, show
from memdawn.explain.book import NUMBER, SENTENCE, Book
from session import session

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPLAIN = ROOT / "scripts" / "explain"
LOGS = sorted((ROOT / "tests" / "linux").rglob("*.log"))
POSTED = sorted((ROOT / "tests" / "linux" / "posted").glob("[0-9]*.txt"))
BOOK = Book()

# Nobody here prints these lines: they are other kernels', or a machine's that no log is of.
NO_FUNCTION_HERE = {"memblock_phys_free", "memblock_phys_alloc_range", "memblock_alloc_try_nid", "mem_init_print_info"}
MOST_SENTENCES = 6
# Versions of Linux's may be said; all other numbers are worked out.
VERSION = re.compile(r"\b2\.6\.34\b")
TYPED_NUMBER = re.compile(r"(?<![\w.])\d")


def texts_of(entry):
    """An entry's text, then its fields'."""
    return [entry.text, *(text for _, text in entry.fields)]


def different_lines(path):
    """The lines of a log; of a trace's only those whose words differ."""
    lines = path.read_text("utf-8", "replace").splitlines()
    if "alloctrace" not in path.parts:
        return lines
    return list({re.sub(r"\d+", "0", line): line for line in lines}.values())


@pytest.mark.parametrize("path", LOGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_reference_logs(path):
    """Each line of a real kernel's log is explained, all that an explanation says of it can be said, and
    what it claims holds."""
    book = Book(path.read_text("utf-8", "replace").splitlines())
    for line in different_lines(path):
        found = book.explain_line(line)
        assert found, f"no explanation: {line!r}"
        assert book.said(found.entry.text, found), f"{found.entry.name} says nothing of {line!r}"
        for claim in found.entry.holds:
            assert book.number(claim, found), f"{found.entry.name}: not {claim}: {line!r}"
        said = book.show(found.entry, found)
        explained = {name for names, _, _ in said.fields for name in names.split(", ")}
        mentioned = {match[2] for match in NUMBER.finditer(found.entry.text)}
        missing = {one.name for one in found.captured} - explained - mentioned
        assert not missing, f"{found.entry.name} doesn't say what {missing} is: {line!r}"


@pytest.mark.parametrize("entry", BOOK.entries, ids=lambda entry: f"{entry.kind}:{entry.name}")
def test_no_number_is_typed(entry):
    """Numbers are expressions."""
    for text in texts_of(entry):
        bare = VERSION.sub("", NUMBER.sub("", text))
        assert not TYPED_NUMBER.search(bare), f"{entry.name}: {bare}"
        assert "{" not in bare and "}" not in bare, f"{entry.name}: {bare}"


def known_names(entry):
    """What an entry's expressions may name."""
    own = {name for pattern in entry.patterns for name in pattern.kinds}
    others = {f"{one.name}.{name}" for one in BOOK.entries for pattern in one.patterns
              for name, kind in pattern.kinds.items() if kind in ("", "x")}
    return own | others | set(BOOK.constants)


@pytest.mark.parametrize("entry", BOOK.entries, ids=lambda entry: f"{entry.kind}:{entry.name}")
def test_form(entry):
    """Expressions are well formed and name what there is; a text is short; the others that it names are
    there."""
    known = known_names(entry)
    found = [match[2] for text in [*texts_of(entry), *entry.tries] for match in NUMBER.finditer(text)]
    for expression in found + entry.holds:
        assert set(expressions.names_in(expression)) <= known, f"{entry.name}: {expression}"
        try:
            expressions.value_of(expression, lambda _: 1)
        except expressions.Unknown:
            pass
    assert entry.text and entry.text.endswith(".")
    assert len(SENTENCE.split(entry.text)) <= MOST_SENTENCES
    for names, text in entry.fields:
        assert text.endswith("."), f"{entry.name}: {names}"
    names = {name for one in BOOK.entries for name in one.names}
    assert set(entry.see) <= names, f"{entry.name}: {set(entry.see) - names}"
    assert len({pattern.text for pattern in entry.patterns}) == len(entry.patterns)


def test_names_are_unique():
    """A name stands for one entry of a file, and a line's own name for one at all."""
    for kind in entries.FILES:
        names = [name.casefold() for entry in BOOK.entries if entry.kind == kind for name in entry.names]
        assert len(names) == len(set(names)), {name for name in names if names.count(name) > 1}
    with_patterns = [entry.name for entry in BOOK.entries if entry.patterns]
    assert len(with_patterns) == len(set(with_patterns))


def test_functions_are_here():
    """The functions that are named are those of the sources."""
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.[cS]")) + \
        "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.asm")) + \
        "\n".join(path.read_text("utf-8") for path in (ROOT / "include").rglob("*.h"))
    words = set(re.findall(r"\w+", source))
    for entry in BOOK.entries:
        if entry.kind == "log_numa":        # of a kernel for several nodes
            continue
        missing = set(entry.code) - words - NO_FUNCTION_HERE
        assert not missing, f"{entry.name}: {missing}"


def monitor_commands():
    """The names in the monitor's tables."""
    text = "".join(path.read_text("utf-8") for path in (ROOT / "src" / "monitor").glob("commands_*.c"))
    tables = re.findall(r"const struct command \w+\[\] = \{(.*?)\n\};", text, re.DOTALL)
    return {name for table in tables for name in re.findall(r"\{ \"(\w+)\"", table)}


def gdb_commands():
    """The names that GDB's commands get."""
    text = (ROOT / "scripts" / "memdawn" / "debugger" / "commands.py").read_text("utf-8")
    return set(re.findall(r"^def run_(\w+)\(", text, re.MULTILINE)) | \
        set(re.findall(r'super\(\).__init__\("memdawn-(\w+)"', text))


@pytest.mark.parametrize("commands", [monitor_commands(), gdb_commands()], ids=["monitor", "GDB"])
def test_commands(commands):
    """Each command has an explanation."""
    assert len(commands) > 20
    explained = {name for entry in BOOK.entries if entry.kind == "commands" for name in entry.names}
    assert commands <= explained, commands - explained


def table_words(text):
    """What stands in a file of /proc besides numbers and names of caches: keys and headers, by file."""
    for part in re.split(r"^=== /proc/", text, flags=re.MULTILINE)[1:]:
        name, _, body = part.partition(" ===\n")
        for line in body.splitlines():
            if name == "slabinfo":
                found = re.findall(r"<\w+>|\btunables\b|\bslabdata\b|# (name)", line)
                yield from ((name, word or "name") for word in found)
            elif name == "pagetypeinfo":
                yield from ((name, word) for word in re.findall(r"type +(\w+) ", line) if word[0].isupper())
                yield from ((name, word) for word in re.findall(r"^([\w ]+): +\d+$", line))
            elif name in ("meminfo", "vmstat", "zoneinfo"):
                key = re.match(r" *([a-z]\w*(?: free)?|[\w()]+)(?=[: ])", line)
                if key and key[1] not in ("Node",):
                    yield name, key[1]


def test_tables():
    """Each key and each column of the files of /proc is explained."""
    words = {word for path in (ROOT / "tests" / "linux" / "proc").glob("*.txt")
             for word in table_words(path.read_text("utf-8"))}
    assert len(words) > 150
    for command, word in sorted(words):
        assert command in [entry.name for entry, field in BOOK.by_word(word) if field], f"{word} of {command}"


@pytest.mark.parametrize("path", POSTED, ids=lambda path: path.name[:20])
def test_posted_logs(path):
    """A log as somebody posted it: its lines are found, and none is too much."""
    done = subprocess.run([EXPLAIN, "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr
    assert [one for one in json.loads(done.stdout) if one["explained"]]


def explain(*words, text=""):
    """What scripts/explain answers: exit status, standard output."""
    done = subprocess.run([EXPLAIN, *words], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", check=False)
    return done.returncode, done.stdout


def test_by_hand():
    """Lines and words, from a file and from standard input, with time stamps."""
    log = ROOT / "tests" / "linux" / "bootmem" / "pc-2048M.log"
    status, text = explain(log, "36")
    assert status == 0 and text.startswith("891MB LOWMEM available.\n")
    # max_low_pfn is 0x37bfe; 891 MB are 228096 pages, 1016 kB less.
    assert "page frame 228350, 1016 kB above 891 MB" in " ".join(text.split())
    stamped = "".join(f"[    0.0{n:05d}] {line}\n" for n, line in enumerate(log.read_text().splitlines()))
    assert explain("-", "36", text=stamped) == (status, text)
    assert explain("pfn")[0] == 0
    assert explain(log, "nonsense") == (1, "")
    assert explain("/nowhere/at/all")[0] == 2


def test_values():
    """Expressions as C has them."""
    cases = {"7/2": 3, "0-7/2": -3, "(0-7)/2": -3, "(0-7)%4": -3, "1+2*3": 7, "1<<4+1": 32, "2==2": 1, "0x10>>1": 8,
             "pow2(48)": 32, "pow2(0)": 0, "min(3,2)": 2, "max(3,min(9,5))": 5, "6-2-1": 3, "3<2": 0}
    for text, value in cases.items():
        assert expressions.value_of(text, lambda _: None) == value, text
    for text in ("1/0", "1<<64", "1>>(0-1)", "nobody"):
        with pytest.raises(expressions.Unknown):
            expressions.value_of(text, lambda _: None)
    for text in ("1+", "(1", "1 2", "pow2(1", "$"):
        with pytest.raises(expressions.Malformed):
            expressions.value_of(text, lambda _: None)


def test_glossary():
    """docs/GLOSSARY.md is what scripts/explain --glossary prints."""
    assert glossary.PAGE.read_text("utf-8").splitlines() == glossary.page(), \
        "scripts/explain --glossary > docs/GLOSSARY.md"


# Low memory and high, a hole, large and small pages, a word that nobody knows.
MACHINE = {"mem": 160, "cmdline": f"{machines.Machine().cmdline} highmem=32M memmap=1M$150M hihgmem=1M"}


@pytest.fixture(scope="module", name="monitor")
def fixture_monitor(tmp_path_factory):
    """One machine at its prompt."""
    with session(machines.Machine(words=(), **MACHINE), tmp_path_factory.mktemp("explain")) as made:
        yield made


def words_of(lines):
    """Words, wherever a line was broken."""
    return " ".join(" ".join(lines).split())


@pytest.mark.xdist_group("explain")
def test_lines_at_the_prompt(monitor):
    """dmesg -n numbers the lines; each has an explanation, and the kernel's words are scripts/explain's."""
    log = monitor.ask("dmesg")
    assert monitor.ask("dmesg -n") == [f"{number:4d} {line}" for number, line in enumerate(log, 1)]
    assert monitor.ask("dmesg -n 2") == monitor.ask("dmesg -n")[-2:]
    book = Book(log)
    for number, line in enumerate(log, 1):
        wanted = show.line(book, line, 78)
        assert wanted, f"no explanation: {line!r}"
        answer = monitor.ask(f"explain {number}")
        assert words_of(answer) == words_of(wanted)
        assert max(map(len, answer[1:])) <= 78
    assert monitor.ask(f"explain {len(log) + 1}") == [f"the log has no line {len(log) + 1}: dmesg -n numbers them"]
    assert monitor.ask("explain 0") == ["the log has no line 0: dmesg -n numbers them"]


@pytest.mark.xdist_group("explain")
def test_words_at_the_prompt(monitor):
    """Each name and each column: the kernel's words are scripts/explain's, with this machine's numbers."""
    book = Book(monitor.ask("dmesg"))
    names = {name for entry in book.entries for name in entry.names}
    fields = {name for entry in book.entries if entry.kind == "commands" for names, _ in entry.fields for name in names}
    asked = sorted(name for name in names | fields if len(name.split()) <= 3 and not name.isdecimal())
    assert len(asked) > 300
    for name in asked:
        wanted = show.word(book, name, 78)
        assert words_of(monitor.ask(f"explain {name}")) == (words_of(wanted) if wanted else
                                                            f"{name}: no explanation; Tab after explain lists the words")
    assert monitor.ask("explain pfn") == monitor.ask("explain PFN")
    assert monitor.ask("explain") == monitor.ask("help explain")[-1:]


# What a command needs; those that end the session or take long are left out.
ARGUMENTS = {"page": ["1000", "4096"], "pte": ["0xc0000000"], "slab": ["", "kmem_cache"], "dmesg": ["-n 1"]}
# Those of /proc that real kernels have are compared with their files above.
TABLES = ("layout", "balance", "bootalloc", "limits", "slab", "page", "pte", "iomem", "mtrr", "zones", "early_res",
          "kernel_page_tables")


def headings(command, lines):
    """The words in a command's answer that call something by its name."""
    for place, line in enumerate(lines):
        if command == "layout":
            part = re.fullmatch(r"[0-9a-f]{8} - [0-9a-f]{8} +\d+ [kM]B  ?(\S+) .*", line.replace("   .", "  ."))
            yield part[1] if part else re.split(r"[:,] ", line)[0] if "MAXMEM" not in line else "MAXMEM"
        elif command in ("balance", "bootalloc"):
            words = re.sub(r"^\w+: ", "", line)
            yield re.split(r" (?=[\d(]|bootmem|DMA|Normal|HighMem|pages)", words)[0]
            yield from re.findall(r"\((handed out) ", words) + re.findall(r"\b(lists) \d", words)
        elif command == "slab" and len(lines) > 1 and place == 0 and line.startswith("cache "):
            yield from line.split()
        elif command == "slab" and lines[0].startswith("kmem_cache: ") and place:
            yield line.split(":")[0].strip()
        elif command == "limits":
            yield re.sub(r" +\d+$", "", line)
        elif command == "page" and place in (1, 2, 3):
            yield from re.findall(r"\b(zone|pageblock|flags|count|mapcount|private|mapping|index)\b", line)
        elif command == "pte" and "[" in line:
            yield from [line.split("[")[0].strip(), *line.split(": ")[1].split()[1:]]
        elif command == "zones":
            yield line.split()[0]
        elif command == "iomem":
            yield line.split(" : ")[1]
        elif command == "mtrr":
            yield from re.findall(r"([a-z]\w*)[:=]", line)
        elif command == "early_res":
            yield line.split(" ", 5)[-1].split()[0]
        elif command == "kernel_page_tables" and line.startswith("0x"):
            yield from line.split()[2:]


@pytest.mark.xdist_group("explain")
@pytest.mark.parametrize("command", TABLES)
def test_tables_at_the_prompt(monitor, command):
    """What a table calls its rows and columns is explained."""
    for arguments in ARGUMENTS.get(command, [""]):
        words = list(headings(command, monitor.ask(f"{command} {arguments}".strip())))
        assert words
        for word in words:
            explained = [entry.names for entry, field in BOOK.by_word(word) if field]
            assert any(command in names for names in explained), f"{word!r} of {command}"
