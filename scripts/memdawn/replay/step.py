# SPDX-License-Identifier: GPL-2.0-only
"""A reason why a machine's kernel said something else than Linux 2.6.34."""

import dataclasses
from collections.abc import Callable, Sequence

from memdawn.model.e820 import Range
from memdawn.replay.found import Facts

# Figures by name, see flat().
Figures = dict[str, object]


@dataclasses.dataclass
class Step:
    """A change of Linux, an option, or a patch.

    name      -- commit and title, the option, or the patch
    words     -- what makes our boot count that way
    tentative -- the log does not tell if it holds: kept if figures become equal by it, and none
                 that was equal becomes different
    figures   -- for what no boot of ours counts: a function of the figures so far, to those that
                 change
    ranges    -- for what is another map: a function of the map so far
    """
    name: str
    words: list[str]
    tentative: bool = False
    figures: Callable[[Figures], Figures] | None = None
    ranges: Callable[[Sequence[Range]], list[Range]] | None = None


# Figures of the image that was booted: nobody else's are equal.
OF_THE_IMAGE = ("available", "code", "reserved", "data", "init")


def flat(facts: Facts) -> Figures:
    """Figures by name, one level deep; those of the image are left out."""
    result: Figures = {}
    for name, value in facts.items():
        if name == "memory_kb" and isinstance(value, dict):
            value = {key: kb for key, kb in value.items() if key not in OF_THE_IMAGE}
        if isinstance(value, dict):
            result.update({f"{name}.{key}": part for key, part in value.items()})
        else:
            result[name] = value
    return result


def number(figures: Figures, name: str) -> int | None:
    """A figure that is one number; None: there is none."""
    value = figures.get(name)
    return value if isinstance(value, int) else None


def numbers(figures: Figures, name: str) -> list[int] | None:
    """A figure that is a few numbers; None: there is none."""
    value = figures.get(name)
    return value if isinstance(value, list) and all(isinstance(part, int) for part in value) else None
