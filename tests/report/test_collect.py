# SPDX-License-Identifier: GPL-2.0-only
"""What is collected, the map on the terminal, and what is said of wrong use: no browser here."""

import json
import os
import pathlib
import re
import subprocess

import pytest

from pictures import MIB, ROOT, run

pytestmark = pytest.mark.xdist_group("report")

FORMAT = re.compile(r'printk\((?:KERN_\w+ )?"([^"]*)"')


def pattern_of(text):
    """What a line begins with if the format (or its first part) has made it; None where that
    says too little."""
    text = text.replace("\\n", "")
    if len(re.sub(r"%[-0-9.a-z]+", "", text).strip()) < 8:
        return None
    return re.compile("".join(".*?" if part.startswith("%") else re.escape(part)
                              for part in re.split(r"(%[-0-9.]*[a-z]+)", text)))


def stage_of(document, name):
    """A stage by its name."""
    return next(stage for stage in document["stages"] if stage["name"] == name)


def test_ranges_have_no_gaps(documents):
    """Each stage's ranges follow each other, from 0 or 3 GiB to the end."""
    for document in documents:
        for stage in document["stages"]:
            for which, start in (("physical", 0), ("virtual", 3 << 30)):
                for known in stage[which]:
                    assert known["start"] == start < known["end"], (stage["name"], which)
                    start = known["end"]
            assert stage["virtual"][-1]["end"] == 1 << 32


def test_pages_add_up_to_the_kernels_sheet(documents):
    """Free, mem_map and reserved pages of the ranges, and the lines that the kernel printed."""
    for document in documents:
        counts = {line["text"].split()[1]: int(line["text"].split()[2])
                  for line in document["log"] if re.fullmatch(r"balance: \w+ \d+", line["text"])}
        sums = {}
        for known in stage_of(document, "buddy")["physical"]:
            pages = (known["end"] - known["start"]) // 4096
            sums[known["kind"]] = sums.get(known["kind"], 0) + pages
        assert sums["free"] == counts["free"]
        assert sums["memmap"] == counts["memmap"]
        assert sums["kept"] == counts["reserved"]


def test_every_log_line_has_its_source(documents):
    """The source line of a line is that of the printk() that has its text: looked up in the
    sources, where one format alone fits."""
    formats = []
    for path in sorted((ROOT / "src").rglob("*.c")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for text in FORMAT.findall(line):
                if (pattern := pattern_of(text)) is not None:
                    formats.append((pattern, str(path.relative_to(ROOT)), number))
    checked = 0
    for document in documents:
        for line in document["log"]:
            assert line["calls"], line
            places = [place for pattern, *place in formats if pattern.match(line["text"])]
            if len(places) == 1:
                call = line["calls"][0]
                assert [call["file"], call["line"]] == places[0], line["text"]
                checked += 1
    assert checked > 60


def test_every_owner_has_a_function(documents):
    """Reserved and allocated memory, at every stage: a call of the kernel that has done it."""
    for document in documents:
        for stage in document["stages"]:
            for known in stage["physical"]:
                if known["kind"] in ("kept", "memmap", "free") and not \
                        known["owner"].startswith("reserved in "):
                    assert known["event"] is not None, (stage["name"], known)


def test_map_shows_the_hole(made):
    """The odd hole on the terminal, with its owner."""
    lines = run("map", "--from", made / "documents.json", "--width", 120).stdout.splitlines()
    hole = next(line for line in lines if line.startswith(f"{91 * MIB:011x}-{101 * MIB:011x}"))
    assert re.search(r" 10 MiB +not in the memory map \(Normal\) +parse_memmap_opt:\d+$", hole)


@pytest.mark.parametrize("width", [50, 80, 132])
def test_map_fits(made, width):
    """No line is wider than the terminal; without colour there are no escapes."""
    plain = run("map", "--from", made / "documents.json", "--width", width, "--color", "never").stdout
    assert "\033" not in plain
    assert max(map(len, plain.splitlines())) <= width
    bright = run("map", "--from", made / "documents.json", "--width", width, "--color", "always").stdout
    assert "\033[38;5;" in bright
    assert re.sub(r"\033\[[0-9;]*m", "", bright) == plain


def test_map_as_json(made, documents):
    """Each range with who made it."""
    maps = json.loads(run("map", "--from", made / "documents.json", "--stage", "all", "--json").stdout)
    assert [found["stage"] for found in maps] == [stage["name"] for document in documents
                                                  for stage in document["stages"]]
    buddy = next(found for found in maps if found["stage"] == "buddy")
    hole = next(known for known in buddy["physical"] if known["start"] == 91 * MIB)
    assert hole["end"] == 101 * MIB and hole["by"]["function"] == "parse_memmap_opt"


@pytest.mark.parametrize("arguments, says", [
    (["--mem", "many"], "numbers of MiB are wanted"),
    (["--mem", "0"], "at least 1 MiB"),
    (["--bootalloc", "slob"], "there are bootmem, bootmem-2.4, early_res, memblock"),
    (["--iso", "/nowhere.iso"], "make iso builds it"),
    (["--initrd", "/nowhere"], "no such file"),
])
def test_wrong_use(arguments, says, tmp_path):
    """Status 1, and what to do."""
    done = run("make-report", *arguments, "-o", tmp_path / "page.html", status=1)
    assert says in done.stderr and not (tmp_path / "page.html").exists()


def test_what_is_no_document(tmp_path):
    """A file of another kind is named."""
    path = tmp_path / "other.json"
    path.write_text('{"schema": "something"}', encoding="ascii")
    assert "no document of the form" in run("map", "--from", path, status=6).stderr
    assert "No such file" in run("map", "--from", tmp_path / "none", status=6).stderr


def test_stages_are_named(made):
    """A stage that isn't there: which there are."""
    assert "raw-map, sanitized" in run("map", "--from", made / "documents.json", "--stage", "x",
                                       status=1).stderr


def test_a_panic_is_reported(tmp_path):
    """A boot that does not get to its end: the page is not made, the log's end is shown."""
    done = run("make-report", "--mem", 64, "--cmdline", "memmap=exactmap memmap=640K@0",
               "-o", tmp_path / "page.html", status=6)
    assert "the kernel panics: Invalid user supplied memory map" in done.stderr
    assert "memmap= leaves 1 entries" in done.stderr
    assert not pathlib.Path(tmp_path / "page.html").exists()


@pytest.mark.parametrize("given, path", [([], "build/report.html"), (["REPORT=/tmp/a b$$c.html"], "/tmp/a b$$c.html")])
def test_where_the_page_goes(given, path):
    """make report writes build/report.html, or what REPORT= names, as it was typed."""
    recipe = subprocess.run(["make", "-n", "-o", "iso", "report", "O=build", *given], cwd=ROOT, check=True, text=True,
                            capture_output=True).stdout
    line = next(line for line in recipe.splitlines() if "scripts/make-report" in line)
    typed = {"MEMDAWN_REPORT": given[0].partition("=")[2]} if given else {}
    words = subprocess.run(["sh", "-c", line.replace("scripts/make-report", "printf '%s\\n'")], check=True, text=True,
                           capture_output=True, env={"PATH": os.environ["PATH"], **typed}).stdout.splitlines()
    assert words[words.index("--output") + 1] == path
