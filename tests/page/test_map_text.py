# SPDX-License-Identifier: GPL-2.0-only
"""Maps as text: what the page reads in a log is what scripts/replay reads in it."""

from memdawn.replay import maps
from memdawn.replay.found import TYPE_WORDS
from page_machine import ROOT, in_node, map_of

LINUX = ROOT / "tests" / "linux"


def ranges(text):
    """What scripts/replay takes a text for."""
    return [list(found) for found in maps.read(text).ranges]


def test_logs():
    """Every log of tests/linux that begins with a map."""
    texts = [path.read_text(encoding="latin-1") for folder in ("bootmem", "nobootmem", "bootmem_debug")
             for path in sorted((LINUX / folder).glob("*.log"))]
    texts = [text for text in texts if "BIOS-e820" in text]
    assert len(texts) > 30
    for text, found in zip(texts, in_node("maps.mjs", asked=texts)):
        assert found["entries"] == ranges(text) == map_of(text.splitlines())
        assert found["refused"] == [] and found["again"] == found["entries"]


def test_other_forms():
    """Times in front, a newer kernel's lines, /proc/iomem, two boots in one log, and what is typed."""
    low, high = [0, 0x9fc00, 1], [0x100000, 0x8000000, 1]
    newer = ("[    0.000000] BIOS-provided physical RAM map:\n"
             "[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
             "<6>[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x0000000007ffffff] usable\n"
             "[    0.000000] NX (Execute Disable) protection: active\n")
    iomem = "00000000-0009fbff : System RAM\n000a0000-000bffff : Video RAM area\n" \
        "00100000-07ffffff : System RAM\n  01000000-0108ad00 : Kernel code\n"
    older = " BIOS-provided physical RAM map:\n BIOS-e820: 0000000000000000 - 0000000000080000 (usable)\n"
    typed = "0-9fc00 usable\r\n\r\n0x100000 - 0x8000000 1\n"
    bad = "0-9fc00 usable\n9fc00-100 reserved\n100-zzz usable\n"
    found = in_node("maps.mjs", asked=[newer, iomem, older + newer, typed, bad, "", "no map at all",
                                       "0-1000 constructor\n"])
    for one in found[:4]:
        assert one["entries"] == [low, high] and one["refused"] == []
    assert ranges(newer) == ranges(iomem) == ranges(older + newer) == [low, high]
    assert found[4]["entries"] == [low] and len(found[4]["refused"]) == 1
    assert found[5]["entries"] == found[6]["entries"] == []
    assert found[7]["entries"] == [[0, 0x1000, 2]]


def test_the_words_for_types():
    """Both know the same words."""
    found = in_node("maps.mjs", asked=[f"0-1000 {word}\n" for word in TYPE_WORDS])
    assert [one["entries"] for one in found] == [[[0, 0x1000, kind]] for kind in TYPE_WORDS.values()]
