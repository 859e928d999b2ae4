# SPDX-License-Identifier: GPL-2.0-only
"""Modules of a browser's language as one script, for pages that are one file."""

import pathlib
import re

# What a page needs not: types, which are for tsc, and comments.
TYPES = re.compile(r"^\t*/\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"^\t*//.*\n", re.MULTILINE)
IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "(\.[^"]*\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:class|const|(?:async )?function\*?) (\w+))", re.MULTILINE)


class Bundle:
    """Modules as one script. Each is a function of its own, so that a name may be used in several; what it
    exports is what the function returns."""

    def __init__(self) -> None:
        self.numbers: dict[pathlib.Path, int] = {}
        self.exported: dict[pathlib.Path, list[str]] = {}
        self.text = "const modules = [];\n"

    def add(self, path: pathlib.Path) -> None:
        """Adds a module, after those that it imports. Raises ValueError where one lacks what is taken from it."""
        if path in self.numbers:
            return
        text = COMMENT.sub("", TYPES.sub("", path.read_text(encoding="utf-8")))
        for _, imported in IMPORT.findall(text):
            self.add((path.parent / imported).resolve())
        body = EXPORT.sub(r"\1", IMPORT.sub(lambda match: self.taken(path, match), text))
        self.exported[path] = [name for _, name in EXPORT.findall(text)]
        self.numbers[path] = len(self.numbers)
        self.text += f"modules.push((() => {{\n{body}\nreturn {{ {', '.join(self.exported[path])} }};\n}})());\n"

    def taken(self, path: pathlib.Path, match: re.Match[str]) -> str:
        """What an import becomes."""
        other = (path.parent / match[2]).resolve()
        names = match[1].removeprefix("* as ")
        if names.startswith("{"):
            for name in re.findall(r"(\w+)(?: as \w+)?", names):
                if name not in self.exported[other]:
                    raise ValueError(f"{path}: {other.name} does not export {name}")
            names = names.replace(" as ", ": ")
        return f"const {names} = modules[{self.numbers[other]}];\n"


def bundle(entry: pathlib.Path) -> str:
    """A module and all that it imports."""
    made = Bundle()
    made.add(entry.resolve())
    return made.text
