"""Records that wait for delivery, in memory and in a saved file."""

import base64
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emulator import persistence

Key = tuple[str, str, str]
"""Account, region and name of a stream."""

_lock = threading.Lock()
_changes: list[dict[str, Any]] = []
"""Appended and dropped records since the last save."""


class Waiting(NamedTuple):
    arrival: float
    """Seconds since 1970."""
    data: bytes


@dataclass
class Buffer:
    """A stream's records until their delivery, oldest first."""

    key: Key
    records: list[Waiting] = field(default_factory=list)
    size: int = 0
    retry_at: float = 0.0
    delivering: threading.Lock = field(default_factory=threading.Lock)

    def append(self, data: list[bytes]) -> None:
        now = time.time()
        with _lock:
            waiting = [Waiting(now, item) for item in data]
            self.records += waiting
            self.size += sum(map(len, data))
            _changes.extend(_added(self.key, waiting))

    def drop(self, count: int) -> None:
        """Remove the `count` oldest records."""
        with _lock:
            self.records = self.records[count:]
            self.size = sum(len(item.data) for item in self.records)
            _changes.append({"key": self.key, "dropped": count})

    def erase(self) -> None:
        self.retry_at = 0.0
        self.drop(len(self.records))


_buffers: dict[Key, Buffer] = {}


def buffer(key: Key) -> Buffer:
    with _lock:
        return _buffers.setdefault(key, Buffer(key))


def all_buffers() -> list[Buffer]:
    with _lock:
        return list(_buffers.values())


def _added(key: Key, records: list[Waiting]) -> list[dict[str, Any]]:
    return [{"key": key, "record": [item.arrival, base64.b64encode(item.data).decode()]} for item in records]


def _saved(everything: bool) -> list[dict[str, Any]]:
    with _lock:
        changes = list(_changes)
        _changes.clear()
        if everything:
            changes = [line for each in _buffers.values() for line in _added(each.key, each.records)]
        return changes


def _load(lines: Iterable[dict[str, Any]]) -> None:
    for line in lines:
        account, region, name = line["key"]
        restored = buffer((account, region, name))
        if "record" in line:
            arrival, data = line["record"]
            restored.records.append(Waiting(arrival, base64.b64decode(data)))
        else:
            del restored.records[: line["dropped"]]
    for each in all_buffers():
        each.size = sum(len(item.data) for item in each.records)


def install() -> None:
    persistence.register_changes("firehose-records", _saved, _load)
