# SPDX-License-Identifier: GPL-2.0-only
"""What every program here does around its main(): its streams, its ends, its temporary folder."""

import contextlib
import errno
import io
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import NoReturn

from memdawn import visible

StrPath = str | os.PathLike[str]

# Statuses that every program has; the others are its own.
NOT_WRITTEN = 2
INTERRUPTED = 128 + signal.SIGINT
NOBODY_READS = 128 + signal.SIGPIPE

# A UNIX socket's path has room for 107 bytes; QEMU takes a comma for the end of a word.
LONGEST_FOLDER = 80


def open_streams() -> None:
    """Makes the standard streams usable, whatever the caller's locale has and whichever he has closed:
    what can't be encoded is shown as an escape, and so are control characters of others."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            # The number must not go to the next file that is opened.
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            os.set_inheritable(number, True)
            stream = open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)
            setattr(sys, name, stream)
        if number > 0 and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
            setattr(sys, name, visible.VisibleStream(stream))


def drop_output() -> None:
    """Nothing more is written: what is left in the buffers goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


class Terminated(BaseException):
    """Somebody ends this program, by a signal or by closing its terminal: what it has started and
    written is cleaned up on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def terminate(number: int, _frame: FrameType | None) -> NoReturn:
    """What SIGTERM and SIGHUP do."""
    raise Terminated(number)


def tethered(command: Sequence[StrPath]) -> list[StrPath]:
    """A command whose process ends with this program, even where this is killed; it must be started
    by the main thread."""
    tether = ["setpriv", "--pdeathsig", "KILL"]
    return [*(tether if shutil.which(tether[0]) else []), *command]


def explained(error: OSError) -> str:
    """What went wrong with which file; of a copy, both: it is the second one that found no room."""
    files = [str(file) for file in (error.filename, error.filename2) if file is not None]
    hint = f" (TMPDIR={tempfile.gettempdir()}: another folder may have room)" \
        if error.errno == errno.ENOSPC and files and files[-1].startswith(tempfile.gettempdir()) else ""
    return f"{' -> '.join(files)}: {error.strerror or error}{hint}" if files else \
        str(error.strerror or error)


def leave_at_once(status: int) -> NoReturn:
    """Ends the program after a signal. What it had begun is put away by now; a thread that the signal
    caught at its start would keep Python waiting for ever."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(status)


def run(name: str, main: Callable[[], int]) -> NoReturn:
    """Runs main(), and ends with its status, which counts only if its output was written whole.

    name -- the program's, for its messages
    """
    open_streams()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, terminate)
    try:
        status = int(main())
        sys.stdout.flush()
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        leave_at_once(INTERRUPTED)
    except Terminated as end:
        leave_at_once(128 + end.number)
    except BrokenPipeError:
        drop_output()
        status = NOBODY_READS
    except OSError as error:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        drop_output()
        print(f"{name}: {explained(error)}", file=sys.stderr)
        status = NOT_WRITTEN
    sys.exit(status)


@contextlib.contextmanager
def temporary_folder() -> Iterator[str]:
    """A folder that goes away again, in TMPDIR unless that is no place for an emulator's sockets."""
    place = tempfile.gettempdir()
    if len(os.fsencode(place)) > LONGEST_FOLDER or "," in place or not place.isprintable():
        print(f"temporary files go to /tmp: QEMU's sockets can't be in {place!r}", file=sys.stderr)
        place = "/tmp"
    with tempfile.TemporaryDirectory(prefix="memdawn-", dir=place) as folder:
        yield folder
