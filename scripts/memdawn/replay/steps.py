# SPDX-License-Identifier: GPL-2.0-only
"""All that may make a machine's kernel say something else than Linux 2.6.34, in the order in which it
acts: options of the configuration, changes of Linux before 2.6.34 and after it, nodes, patches."""

import re
from collections.abc import Callable, Sequence

from memdawn.replay import borders, changes, configuration, newer, nodes, numa, xen
from memdawn.replay.found import Found
from memdawn.replay.step import Figures, Step

OURS = (2, 6, 34)
GIVEN = ("memmap=", "vmalloc=", "mem=")


def numa_steps(found: Found) -> list[Step]:
    """Nodes and page clustering."""
    def computed(figures: Figures) -> Callable[[Figures], Figures]:
        return lambda _: figures
    return [Step(name, [], figures=computed(figures)) for name, figures in numa.explanations(found)]


def steps_for(found: Found) -> list[Step]:
    """The steps that a kernel of this release and with these signs is away from ours."""
    release = found.release or OURS
    return [*nodes.steps(found), *configuration.page_table_steps(found), *configuration.fixmap_steps(found),
            *changes.steps(release), *configuration.limit_steps(found, release),
            *configuration.trim_steps(found), *configuration.low_memory_steps(found),
            *configuration.struct_page_steps(found, release), *borders.steps(found, release),
            *changes.batch_steps(release), *changes.range_steps(release),
            *numa_steps(found), *newer.steps(found, release), *numa.flat_steps(found, release),
            *xen.steps(found, release)]


def step_words(steps: Sequence[Step]) -> tuple[list[str], list[str]]:
    """Steps as (words of the command line, words of ours)."""
    given = [word for step in steps for word in step.words]
    commits = [word for word in given if re.fullmatch(r"[0-9a-f]{7}", word)]
    ours = [word for word in given if word.startswith("memdawn.")]
    if commits:
        ours.append(f"memdawn.before={','.join(commits)}")
    return [word for word in given if word.startswith(GIVEN)], ours
