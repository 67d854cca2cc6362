"""Saves the state of all services every few seconds.

Most services have one JSON file, which is rewritten when the state changes. Growing state (histories of executions) has
a file of lines, to which each save appends the changes.
"""

import contextlib
import copy
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ministack.app as app
from ministack.core import persistence as ministack_persistence

from emulator import hooks

_log = logging.getLogger("emulator")

SAVE_EVERY_SECONDS = float(os.environ.get("EMULATOR_SAVE_SECONDS", "2"))
"""A kill -9 loses at most the changes of this time. One save takes 10 to 25 ms."""

SPARE_LINES = 1000
"""Minimum number of lines that are appended to a file of changes before it is rewritten."""

State = dict[str, Any]

SAVED = "saved"
"""The file in DIR/services whose modification time is the end of the last save."""


@dataclass
class _ChangeFile:
    """A file with one change per line, which is rewritten when about half of the lines are outdated."""

    key: str
    get_changes: Callable[[bool], list[State]]
    load_changes: Callable[[Iterable[State]], None]
    lines_left: int = 0
    """Lines to append before the file is rewritten; 0 also after a failed write."""

    def save(self, folder: Path) -> None:
        path, left = folder / f"{self.key}.jsonl", self.lines_left
        self.lines_left = 0
        changes = self.get_changes(left == 0)
        text = "".join(json.dumps(change) + "\n" for change in changes)
        if left == 0:
            write(path, text)
            self.lines_left = len(changes) + SPARE_LINES
            return
        with path.open("a") as file:
            file.write(text)
        self.lines_left = max(0, left - len(changes))

    def load(self, folder: Path) -> None:
        path = folder / f"{self.key}.jsonl"
        self.load_changes(map(json.loads, _whole_lines(path.read_text()) if path.exists() else []))


def _whole_lines(text: str) -> list[str]:
    """The lines of `text`, without the last one if it is incomplete."""
    return text[: text.rfind("\n") + 1].splitlines()


_participants: dict[str, tuple[Callable[[], State], Callable[[State], None]]] = {}
"""Functions that return the state of a service as JSON, and load it at start. The saving thread calls the first one
again after a RuntimeError, which a concurrent change causes."""
_change_files: dict[str, _ChangeFile] = {}
_after_load: list[Callable[[], None]] = []
_last_saved: dict[str, str] = {}
_save_lock = threading.Lock()
_loaded = threading.Event()
"""Set when the state of the last run is loaded: an earlier save would overwrite it."""


def register_stores(
    key: str,
    stores: Mapping[str, Any],
    repair: Callable[[str, State], None] = lambda store, record: None,
    lock: contextlib.AbstractContextManager[Any] | None = None,
) -> None:
    """Save dictionaries of MiniStack by account and region, guarded by `lock`, as DIR/services/`key`.json.

    `repair(store, record)` is called for each loaded record.
    """

    def get_state() -> State:
        with lock or contextlib.nullcontext():
            return {
                name: [[*scope, copy.deepcopy(value)] for scope, value in kept.all_items()]
                for name, kept in stores.items()
            }

    def load_state(state: State) -> None:
        for name, kept in stores.items():
            for account, region, record_key, value in state.get(name, []):
                repair(name, value)
                kept.set_scoped(account, region, record_key, value)

    _participants[key] = (get_state, load_state)


def register_changes(
    key: str, get_changes: Callable[[bool], list[State]], load_changes: Callable[[Iterable[State]], None]
) -> None:
    """Append `get_changes(False)`, the changes since the last call, to DIR/services/`key`.jsonl; load them at start.

    The file is periodically rewritten from `get_changes(True)`, the whole state, to limit its size.
    """
    _change_files[key] = _ChangeFile(key, get_changes, load_changes)


def after_load(repair: Callable[[], None]) -> None:
    """Call `repair` when all state is loaded, for example to end interrupted work."""
    _after_load.append(repair)


def save() -> None:
    """Write the changed state of every service, each file atomically, once the state of the last run is loaded."""
    if not _loaded.is_set():
        return
    folder = Path(ministack_persistence.STATE_DIR)
    with _save_lock:
        folder.mkdir(parents=True, exist_ok=True)
        states = dict(app._build_persistence_save_dict())
        states.update({key: get_state for key, (get_state, _) in _participants.items()})
        for key, get_state in states.items():
            text = _serialized(key, get_state)
            if text is not None and _last_saved.get(key) != text:
                write(folder / f"{key}.json", text)
                _last_saved[key] = text
        for file in _change_files.values():
            file.save(folder)
        (folder / SAVED).touch()


def _serialized(key: str, get_state: Callable[[], Any]) -> str | None:
    for _ in range(5):
        try:
            state = get_state()
            if state is None:
                return None
            version = ministack_persistence._state_format_version(key)
            return json.dumps(
                {"__ministack_format__": version, "payload": state}, default=ministack_persistence._json_default
            )
        except RuntimeError:  # a dictionary changed during its copy
            continue
    _log.warning("the state of %s changed during each attempt to save it; the next save includes it", key)
    return None


def write(path: Path, text: str) -> None:
    """Write a file atomically."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text)
    temporary.replace(path)


def _load_ours() -> None:
    for key, (_, load_state) in _participants.items():
        state = ministack_persistence.load_state(key)
        if state:
            load_state(state)
    for file in _change_files.values():
        file.load(Path(ministack_persistence.STATE_DIR))
    for repair in _after_load:
        repair()


def start_saving() -> Callable[[], None]:
    """Save in the background. The returned function stops it and saves again."""
    stop = threading.Event()

    def save_forever() -> None:
        while not stop.wait(SAVE_EVERY_SECONDS):
            try:
                save()
            except Exception:
                _log.exception("the state could not be saved; the files of the last save remain")

    def finish() -> None:
        stop.set()
        save()

    threading.Thread(target=save_forever, name="autosave", daemon=True).start()
    return finish


def install() -> None:
    """Load the participants' state after MiniStack's, and disable MiniStack's own saves."""

    def load(load_theirs: Callable[[], None]) -> None:
        load_theirs()
        _load_ours()
        _loaded.set()

    hooks.wrap(app, "_load_persisted_state", load)
    hooks.replace(app, "save_all", lambda _: lambda services: None)
