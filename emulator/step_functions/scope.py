"""Interruption: a stopped execution, a timed-out state and a failed sibling all interrupt what runs below them."""

from __future__ import annotations

import threading
import time
import weakref

from emulator.step_functions.errors import TaskInterrupted


class Scope:
    """Something that can be interrupted as a whole; interrupting it interrupts the scopes made from it."""

    def __init__(self, parent: Scope | None = None) -> None:
        self._interrupted = threading.Event()
        self._children: weakref.WeakSet[Scope] = weakref.WeakSet()
        if parent is not None:
            parent._children.add(self)
            if parent.interrupted():
                self._interrupted.set()

    def interrupt(self) -> None:
        self._interrupted.set()
        for child in list(self._children):
            child.interrupt()

    def interrupted(self) -> bool:
        return self._interrupted.is_set()

    def check(self) -> None:
        """TaskInterrupted when this scope was interrupted."""
        if self._interrupted.is_set():
            raise TaskInterrupted

    def wait(self, seconds: float) -> None:
        """Sleep `seconds` of real time; TaskInterrupted as soon as this scope is interrupted."""
        if self._interrupted.wait(max(0.0, seconds)):
            raise TaskInterrupted

    def wait_for(self, happened: threading.Event, seconds: float | None) -> bool:
        """Wait until `happened` (True) or for `seconds` of real time (False); TaskInterrupted on interruption."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not happened.wait(0.02):
            self.check()
            if deadline is not None and time.monotonic() >= deadline:
                return False
        return True
