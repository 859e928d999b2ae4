# SPDX-License-Identifier: GPL-2.0-only
"""The figures of a comparison as a table, with what explains their differences."""

from memdawn.replay import comparison
from memdawn.replay.found import Found
from memdawn.replay.step import OF_THE_IMAGE

TITLES = {
    "last_pfn": "last page frame", "highmem_mb": "HIGHMEM, MB", "lowmem_mb": "LOWMEM, MB",
    "early_node_map": "RAM, page frames", "totalpages": "totalpages", "total_pages": "Total pages",
    "memory_kb.total": "Memory: total, kB", "memory_kb.highmem": "Memory: highmem, kB",
}
FAMILIES = {
    "zone_pfn_ranges": "zone {}, page frames", "memmap_pages": "zone {}, memmap pages",
    "reserved_pages": "zone {}, reserved pages", "zone_pages": "zone {}, pages and batch",
    "layout": "{}",
}


def title(name: str) -> str:
    """What a figure is called in the table."""
    family, _, part = name.partition(".")
    return TITLES.get(name) or FAMILIES.get(family, "{}").format(part or name)


def value_text(name: str, value: object) -> str:
    """A figure as the logs write it."""
    if value is None:
        return "-"
    if not isinstance(value, list):
        return f"{value:#x}" if name == "last_pfn" and isinstance(value, int) else str(value)
    if name.startswith("layout."):
        return f"{value[0]:#x} - {value[1]:#x}"
    if name.startswith("zone_pfn_ranges"):
        return f"{value[0]:#x} -> {value[1]:#x}"
    if name == "early_node_map":
        return f"{len(value)} ranges, {sum(end - start for _, start, end in value)} pages"
    return ", ".join(map(str, value))


def used_steps(outcome: comparison.Comparison) -> list[int]:
    """The steps that explain something, in order."""
    return sorted({index for row in outcome.rows if row.explained for index in row.reasons})


def remark(row: comparison.Row, theirs_known: bool, numbers: dict[int, int]) -> str:
    """What stands behind a row of the table."""
    if row.equal:
        return "" if row.theirs is not None or not theirs_known else "not in FILE"
    if row.explained:
        return " ".join(f"[{numbers[index]}]" for index in row.reasons)
    return "UNEXPLAINED" + (f", computed {value_text(row.name, row.computed)}" if row.reasons else "")


def lines(found: Found, outcome: comparison.Comparison) -> list[str]:
    """The figures, and what explains their differences."""
    numbers = {index: place for place, index in enumerate(used_steps(outcome), 1)}
    known = bool(found.facts)
    head = f"{'':30} {'2.6.34':25}"
    result = [f"{head} that kernel" if known else head.rstrip()]
    for row in outcome.rows:
        ours, theirs = value_text(row.name, row.ours), value_text(row.name, row.theirs)
        line = f"{title(row.name):30} {ours:25}"
        if known:
            line += f" {theirs:25} {remark(row, known, numbers)}"
        result.append(line.rstrip())
    return result + explanations(found, outcome, numbers) if known else result


def explanations(found: Found, outcome: comparison.Comparison, numbers: dict[int, int]) -> list[str]:
    """The steps by their numbers, and what none of them explains."""
    result = ["", "explained by"] if numbers else []
    result += [f"  [{place}] {outcome.steps[index].name}" for index, place in numbers.items()]
    rest = outcome.unexplained
    result += ["", f"unexplained: {'; '.join(title(row.name) for row in rest) if rest else 'none'}"]
    if any(name in found.facts.get("memory_kb", {}) for name in OF_THE_IMAGE):
        result.append("not compared: memory available and reserved, sizes of code, data and init: each image "
                      "has its own")
    return result
