"""The server process: MiniStack with the emulator's hooks, on a loopback port, with one state directory."""

import asyncio
import contextlib
import json
import logging
import os
import resource
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import ministack.app as app
from hypercorn.asyncio import serve
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.config import Config

from emulator import hooks, lifecycle, persistence

_log = logging.getLogger("emulator")

SERVICES = (
    *("persistence", "callers", "authorization", "iam_api", "linked_roles"),
    *("s3.listing", "s3.limits", "s3.responses", "s3.storage", "lambda_functions.api", "key_permissions"),
    *("step_functions.expressions", "step_functions.tasks", "step_functions.monitoring", "step_functions.api"),
    *("emr_serverless.api", "emr_serverless.integration", "emr.api", "emr.integration", "firehose.api", "messages"),
    *("event_bridge.api", "scheduler.api", "cloudwatch.api"),
    *("tagging", "glue", "paging", "lake_formation", "athena", "ec2_api", "decisions"),
)
"""Modules of the emulator with a function `install`, which replaces names of MiniStack."""

PARENT_CHECK_SECONDS = 0.5
GRACEFUL_STOP_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 3600
"""Longer than idle connections of clients: Hypercorn may serve a request and drop the response when the connection
times out at that moment, and the client then repeats the request."""


def install_services() -> None:
    """Check MiniStack's version and install all hooks. HookError when a hooked name does not exist."""
    hooks.require_version()
    for name in SERVICES:
        import_module(f"emulator.{name}").install()


def run(listener: socket.socket, state_dir: Path, parent: int | None, latency: float) -> None:
    """Serve until SIGTERM, SIGINT or the end of the process `parent`; `latency` is in seconds."""
    install_services()
    hooks.replace(TCPServer, "_read_data", _ends_with_its_client)
    _raise_file_limit()
    asyncio.run(_serve(listener, state_dir, parent, latency))


async def _serve(listener: socket.socket, state_dir: Path, parent: int | None, latency: float) -> None:
    async def answer(*request: Any) -> None:
        await asyncio.sleep(latency)
        await app.app(*request)

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.graceful_timeout = GRACEFUL_STOP_SECONDS
    server = asyncio.create_task(serve(answer if latency else app.app, config, shutdown_trigger=stop.wait))
    instance = state_dir / "instance.json"
    port = int(listener.getsockname()[1])
    announced = asyncio.create_task(asyncio.to_thread(_announce, instance, port))
    if parent is not None:
        threading.Thread(target=_watch, args=(parent, loop, stop), name="parent-watch", daemon=True).start()
    finish_saving = persistence.start_saving()
    try:
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({server, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        await asyncio.to_thread(lifecycle.stop_all)
        await server
    finally:
        announced.cancel()
        finish_saving()
        instance.unlink(missing_ok=True)


def _announce(instance: Path, port: int) -> None:
    """Write instance.json when the server is ready."""
    endpoint = f"http://127.0.0.1:{port}"
    while not lifecycle.stopping.is_set():
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=5):
            break
        time.sleep(0.02)
    else:
        return
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    described = {"pid": os.getpid(), "port": port, "endpoint": endpoint, "startedAt": started}
    persistence.write(instance, json.dumps(described, indent=2) + "\n")
    _log.info("the local AWS is ready at %s, PID %d, state in %s", endpoint, os.getpid(), instance.parent)


def _watch(parent: int, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop the server when the process `parent` has ended, which getppid() shows if it is our parent."""
    is_ours = os.getppid() == parent
    with contextlib.suppress(ProcessLookupError):
        while not is_ours or os.getppid() == parent:
            with contextlib.suppress(PermissionError):  # another user's process
                os.kill(parent, 0)
            time.sleep(PARENT_CHECK_SECONDS)
    _log.info("the parent process %d has ended: stopping", parent)
    loop.call_soon_threadsafe(stop.set)


def _ends_with_its_client(read: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    """Release a closed connection immediately; Hypercorn waits for the time-out."""

    async def read_data(connection: Any) -> None:
        try:
            await read(connection)
        finally:
            await connection.idle_task.stop()

    return read_data


def _raise_file_limit() -> None:
    """Connections, workers and jobs can need more than the usual 256 to 1,024 descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else 65536
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, 65536)), hard))
