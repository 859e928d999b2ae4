# SPDX-License-Identifier: GPL-2.0-only
"""Logs in the dresses in which people have them (scripts/memdawn/text, scripts/memdawn/logs): what
scripts/replay reads of each, and what scripts/logdiff compares, is what the clean log says."""

import base64
import bz2
import gzip
import html
import json
import lzma
import os
import quopri
import random
import re
import subprocess

import pytest

from boot import LINUX, ROOT
from memdawn.logs import undress, which_boot
from memdawn.replay import maps
from memdawn.replay.found import MapError
from memdawn.text import reader, unpack, web
from memdawn.visible import visible

POSTED = LINUX / "posted"
SEED = os.environ.get("MEMDAWN_SEED", "0")
STAMP = re.compile(r"^\[ *\d+\.\d+\] ")
READ = ("form", "source", "ranges", "maps", "kernel", "release", "pae", "words", "facts")


def clean(name):
    """A posted log that has nothing but time stamps in front of its lines, without them."""
    path = next(POSTED.glob(f"{name}-*.txt"))
    return [STAMP.sub("", line) for line in path.read_text(encoding="utf-8").splitlines() if line]


ACER = clean("35")
LOWMEM = ACER.index("891MB LOWMEM available.")
LOGS = [ACER, *map(clean, ("04", "08", "15", "17", "31", "33", "39", "42"))]


def same(source, lines=None, leave_out=()):
    """Does a dressed log say what the clean one does?"""
    found, wanted = maps.read(source), maps.read("\n".join(lines or ACER))
    for name in READ:
        if name not in leave_out:
            assert getattr(found, name) == getattr(wanted, name), name
    return found


# --- prefixes ---------------------------------------------------------------------------------------------

def numbered(form):
    """A prefix that counts: {0} the line, {1} seconds."""
    return [form.format(place, place / 1000) + line for place, line in enumerate(ACER, 1)]


PREFIXES = {
    "dmesg": "[{1:12.6f}] ", "dmesg-T": "[Mon Nov  5 12:34:56 2012] ", "dmesg-r": "<6>[{1:12.6f}] ",
    "dmesg-x": "kern  :info  : [{1:12.6f}] ", "caller": "[{1:12.6f}][    T0] ",
    "syslog": "Nov  5 12:34:56 host kernel: [{1:12.6f}] ", "bare syslog": "Nov  5 12:34:56 host kernel: ",
    "busybox": "Jan  1 00:00:05 host user.info kernel: [{1:12.6f}] ",
    "logread": "Mon Nov  5 12:34:56 2012 kern.info kernel: [{1:12.6f}] ",
    "journal": "Nov 05 12:34:56 my-host kernel: ", "monotonic": "[{1:12.6f}] host kernel: ",
    "precise": "Nov 05 12:34:56.{0:06d} host kernel: ", "iso": "2012-11-05T12:34:56+0100 host kernel: ",
    "pid": "Nov  5 12:34:56 host kernel[1]: ", "grep-n": "{0}:[{1:12.6f}] ", "file": "logs/dmesg.0:",
    "file-n": "dmesg.txt:{0}:", "markdown": "    [{1:12.6f}] ", "blanks": "        ",
    "quoted": "> ", "quoted close": ">[{1:12.6f}] ", "quoted twice": "> > [{1:12.6f}] ", "bar": "| ",
    "diff": "+[{1:12.6f}] ", "tab": "\t", "name": "Anna> ", "word": "console output {0} ## ",
}


@pytest.mark.parametrize("name", PREFIXES)
def test_prefix(name):
    """Whatever stands in front of the lines, all of it counts, and the other lines lose it too."""
    lines = numbered(PREFIXES[name])
    found = same("\n".join(lines))
    assert found.lines == ACER


def test_two_kinds_of_prefix():
    """A log of which one half came from syslog and the other from dmesg."""
    lines = [f"Nov  5 12:34:56 host kernel: {line}" for line in ACER[:25]] + [
        f"[    0.000000] {line}" for line in ACER[25:]]
    assert same("\n".join(lines)).lines == ACER


def test_our_own_lines_stay():
    """What memdawn says of such lines is no such line."""
    line = "memdawn: e820: 891MB LOWMEM available. Zone PFN ranges:"
    assert undress.texts_of(undress.undress([line])) == [line]


