# SPDX-License-Identifier: GPL-2.0-only
"""The commands."""

import gdb

from memdawn import state
from memdawn.debugger import milestones as running
from memdawn.debugger.target import GdbTarget
from memdawn.state import milestones


TARGETS = {}


def the_target():
    """The Target of the ELF file that GDB has loaded. Raises gdb.GdbError where it has none."""
    path = gdb.current_progspace().filename
    if not path:
        raise gdb.GdbError("no symbols: `file build/memdawn.elf' loads them")
    if path not in TARGETS:
        TARGETS[path] = GdbTarget(path)
    return TARGETS[path]


class Collect(gdb.Command):
    """Run to each milestone, or to those that are named, and write the state there as JSON."""

    def __init__(self):
        super().__init__("memdawn-collect", gdb.COMMAND_DATA, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if not words:
            raise gdb.GdbError("usage: memdawn-collect FILE [MILESTONE...]")
        try:
            wanted = [milestones.by_name(word) for word in words[1:]] or milestones.MILESTONES
        except KeyError as error:
            raise gdb.GdbError(error.args[0]) from error
        try:
            found = running.collect(the_target(), wanted)
        except running.Interrupted as error:
            raise gdb.GdbError(str(error)) from error
        running.write_json(words[0], {"readers": list(state.READERS), "milestones": found})


def register():
    """Adds the commands to GDB."""
    Collect()
