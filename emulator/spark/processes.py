"""Waits for and cancels the processes of job runs and steps, by their ids."""

import contextlib
import signal
import subprocess
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import spawn_background

from emulator import lifecycle

CANCEL_GRACE_SECONDS = 5.0
_running: dict[str, subprocess.Popen[Any]] = {}


def wait(
    run_id: str, process: subprocess.Popen[Any], is_cancelled: Callable[[], bool], timeout: float | None = None
) -> int:
    """The exit code of the process, which `cancel` ends, as does a cancellation before its start.

    subprocess.TimeoutExpired after `timeout` seconds.
    """
    _running[run_id] = process
    try:
        if is_cancelled():
            end(process)
        return process.wait(timeout)
    finally:
        del _running[run_id]


def cancel(run_id: str) -> None:
    """End the process of this run, if it exists, in the background."""
    if process := _running.get(run_id):
        spawn_background(end, process, thread_name=f"cancel-{run_id}")


def end(process: subprocess.Popen[Any]) -> None:
    """End the process group with SIGTERM, after 5 seconds with SIGKILL."""
    lifecycle.stop_child(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=CANCEL_GRACE_SECONDS)
    lifecycle.stop_child(process, signal.SIGKILL)
