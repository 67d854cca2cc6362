"""Records that wait for delivery: in memory and, so that no restart loses one, in a file for each stream."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

Key = tuple[str, str, str]
"""Account, region and name of a stream."""


class Waiting(NamedTuple):
    arrival: float
    """Seconds since 1970."""
    data: bytes


@dataclass
class Buffer:
    """One stream's records, oldest first. Records stay until they are delivered."""

    key: Key
    records: list[Waiting] = field(default_factory=list)
    size: int = 0
    retry_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    delivering: threading.Lock = field(default_factory=threading.Lock)

    def file(self) -> Path:
        return _folder() / ("~".join(self.key) + ".jsonl")

    def append(self, data: list[bytes]) -> None:
        now = time.time()
        waiting = [Waiting(now, item) for item in data]
        with self.lock:
            self.file().parent.mkdir(parents=True, exist_ok=True)
            with self.file().open("a") as file:
                file.writelines(map(_line, waiting))
            self.records += waiting
            self.size += sum(map(len, data))

    def drop(self, count: int) -> None:
        """Forget the `count` oldest records: they are delivered."""
        with self.lock:
            self.records = self.records[count:]
            self.size = sum(len(item.data) for item in self.records)
            temporary = self.file().with_suffix(".tmp")
            temporary.write_text("".join(map(_line, self.records)))
            temporary.replace(self.file())

    def erase(self) -> None:
        with self.lock:
            self.records, self.size, self.retry_at = [], 0, 0.0
            self.file().unlink(missing_ok=True)


_buffers: dict[Key, Buffer] = {}
_buffers_lock = threading.Lock()


def buffer(key: Key) -> Buffer:
    with _buffers_lock:
        return _buffers.setdefault(key, Buffer(key))


def all_buffers() -> list[Buffer]:
    with _buffers_lock:
        return list(_buffers.values())


def load() -> None:
    """Take up what the last emulator on this state directory had not delivered yet."""
    for path in _folder().glob("*.jsonl"):
        account, region, name = path.stem.split("~", 2)
        restored = buffer((account, region, name))
        for line in path.read_text().splitlines():
            try:
                arrival, data = json.loads(line)
            except ValueError:  # a kill -9 in the middle of a line: its caller had no answer yet
                continue
            restored.records.append(Waiting(arrival, base64.b64decode(data)))
        restored.size = sum(len(item.data) for item in restored.records)


def _line(item: Waiting) -> str:
    return json.dumps([item.arrival, base64.b64encode(item.data).decode()]) + "\n"


def _folder() -> Path:
    return Path(os.environ["EMULATOR_STATE_DIR"]) / "firehose"
