# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel calls things, from its own tables in the ELF file."""

from memdawn.state.target import Target

E820 = "src/arch/i386/firmware/e820/e820.c"


def e820_types(target: Target) -> dict[int, str]:
    """The firmware's types of memory, as the log has them."""
    return {entry["type"]: target.image.string(entry["in_log"]).strip("()")
            for entry in target.initial("type_names", E820)}


def migrate_types(target: Target) -> list[str]:
    """The types of pageblocks, by their numbers."""
    return [target.image.string(address) for address in target.initial("migratetype_names")]
