# SPDX-License-Identifier: GPL-2.0-only
"""Runs inside GDB: carries out a list of commands and writes down what each answered.

MEMDAWN_PLAN names a JSON file: {"commands": [...], "answers": path}. An answer is {"command",
"text"}, with "error" in place of the text where GDB refused it. Besides GDB's own there is
`dump FILE [paging]`: QEMU writes a core of the machine (its monitor is the socket MEMDAWN_QMP).
"""

import json
import os

import gdb

from memdawn.emulators import qmp


def dump(path, paging):
    """Has QEMU write a core; returns its error, or an empty text."""
    with qmp.Monitor(os.environ["MEMDAWN_QMP"]) as monitor:
        try:
            monitor.execute("dump-guest-memory", paging=paging, protocol=f"file:{path}")
        except qmp.QmpError as error:
            return str(error)
    return ""


def carry_out(command):
    """One answer."""
    words = command.split()
    try:
        if words[0] == "dump":
            return {"command": command, "text": dump(words[1], "paging" in words)}
        return {"command": command, "text": gdb.execute(command, to_string=True)}
    except gdb.error as error:
        return {"command": command, "error": str(error)}


with open(os.environ["MEMDAWN_PLAN"], encoding="utf-8") as plan_file:
    plan = json.load(plan_file)
answers = [carry_out(command) for command in plan["commands"]]
with open(plan["answers"], "w", encoding="utf-8") as answer_file:
    json.dump(answers, answer_file)
