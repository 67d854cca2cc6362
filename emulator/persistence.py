"""State that survives a restart and a kill -9, saved every few seconds.

Most services have their state in one JSON file, which is written whole when it has changed. What grows without end (the
histories of executions) is a file of lines, to which each save appends what is new.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import ministack.app as app
from ministack.core import persistence as ministack_persistence

from emulator import hooks

_log = logging.getLogger("emulator")

SAVE_EVERY_SECONDS = 2.0
"""At most this much is lost by a kill -9. One pass takes 10 to 25 ms."""

State = dict[str, Any]

SAVED = "saved"
"""The file in DIR/services whose time of change is the end of the last save."""

_participants: dict[str, tuple[Callable[[], State], Callable[[State], None]]] = {}
_logs: dict[str, tuple[Callable[[], list[State]], Callable[[Iterable[State]], None]]] = {}
_after_load: list[Callable[[], None]] = []
_last_saved: dict[str, str] = {}
_save_lock = threading.Lock()
_loaded = threading.Event()
"""Set once the state of the last run is there: what is saved earlier would put nothing in its place."""


def register(key: str, get_state: Callable[[], State], load_state: Callable[[State], None]) -> None:
    """Save `get_state()` as DIR/services/`key`.json and give it to `load_state` at the next start.

    `get_state` returns JSON-serializable data. It is called from the saving thread: when it meets a change that
    happens meanwhile (RuntimeError), the save is repeated.
    """
    _participants[key] = (get_state, load_state)


def register_changes(
    key: str, get_changes: Callable[[], list[State]], load_changes: Callable[[Iterable[State]], None]
) -> None:
    """Append `get_changes()`, what is new since its last call, to DIR/services/`key`.jsonl; load all at the next start.

    After loading, the file is written anew from `get_changes()`, without what is of the past.
    """
    _logs[key] = (get_changes, load_changes)


def after_load(repair: Callable[[], None]) -> None:
    """Call `repair` once all state is loaded, for example to end what was running when the emulator died."""
    _after_load.append(repair)


def save() -> None:
    """Write the state of every service that changed since the last save, each file atomically.

    Nothing is written before the state of the last run is loaded: on a busy machine that is later than the first save.
    """
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
                _write(folder / f"{key}.json", text)
                _last_saved[key] = text
        for key, (get_changes, _) in _logs.items():
            _append(folder / f"{key}.jsonl", get_changes())
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
        except RuntimeError:  # a dictionary changed while it was copied
            continue
    _log.warning("state of %s kept changing while it was saved; it is saved next time", key)
    return None


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text)
    temporary.replace(path)


def _append(path: Path, changes: list[State]) -> None:
    if changes:
        with path.open("a") as file:
            file.writelines(json.dumps(change) + "\n" for change in changes)


def _lines(path: Path) -> Iterable[State]:
    """The changes in a file; a last line that a kill cut off is left out."""
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            yield json.loads(line)
        except ValueError:
            _log.warning("%s ends in the middle of a line: the last change is lost", path)


def _load_log(key: str) -> None:
    path = Path(ministack_persistence.STATE_DIR) / f"{key}.jsonl"
    get_changes, load_changes = _logs[key]
    load_changes(_lines(path))
    if path.exists():
        _write(path, "".join(json.dumps(change) + "\n" for change in get_changes()))


def _load_ours() -> None:
    for key, (_, load_state) in _participants.items():
        state = ministack_persistence.load_state(key)
        if state:
            load_state(state)
    for key in _logs:
        _load_log(key)
    for repair in _after_load:
        repair()


def _save_forever(stop: threading.Event) -> None:
    while not stop.wait(SAVE_EVERY_SECONDS):
        try:
            save()
        except Exception:
            _log.exception("saving the state failed; the files of the last save are kept")


def start_saving() -> Callable[[], None]:
    """Save in the background; the returned function ends that and saves once more."""
    stop = threading.Event()
    threading.Thread(target=_save_forever, args=(stop,), name="autosave", daemon=True).start()

    def finish() -> None:
        stop.set()
        save()

    return finish


def install() -> None:
    """Load the participants' state after MiniStack's own, and let only `save` write."""

    def load_both(load_theirs: Callable[[], None]) -> Callable[[], None]:
        def load() -> None:
            load_theirs()
            _load_ours()
            _loaded.set()

        return load

    hooks.replace(app, "_load_persisted_state", load_both)
    hooks.replace(app, "save_all", lambda _: lambda services: None)