@pytest.mark.parametrize("path", sorted(LINUX.glob("*/*.log")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_clean_logs_stay(path):
    """Of a real kernel's log not a character changes."""
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8", errors="replace").split("\n")]
    assert undress.texts_of(undress.undress(lines)) == lines


# --- losses -------------------------------------------------------------------------------------------------

def test_lost_blanks():
    """In front of the lines, or one left of each."""
    same("\n".join(line.lstrip() for line in ACER))
    same("\n".join(" ".join(line.split()) for line in ACER), leave_out=("kernel",))


def wrapped(lines, width):
    """As a mail program wraps: at the last blank before a width."""
    result = []
    for line in lines:
        while len(line) > width and line[:width].strip() and " " in line[:width + 1].strip():
            place = line.rindex(" ", 0, width + 1)
            if not line[:place].strip():
                break
            result.append(line[:place].rstrip())
            line = line[place + 1:].lstrip()
        result.append(line)
    return result


def cut(lines, width):
    """As a terminal wraps: at the width."""
    return [line[at:at + width] for line in lines for at in range(0, max(len(line), 1), width)]


@pytest.mark.parametrize("width", [60, 66, 72, 76, 78, 80])
@pytest.mark.parametrize("prefix", ["", "> ", "[    0.000000] ", "Nov  5 12:34:56 host kernel: "])
def test_wrapped_by_mail(width, prefix):
    """Also within an entry of the map, a zone, the line Memory and the command line."""
    for lines in LOGS:
        same("\n".join(wrapped([prefix + line for line in lines], width)), lines)
        same("\n".join("> " + line for line in wrapped([prefix + line for line in lines], width)), lines)


@pytest.mark.parametrize("prefix", ["", "[    0.000000] ", "Nov  5 12:34:56 host kernel: [    0.000000] "])
def test_wrapped_by_a_terminal(prefix):
    """Within numbers and words."""
    for lines in LOGS:
        same("\n".join(cut([prefix + line for line in lines], 80)), lines)


@pytest.mark.parametrize("first, second", [
    ("profile=2 m", "em=512M debug"), ("mem=51", "2M debug"), ("mem=512", "M debug"), ("mem", "=512M"),
    ("quiet", "mem=512M"), ("quiet ", "mem=512M debug"), ("root=/dev/sda1 me", "m=512M")])
def test_wrapped_command_line(first, second):
    """A word that was cut is put together, words that were apart stay so."""
    found = maps.read("\n".join([*ACER[:20], f"Kernel command line: ro {first}", second, "Initializing CPU#0"]))
    assert found.words == ["mem=512M"]


def test_joined_lines():
    """Several records in a line, with their times or without."""
    same("".join(f"[    0.000000] {line}" for line in ACER))
    lines = [ACER[0] + "5" + ACER[1] + ACER[2], *ACER[3:LOWMEM], ACER[LOWMEM] + "6" + ACER[LOWMEM + 1],
             *ACER[LOWMEM + 2:]]
    same("\n".join(lines))


def test_cut_lines_are_named():
    """What can't be read is said with its line and its words, and not compared."""
    lines = [*ACER[:-8], "Built 1 zonelists in Zone ord"]
    found = maps.read("\n".join(lines))
    assert found.notes == [f"line {len(lines)} is cut, what it says is not compared: Built 1 zonelists in Zone ord"]
    assert "total_pages" not in found.facts and found.facts["totalpages"] == 1572638
    found = maps.read("\n".join(ACER[:7] + [" BIOS-e820: 00000000bff9e000 - 00000000bf"]))
    assert len(found.ranges) == 5 and "line 8 is cut" in found.notes[0]


def test_lost_beginning():
    """A ring buffer that has lost the map's beginning, or all of it: RAM is what early_node_map has, and
    that isn't compared with itself."""
    for first in (8, 20):
        found = maps.read("\n".join(ACER[first:]))
        assert found.source == "early_node_map" and "early_node_map" not in found.facts
        assert found.ranges == [(0, 0x9e000, 1), (0x100000, 0xbff90000, 1), (1 << 32, 0x1c0000000, 1)]
        assert any("has lost the beginning" in note for note in found.notes)
    with pytest.raises(MapError, match="begins with: 891MB LOWMEM available"):
        maps.read("\n".join(ACER[LOWMEM:LOWMEM + 3]))


def test_first_entry_without_its_name():
    """What is left of the first line in the ring buffer still says what it says."""
    first = ACER.index(" BIOS-e820: 0000000000000000 - 000000000009e800 (usable)")
    lines = [ACER[first].partition(": ")[2], *ACER[first + 1:]]
    same("\n".join(lines), leave_out=("kernel", "release"))


# --- other codes, other wrappings ----------------------------------------------------------------------------

TEXT = "\n".join(f"[    0.000000] {line}" for line in ACER) + "\n"
BYTES = TEXT.encode("ascii")
FILES = {
    "crlf": TEXT.replace("\n", "\r\n").encode(), "cr": TEXT.replace("\n", "\r").encode(),
    "crcrlf": TEXT.replace("\n", "\r\r\n").encode(), "utf-8 mark": b"\xef\xbb\xbf" + BYTES,
    "utf-16": TEXT.encode("utf-16"), "utf-16-be": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "utf-16 without a mark": TEXT.encode("utf-16-le"), "utf-32": TEXT.encode("utf-32"),
    "8 bits": "\xa4 3\xa4\xeb 30\n".encode("latin-1") + BYTES, "zeros": BYTES.replace(b"\n", b"\0\n"),
    "gzip": gzip.compress(BYTES), "gzips": gzip.compress(BYTES[:999]) + gzip.compress(BYTES[999:]),
    "bzip2": bz2.compress(BYTES), "xz": lzma.compress(BYTES),
    "gzipped utf-16": gzip.compress(TEXT.encode("utf-16")),
    "quoted-printable": b"Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(BYTES),
    "quoted-printable, no header": quopri.encodestring(BYTES),
    "soft breaks alone": b"\n".join(line if len(line) < 76 else line[:75] + b"=\n" + line[75:]
                                    for line in BYTES.replace(b"=", b"").splitlines()),
    "base64": b"--b\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(BYTES) + b"--b--\n",
    "base64 of gzip": b"Content-Transfer-Encoding: base64\r\n\r\n" +
                      base64.encodebytes(gzip.compress(BYTES)).replace(b"\n", b"\r\n"),
    "html": html.escape(TEXT).encode(), "html twice": html.escape(html.escape(TEXT)).encode(),
    "page": b"<html><pre class='x'>" + html.escape(TEXT).replace("\n", "<br />\n").encode() + b"</pre></html>",
    "forum": "".join(f"[COLOR=#111111][B]{line}[/B][/COLOR]\n" for line in TEXT.splitlines()).encode(),
    "no-break": TEXT.replace(" ", "\xa0").encode(), "dashes": TEXT.replace(" - ", " \u2013 ").encode(),
    "no width": TEXT.replace("BIOS", "BI\u200bOS").encode(),
    "colours": TEXT.replace("[    0.000000]", "\x1b[32m[    0.000000]\x1b[0m").encode(),
    "title": b"\x1b]0;dmesg\x07\x1b(B\x1bc" + BYTES, "carets": TEXT.replace("[    0", "^[[32m[    0").encode(),
    "markdown": b"```\n" + BYTES + b"```\n", "wiki": b"{{{\n" + BYTES + b"}}}\n", "session": b"$ dmesg\n" + BYTES + b"$ ",
}


@pytest.mark.parametrize("name", FILES)
def test_file(name):
    """Each of these is the same log."""
    lines = [line.replace("=", "") for line in ACER] if name == "soft breaks alone" else ACER
    same(FILES[name], lines)


def test_cut_gzip():
    """What is there of it is read, and that it is cut is said."""
    packed = gzip.compress(BYTES)
    found = maps.read(packed[:-200])
    assert found.ranges and "the gzip file is cut: its end is missing" in found.notes


@pytest.mark.parametrize("data, reason", [
    (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"), (b"PK\x03\x04" + bytes(99), "a ZIP archive"),
    (b"\x1f\x8b\x08\x00junk and more of it", "gzip, but"), (bytes(257) + b"ustar" + bytes(300), "a tar archive"),
    (gzip.compress(bytes(70 << 20)), "at most")], ids=["png", "zip", "gzip", "tar", "bomb"])
def test_no_text(data, reason):
    """What is no text is called by its name; what would fill the memory is not unpacked."""
    with pytest.raises(MapError, match=reason):
        maps.read(data)


def test_signs_of_quoted_printable():
    """mem=10M is no code for a character where nothing says that there are codes."""
    lines = [*ACER[:20], "Kernel command line: root=802 mem=47M"]
    assert maps.read("\n".join(lines)).words == ["mem=47M"]


def test_plain():
    """Entities, tags and levels of printk, by hand."""
    assert web.plain("<4>a -&gt; b &amp;amp;") == "<4>a -> b &"
    assert web.plain("a<br>b<br/>c <b>d</b>") == "a\nb\nc d"
    assert reader.lines_of("a\rb\r\nc\n\nd") == ["a", "b", "c", "", "d"]
    assert unpack.unpacked(b"plain", []) == b"plain"


# --- any dress -----------------------------------------------------------------------------------------------

def random_dress(lines, generator):
    """A log with a prefix, wrapped, quoted, with line ends and in a code, and how."""
    form = generator.choice(sorted(PREFIXES))
    number = iter(range(1, 10000))
    seconds = iter(sorted(generator.random() * 9 for _ in lines))
    text = [PREFIXES[form].format(next(number), next(seconds)) + line for line in lines]
    wrap, width = generator.choice([("", 0), ("mail", generator.randrange(66, 100)),
                                    ("terminal", generator.choice([80, 100, 132]))])
    text = wrapped(text, width) if wrap == "mail" else cut(text, width) if wrap == "terminal" else text
    quote = generator.choice(["", "", "> ", ">", "| ", "> > "])
    end = generator.choice(["\n", "\r\n", "\r", "\r\r\n"])
    code = generator.choice(["utf-8", "utf-16", "utf-16-le"])
    return "".join(quote + line + end for line in text).encode(code), (form, wrap, width, quote, end, code)


# Where a terminal cuts prefixes that hardly differ from the lines, no program can know what they were.
HARD = {"name", "word", "tab", "blanks", "file", "file-n"}


@pytest.mark.parametrize("part", range(8))
def test_any_dress(part):
    """The same facts from every log in every dress."""
    generator = random.Random(f"dress {SEED} {part}")
    for _ in range(25):
        place = generator.randrange(len(LOGS))
        data, how = random_dress(LOGS[place], generator)
        if how[1] and how[0] in HARD:
            continue
        print(f"MEMDAWN_SEED={SEED} part {part}: log {place}, {how}")
        same(data, LOGS[place])


# --- several boots --------------------------------------------------------------------------------------------

def test_boots():
    """The last with figures is taken, or the one that is asked for."""
    other = clean("31")
    text = "\n".join([*other, *ACER, *ACER[:10]])
    found = maps.read(text)
    assert found.notes[0] == "the log has 3 boots, number 2 is taken: it is the last that has figures"
    assert found.facts["totalpages"] == 1572638
    assert maps.read(text, 1).facts["totalpages"] == 524111
    assert not maps.read(text, 3).facts
    with pytest.raises(MapError, match="there is no boot 4, the log has 3"):
        maps.read(text, 4)
    boots = which_boot.boots_of(undress.undress(text.split("\n")))
    assert [boot.number for boot in boots] == [3, len(other) + 1, len(other) + len(ACER) + 1]


def test_lines_twice():
    """An early console prints each line, and the real one again: one boot."""
    text = "\n".join(line for line in ACER for _ in range(2))
    found = maps.read(text)
    assert found.facts == maps.read("\n".join(ACER)).facts and not found.notes


def test_escaped_line_ends():
    """syslog's #012 between the lines of one record."""
    place = next(place for place, line in enumerate(ACER) if line.startswith("virtual kernel"))
    same("\n".join([*ACER[:place], "#012".join(ACER[place:])]))


def test_lines_before_the_banner():
    """One boot's figures may stand in front of it, from a search."""
    assert maps.read("\n".join([ACER[LOWMEM], "", *ACER[:20]])).facts["lowmem_mb"] == 891


# --- the other forms -------------------------------------------------------------------------------------------

IOMEM = (POSTED / "iomem-indented.txt").read_text(encoding="ascii")


@pytest.mark.parametrize("prefix", ["", "> ", "    ", "iomem:", "| "])
def test_iomem(prefix):
    """Indented, quoted, behind a file's name: the outermost lines count."""
    found = maps.read("\n".join(prefix + line for line in IOMEM.splitlines()))
    assert found.ranges == [(0, 0x1000, 2), (0x1000, 0x9fc00, 1), (0x9fc00, 0xa0000, 2), (0xf0000, 0x100000, 2),
                            (0x100000, 0x3ffe0000, 1), (0x3ffe0000, 0x40000000, 2), (0xfffc0000, 1 << 32, 2)]


def test_iomem_without_addresses():
    """Who may not see them has to be told."""
    with pytest.raises(MapError, match="as root"):
        maps.read(re.sub(r"[0-9a-f]{8}", "00000000", IOMEM))


@pytest.mark.parametrize("text", ["[    0.000000] hello", "{{{\nhello\n}}}", "[mem 5]", "[drm] hello"])
def test_no_json(text):
    """What isn't meant as JSON isn't called wrong JSON."""
    with pytest.raises(MapError) as caught:
        maps.read(text)
    assert "JSON" not in str(caught.value)


# --- the commands ------------------------------------------------------------------------------------------------

def script(name, *arguments, data=b""):
    """What a script says."""
    return subprocess.run([ROOT / "scripts" / name, *map(str, arguments)], input=data, capture_output=True,
                          check=False, timeout=600)


def test_nothing_compared():
    """A map without figures: it is replayed, but that is no success."""
    done = script("replay", "--fast", "-", data="\n".join(ACER[:14]).encode())
    assert done.returncode == 2 and b"2.6.34" in done.stdout
    assert b"no figure of that kernel was found" in done.stderr


def test_escapes_stay_away():
    """Nothing that stands in a log, or in a file's name, orders the terminal about."""
    evil = "\x1b[2J\x9b31m\u202e"
    lines = [ACER[0].replace("-generic", f"-{evil}generic"), *ACER[1:20], f"{evil}odd line", *ACER[20:]]
    for arguments in (["--log"], ["--json"], []):
        done = script("replay", "--fast", *arguments, "-", data="\n".join(lines).encode())
        text = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == 0 and not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    done = script("replay", "--fast", f"/no/{evil}/file")
    assert done.returncode == 2 and b"\x1b" not in done.stderr
    done = script("logdiff", f"/no/{evil}/file", LINUX / "bootmem" / "pc-512M.log")
    assert done.returncode == 2 and b"\x1b" not in done.stderr
    assert visible("a\x1b[2J\u202eb") == "a\\x1b[2J\\u202eb"


REFERENCE = LINUX / "bootmem" / "pc-512M.log"


@pytest.mark.parametrize("name", ["dmesg", "dmesg-T", "dmesg-x", "syslog", "grep-n", "quoted", "markdown"])
def test_logdiff_dressed(name):
    """A dressed log is equal to the clean one, and one in which a digit differs isn't."""
    lines = [PREFIXES[name].format(place, place / 1000) + line
             for place, line in enumerate(REFERENCE.read_text(encoding="ascii").splitlines(), 1)]
    done = script("logdiff", "-", REFERENCE, data="\r\n".join(lines).encode("utf-16"))
    assert (done.returncode, done.stdout) == (0, b"equal\n"), done.stdout
    done = script("logdiff", "-", REFERENCE, data="\n".join(lines).replace("511MB", "510MB").encode())
    assert done.returncode == 1


def test_logdiff_lost_blanks():
    """They are not compared, and that is said."""
    lines = [" ".join(line.split()) for line in REFERENCE.read_text(encoding="ascii").splitlines()]
    done = script("logdiff", "-", REFERENCE, data="\n".join(lines).encode())
    assert (done.returncode, done.stdout) == (0, b"equal\n")
    assert b"- has lost blanks: they are not compared" in done.stderr


def test_logdiff_names_the_file(tmp_path):
    """The one without a whole span."""
    short = tmp_path / "short.log"
    short.write_text("\n".join(REFERENCE.read_text(encoding="ascii").splitlines()[:20]))
    for order in ((short, REFERENCE), (REFERENCE, short)):
        done = script("logdiff", *order)
        assert done.returncode == 2 and f"logdiff: {short}: no line(s)".encode() in done.stderr


def test_logdiff_boots():
    """Which of several was taken is said; another can be asked for."""
    one = REFERENCE.read_text(encoding="ascii")
    other = (LINUX / "bootmem" / "pc-64M.log").read_text(encoding="ascii")
    data = ("Linux version 2.6.34 (a@b) (gcc)\n" + other + "Linux version 2.6.34 (a@b) (gcc)\n" + one).encode()
    done = script("logdiff", REFERENCE, "-", data=data)
    assert done.returncode == 0 and b"- has 2 boots (1 at line 1: 2.6.34, 2 at line" in done.stderr
    assert script("logdiff", "--boot", "1", REFERENCE, "-", data=data).returncode == 1
    assert script("logdiff", "--boot", "3", REFERENCE, "-", data=data).returncode == 2


def test_replay_boot_and_pae():
    """--boot takes another boot; --pae leaves the map whole, which otherwise is said to be cut."""
    data = (POSTED / "17-hp-cq-2.6.28-5g-nonpae.txt").read_bytes()
    done = script("replay", "--fast", "-", data=data)
    assert done.returncode == 0 and b"note: the map is cut at 4 GiB for 2.6.34 too" in done.stdout
    assert re.search(rb"^last page frame +0xbff00 +0xbff00$", done.stdout, re.MULTILINE)
    done = script("replay", "--fast", "--pae", "-", data=data)
    assert done.returncode == 0 and b"cut at 4 GiB" not in done.stdout
    assert re.search(rb"^last page frame +0x140000 +0xbff00 +\[1\]$", done.stdout, re.MULTILINE)
    record = json.loads(script("replay", "--fast", "--json", "-", data=data).stdout)
    assert record["compared"] == 23 and record["summary"][0].startswith("This machine has about 4095 MB")
