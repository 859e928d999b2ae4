# SPDX-License-Identifier: GPL-2.0-only
"""A copy of the boot disc that starts one given command line at once.

grub.cfg reads /boot/grub/run.cfg before it shows its menu. On the disc that file is empty
but for a mark and padding (scripts/build/make-iso); here a copy of the disc gets GRUB commands in
its place. So no run needs grub-mkrescue, and runs cannot disturb each other.
"""

import errno
import mmap
import os
import re
import shutil
import subprocess
from collections.abc import Sequence

from memdawn.program import StrPath

RUN_CFG_SIZE = 16384
LONGEST_WORD = 8189        # measured: GRUB 2.06 and 2.12 stop at one byte more, on the screen alone
RUN_CFG_MARK = b"# memdawn run.cfg: the commands of one run are written over this file\n"
BOOT_IMAGE = "BOOT_IMAGE=/boot/bzImage"
CONSOLE_WORDS = "console=ttyS0 earlyprintk=serial,ttyS0,115200 ignore_loglevel"


class MediaError(Exception):
    """The disc cannot be made; the message says why."""


def with_boot_image(cmdline: str) -> str:
    """The command line with GRUB's word for Linux in front, unless it stands there."""
    if cmdline.split(" ", 1)[0] == BOOT_IMAGE:
        return cmdline
    return f"{BOOT_IMAGE} {cmdline}" if cmdline else BOOT_IMAGE


def with_console(cmdline: str) -> str:
    """A user's command line, with the words that bring the log to the serial port in
    front where it names no console itself."""
    words = cmdline.split()
    if any(word.startswith(("console=", "earlyprintk")) for word in words):
        return cmdline
    return f"{CONSOLE_WORDS} {cmdline}" if cmdline else CONSOLE_WORDS


def split_words(cmdline: str) -> list[str]:
    """Arguments for GRUB's multiboot2 command, which joins them with one space each: an
    empty one stands for each further space."""
    return cmdline.split(" ")


def quote(word: str) -> str:
    """One word in GRUB's single quotes."""
    return "'" + word.replace("'", "'\\''") + "'"


def kernel_sees(cmdline: str) -> str:
    """What reaches the kernel of this command line: GRUB 2.06 puts a backslash before
    quotes and backslashes (but not before \\xNN) and double quotes around nothing here,
    because no argument contains a space. Linux under GRUB sees the same."""
    return re.sub(r"\\(?!x[0-9a-fA-F]{2})|['\"]", lambda match: "\\" + match.group(0), cmdline)


def run_cfg(cmdline: str, modules: Sequence[tuple[str, str]] = (),
            prepare: Sequence[str] = ()) -> str:
    """GRUB commands that load the kernel with `cmdline` and `modules`, start it, and halt
    the machine where that fails.

    modules -- (path on the disc, words) each
    prepare -- GRUB commands to be given before the first module is loaded
    """
    if re.search(r"[\n\r\0]", cmdline):
        raise MediaError("the command line may not contain line breaks or NUL")
    if re.search("[\ud800-\udfff]", " ".join([cmdline, *(words for _, words in modules)])):
        raise MediaError("the command line has bytes that are no UTF-8")
    for word in split_words(cmdline) + [word for _, words in modules for word in split_words(words)]:
        if len(word.encode()) > LONGEST_WORD:
            raise MediaError(f"the command line's word {word[:20]}... has {len(word.encode())} bytes; "
                             f"GRUB takes {LONGEST_WORD} at most")
    lines = []
    if modules:
        loads = list(prepare)
        loads += [" ".join(["module2", path] + [quote(word) for word in split_words(words)])
                  if words else f"module2 {path}" for path, words in modules]
        lines += ["function load_modules {", *["\t" + load for load in loads], "}"]
    lines += ["memdawn " + " ".join(quote(word) for word in split_words(cmdline)), "halt"]
    return "\n".join(lines) + "\n"


def make_disc(iso: StrPath, output: StrPath, config: str,
              files: Sequence[tuple[StrPath, str]] = ()) -> None:
    """Copies the disc `iso` to `output` with `config` as its run.cfg.

    files -- (path of a file here, its path on the disc) to be added
    """
    data = config.encode()
    if len(data) > RUN_CFG_SIZE:
        raise MediaError(f"command line too long: {len(data)} bytes of GRUB commands, "
                         f"room for {RUN_CFG_SIZE}")
    if files:
        command = ["xorriso", "-no_rc", "-report_about", "WARNING", "-indev", str(iso),
                   "-outdev", str(output), "-boot_image", "any", "replay"]
        for here, there in files:
            command += ["-map", str(here), there]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, check=False)
        if "exceeds free space on media" in done.stdout:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(output))
        if done.returncode != 0:
            raise MediaError(f"xorriso failed:\n{done.stdout}")
    else:
        shutil.copyfile(iso, output)
    with open(output, "r+b") as disc, mmap.mmap(disc.fileno(), 0) as content:
        start = content.find(RUN_CFG_MARK)
        if start < 0:
            raise MediaError(f"{iso} is not a boot disc of this project: it has no run.cfg")
        content[start:start + RUN_CFG_SIZE] = data.ljust(RUN_CFG_SIZE, b"\n")
