"""Processes of job runs and steps, by the id of what they run for: waited for and cancelled."""

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
    """The exit code of the process, which `cancel` ends; so does a cancellation from before it was started.

    subprocess.TimeoutExpired when it has not ended after `timeout` seconds.
    """
    _running[run_id] = process
    try:
        if is_cancelled():
            end(process)
        return process.wait(timeout)
    finally:
        del _running[run_id]


def cancel(run_id: str) -> None:
    """End the process of this run in the background; nothing happens when it has none."""
    if process := _running.get(run_id):
        spawn_background(end, process, thread_name=f"cancel-{run_id}")


def end(process: subprocess.Popen[Any]) -> None:
    """End the whole process group: SIGTERM, and SIGKILL when it is still there some seconds later."""
    lifecycle.stop_child(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=CANCEL_GRACE_SECONDS)
    lifecycle.stop_child(process, signal.SIGKILL)
