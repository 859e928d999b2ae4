# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's monitor: a client of the QEMU machine protocol on a UNIX socket."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TypedDict

PAUSE = 0.01             # seconds between two tries


class QmpEvent(TypedDict):
    """Something that has happened to the machine."""
    event: str
    data: dict[str, object]


class QmpError(Exception):
    """QEMU refuses a command; the text says why."""


class Monitor:
    """One connection; QEMU takes one at a time."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._early: list[QmpEvent] = []    # came while an answer was waited for
        try:
            self._socket.connect(os.fspath(path))
            self._stream = self._socket.makefile("rw", encoding="utf-8")
            self._read()                 # the greeting
            self.execute("qmp_capabilities")
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> "Monitor":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets another one connect."""
        self._stream.close()
        self._socket.close()

    def _read(self) -> dict[str, object]:
        """The next message. Raises OSError where QEMU has ended."""
        line = self._stream.readline()
        if not line:
            raise ConnectionError("QEMU has closed its monitor")
        message = json.loads(line)
        assert isinstance(message, dict)
        return message

    def execute(self, command: str, **arguments: object) -> object:
        """What a command returns. Raises QmpError where QEMU refuses it."""
        self._stream.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._stream.flush()
        while True:
            message = self._read()
            if "return" in message:
                return message["return"]
            error = message.get("error")
            if isinstance(error, dict):
                raise QmpError(error.get("desc", str(error)))
            if "event" in message:
                self._early.append(_event(message))

    def human(self, line: str) -> str:
        """What QEMU's monitor for people answers to a line."""
        return str(self.execute("human-monitor-command", **{"command-line": line}))

    def save_memory(self, start: int, size: int, path: str | os.PathLike[str]) -> bytes:
        """Physical memory, which QEMU writes to a file."""
        self.execute("pmemsave", val=start, size=size, filename=os.fspath(path))
        with open(path, "rb") as file:
            return file.read()

    def events(self) -> Iterator[QmpEvent]:
        """What happens, until QEMU ends."""
        try:
            while True:
                yield self._early.pop(0) if self._early else _event(self._read())
        except (OSError, ValueError):
            return


def _event(message: dict[str, object]) -> QmpEvent:
    """A message as an event; one that is none has an empty name."""
    data = message.get("data")
    return {"event": str(message.get("event", "")), "data": data if isinstance(data, dict) else {}}


def connect(path: str | os.PathLike[str], is_wanted: Callable[[], bool]) -> Monitor | None:
    """The monitor, as soon as QEMU has made its socket; None as soon as is_wanted() says no."""
    while is_wanted():
        try:
            return Monitor(path)
        except OSError:
            time.sleep(PAUSE)
    return None
