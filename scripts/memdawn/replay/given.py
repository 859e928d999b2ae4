# SPDX-License-Identifier: GPL-2.0-only
"""The map and the words that our kernel is given, for another machine's: the same RAM by what 2.6.34
understands, and with room for our image at 16 MB."""

import re
from collections.abc import Sequence

from memdawn.model import cmdline
from memdawn.model.e820 import FOUR_GIB, PAGE, RAM, RESERVED, Map, Range, overlay
from memdawn.model.log import Log
from memdawn.replay.entries import MIB
from memdawn.replay.found import Found

IMAGE = (16 << 20, 17 << 20)
LOWMEM_24 = 0x9f000         # LOWMEMSIZE() of 2.4.0: the end of RAM below 1 MB


def end_of_ram(ranges: Sequence[Range]) -> int:
    """Where the last RAM ends."""
    return max((end for _, end, kind in ranges if kind == RAM), default=0)


def holds_image(ranges: Sequence[Range]) -> bool:
    """Does our image lie in the map's RAM?"""
    return any(start <= IMAGE[0] and IMAGE[1] <= end for start, end, kind in overlay(ranges) if kind == RAM)


def today(word: str) -> str:
    """2.4's mem=exactmap and mem=SIZE@START as 2.6.34 calls them."""
    if re.match(r"mem=(?:exactmap|\w+[@#$]\w+)$", word):
        return word.replace("mem=", "memmap=", 1)
    return word


def grown(words: Sequence[str], found: Found) -> list[str]:
    """mem= as 2.4.0 takes it, where it is more than the map has: RAM from 1 MB to there, whatever the
    firmware says."""
    result = []
    for word in words:
        match = re.match(r"mem=(\d\w*)$", word)
        limit = cmdline.size(match[1])[0] if match else 0
        if found.release and found.release < (2, 5) and "user" not in found.maps and \
                limit > end_of_ram(found.ranges):
            result += ["memmap=exactmap", f"memmap={LOWMEM_24:#x}@0", f"memmap={limit - MIB:#x}@{MIB:#x}"]
            found.notes.append(f"{word} is more than the map has: 2.4 takes it at its word "
                               "(arch/i386/kernel/setup.c, 2.4.0)")
        else:
            result.append(word)
    return result


def map_by_words(ranges: Sequence[Range], words: Sequence[str]) -> list[Range]:
    """The map that mem= and memmap= make of another."""
    log = Log()
    table = Map(log)
    for start, end, kind in ranges:
        table.add(start, end, kind)
    table.sanitize()
    cmdline.Parameters().parse(" ".join(words), log, table)
    return overlay([(start, end, kind) for start, end, kind in table.table])


def is_map_word(word: str) -> bool:
    """Is this one of the words that change the map?"""
    return word.startswith(("mem=", "memmap=")) and word != "mem=nopentium"


def fill_hole(found: Found) -> None:
    """Where 16 MB to 17 MB are a hole between RAM, and holes counted as pages: RAM there."""
    before = any(start < IMAGE[0] and kind == RAM for start, _, kind in found.ranges)
    if before and end_of_ram(found.ranges) > IMAGE[1] and found.release and found.release < (2, 6, 19):
        found.ranges = [*found.ranges, (*IMAGE, RAM)]
        found.notes.append("our kernel lies at 16 MB to 17 MB, where this map has a hole: it is given RAM "
                           "there; that kernel counted holes like RAM")


def prepare(found: Found) -> None:
    """Makes of what was found what our kernel can be given."""
    map_words = [today(word) for word in found.words if is_map_word(word)]
    others = [word for word in found.words if not is_map_word(word)]
    map_words = grown(map_words, found)
    found.words = map_words + others
    if found.form == "boot log" and len(overlay(found.ranges)) == 1 and end_of_ram(found.ranges) < FOUR_GIB - PAGE:
        found.ranges = [*found.ranges, (FOUR_GIB - PAGE, FOUR_GIB, RESERVED)]
        found.notes.append("the map is a single range, which 2.6.34 takes for none: a reserved page is added at "
                           "the end of 4 GiB")
    if holds_image(found.ranges):
        return
    if "user" in found.maps and holds_image(found.maps["user"]):
        found.source, found.ranges, found.words = "user", found.maps["user"], others
        found.notes.append("the firmware's map has no RAM at 16 MB, where our kernel lies: the map is taken "
                           "as the user made it (user-defined physical RAM map)")
        return
    made = map_by_words(found.ranges, map_words) if map_words else found.ranges
    if made != found.ranges:
        found.ranges, found.words = made, others
        found.notes.append(f"the firmware's map has no RAM at 16 MB, where our kernel lies: the map is taken "
                           f"as {' '.join(map_words)} make it")
    if not holds_image(found.ranges):
        fill_hole(found)
