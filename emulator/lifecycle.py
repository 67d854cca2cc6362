"""Child processes, which end with the emulator."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

stopping = threading.Event()
"""Set when the emulator stops its child processes: their end is then not a failure."""
_children: set[subprocess.Popen[Any]] = set()
_children_lock = threading.Lock()

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None

# Linux sends the parent-death signal when the forking thread ends. This thread does not end.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start_child(arguments: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """Popen(arguments, **options) of a process that ends with the emulator, on Linux also after its kill -9.

    The process leads a process group, so that `stop_child` also ends its descendants.
    """

    def fork() -> subprocess.Popen[Any]:
        return subprocess.Popen(list(arguments), preexec_fn=_die_with_parent, start_new_session=True, **options)

    child = _spawner.submit(fork).result()
    with _children_lock:
        _children.difference_update([other for other in _children if other.poll() is not None])
        _children.add(child)
    return child


def stop_all() -> None:
    """End all children with SIGTERM, after 2 seconds with SIGKILL."""
    stopping.set()
    with _children_lock:
        children = list(_children)
    for child in children:
        stop_child(child, signal.SIGTERM)
    for child in children:
        try:
            child.wait(timeout=2)
        except subprocess.TimeoutExpired:
            stop_child(child, signal.SIGKILL)


def stop_child(child: subprocess.Popen[Any], how: signal.Signals = signal.SIGKILL) -> None:
    """Send `how` to the process group of `child`, unless `child` has ended."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, how)
