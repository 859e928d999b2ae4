# SPDX-License-Identifier: GPL-2.0-only
"""The documents as data: their fenced blocks, and in them what is typed and what is answered.

    sh        commands, a line each; they end with status 0, and nothing is said of their output
    console   lines after "$ " are commands for the shell, lines after "memdawn> " (or another
              prompt) are for the program that the last of them has started; what stands below a
              command is what it prints. A later block that begins with such a prompt goes on in the
              session that a block before it has begun.
    text      anything else: pictures, tables, pieces of a log

In an output a line that is only "..." stands for lines left out. Everything else is compared, but for
what is announced in a comment in front of the block, a regular expression a line:

    <!-- varies with the image:
    \\d+k kernel code
    -->

A text that fits the expression equals any other text that fits it.
"""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "src/README.md", "scripts/README.md", "tests/README.md",
             "exercises/README.md"]
KINDS = ("sh", "console", "text")
SHELL = "$ "
PROGRAMS = {"memdawn> ": "make run", "(gdb) ": "make gdb"}     # what prompts so, and what starts it
PROMPTS = (SHELL, *PROGRAMS)
ELISION = "..."

FENCE = re.compile(r"^( *)```(.*)$")
VARIES = re.compile(r"<!-- varies with (?P<what>[^:]+):\n(?P<patterns>(?:.+\n)+?)-->\n+$")


@dataclasses.dataclass
class Step:
    """One command and what the document shows of its output."""
    prompt: str
    command: str
    output: list
    line: int                    # in the document
    varies: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Block:
    """A fenced block."""
    document: str
    line: int                    # of its opening fence
    kind: str
    lines: list
    varies: list                 # of regular expressions
    before: str                  # the text between the block before it, or the beginning, and this one

    def steps(self):
        """The commands in it."""
        if self.kind == "sh":
            return [Step(SHELL, line, [ELISION], self.line + at)
                    for at, line in enumerate(self.lines, 1) if line.split("#")[0].strip()]
        steps = []
        for at, line in enumerate(self.lines, 1):
            prompt = next((one for one in PROMPTS if line.startswith(one)), None)
            if prompt:
                steps.append(Step(prompt, line[len(prompt):], [], self.line + at, self.varies))
            elif steps:
                steps[-1].output.append(line)
        return steps if self.kind == "console" else []


def blocks(document):
    """The fenced blocks of a document, in order."""
    found, opened, kind, body, indent, before = [], 0, "", [], 0, ""
    for number, line in enumerate((ROOT / document).read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if opened and fence and not fence[2]:
            comment = VARIES.search(before)
            found.append(Block(document, opened, kind, body,
                               comment["patterns"].splitlines() if comment else [], before))
            opened, before = 0, ""
        elif opened:
            body.append(line[indent:])
        elif fence:
            opened, kind, body, indent = number, fence[2].strip(), [], len(fence[1])
        else:
            before += line + "\n"
    assert not opened, f"{document}:{opened}: the block has no end"
    return found


def units(document):
    """Lists of steps, each to be run by itself: a command, or a session from the command that
    starts it on."""
    found, sessions = [], {}
    for block in blocks(document):
        for step in block.steps():
            if step.prompt == SHELL:
                found.append([step])
                if block.kind == "console":
                    sessions.update({prompt: found[-1] for prompt, starter in PROGRAMS.items()
                                     if step.command.startswith(starter)})
            else:
                assert step.prompt in sessions, f"{document}:{step.line}: what prompts so?"
                sessions[step.prompt].append(step)
    return found


def masked(lines, patterns):
    """The lines, with each text that fits a pattern replaced by the pattern's number."""
    for number, pattern in enumerate(patterns):
        lines = [re.sub(pattern, f"<{number}>", line) for line in lines]
    return lines


def mismatch(have, want):
    """None if the lines `have` are what the document shows, `want`; else the first shown line that
    was not found."""
    pieces = [[]]
    for line in want:
        if line == ELISION:
            pieces.append([])
        else:
            pieces[-1].append(line)
    at = 0
    for number, piece in enumerate(pieces):
        first, last = number == 0, number == len(pieces) - 1
        starts = [0] if first else range(at, len(have) - len(piece) + 1)
        if last and not first and piece:
            starts = [start for start in starts if start == len(have) - len(piece)]
        start = next((one for one in starts if have[one:one + len(piece)] == piece), None)
        if start is None or first and last and len(have) != len(piece):
            found = have[at:at + len(piece) + 1]
            wrong = [line for line in piece if line not in have[at:]]
            return (wrong or piece or found or ["(nothing)"])[0]
        at = start + len(piece)
    return None
