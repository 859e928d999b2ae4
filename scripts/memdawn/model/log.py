# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's log as Linux 2.6.34's printk keeps it, and what a console shows of it.

A line is printed with a level.  A console shows a line if its level is more urgent than
console_loglevel, or always with ignore_loglevel.  What was printed before the first console
existed is held back and judged when that console comes, with the loglevel of that moment;
later lines are judged when they are printed.
"""

EMERG, ALERT, CRIT, ERR, WARNING, NOTICE, INFO, DEBUG = range(8)
DEFAULT = WARNING            # printk() without a level

# printk formats into 1024 bytes: three go to the level mark, one to the closing NUL.
PRINTK_TEXT = 1024 - 3 - 1


class Log:
    """Lines in order, and which of them reached a console."""

    def __init__(self) -> None:
        self.all: list[tuple[int, str]] = []         # (level, text) of every finished line
        self.shown: list[str] = []                   # texts that a console has shown
        self.held_back: list[tuple[int, str]] = []   # lines printed before there was a console
        self.have_console = False
        self.console_loglevel = 7
        self.ignore_loglevel = False

    def print(self, level: int, text: str) -> None:
        """One printk() call; text may hold several lines, its last newline is implied.

        A text longer than printk's buffer is cut, its newline with it; the next printk
        that carries a level starts a new line, so only the cut remains visible.
        """
        for line in text[:PRINTK_TEXT].split("\n"):
            self.all.append((level, line))
            if self.have_console:
                self._show(level, line)
            else:
                self.held_back.append((level, line))

    def _show(self, level: int, line: str) -> None:
        if level < self.console_loglevel or self.ignore_loglevel:
            self.shown.append(line)

    def console_comes(self) -> None:
        """A console was registered: it replays what was held back."""
        if self.have_console:
            return
        self.have_console = True
        for level, line in self.held_back:
            self._show(level, line)
        self.held_back = []

    def lines(self) -> list[str]:
        """What the consoles have shown; with none so far, what the first will replay."""
        if self.have_console:
            return list(self.shown)
        replay = Log()
        replay.held_back = self.held_back
        replay.console_loglevel = self.console_loglevel
        replay.ignore_loglevel = self.ignore_loglevel
        replay.console_comes()
        return replay.shown
