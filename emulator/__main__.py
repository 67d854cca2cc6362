"""`python -m emulator --state-dir DIR`: start the local AWS and stay in the foreground."""

import argparse
import fcntl
import json
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import IO

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "JAVA_HOME", "SPARK_HOME")
"""The inherited environment variables. AWS_* variables of the shell would change the emulator's behaviour."""


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True, help="directory that holds all state")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--clock-factor", type=float, default=1.0, help="divide waiting times by it (default: 1)")
    parser.add_argument("--faults", action="store_true", help="enable fault injection: see emulator/faults.py")
    parser.add_argument("--decisions", type=Path, help="write IAM's decisions about roles to this file")
    parser.add_argument("--parent", type=int, metavar="PID", help="stop when this process ends")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="delay each request")
    return parser.parse_args(arguments)


def lock(state_dir: Path) -> IO[str]:
    """Lock `state_dir`. SystemExit with the PID of the other process that holds the lock."""
    state_dir.mkdir(parents=True, exist_ok=True)
    handle, instance = (state_dir / "lock").open("a+"), state_dir / "instance.json"
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        pid = handle.read().strip()
        try:
            where = " at " + json.loads(instance.read_text())["endpoint"]
        except (OSError, ValueError, KeyError):
            where = ", which is starting"
        raise SystemExit(
            f"The state directory {state_dir} is in use by the local AWS with PID {pid}{where}. "
            f"Stop that process (kill {pid}) or use another --state-dir."
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    instance.unlink(missing_ok=True)
    return handle


def listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise SystemExit(
            f"Port {port} on 127.0.0.1 cannot be used ({error.strerror}): "
            "free the port, use another --port, or omit --port."
        ) from None
    return listener


def set_environment(state_dir: Path, port: int, clock_factor: float, faults: Path | None) -> None:
    """Set the environment that MiniStack reads on import."""
    scratch = state_dir / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)  # left by a killed emulator
    scratch.mkdir()
    kept = {name: value for name, value in os.environ.items() if name in KEPT_VARIABLES or name.startswith("EMULATOR_")}
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(
        AUTH="true",
        GATEWAY_PORT=str(port),
        PERSIST_STATE="1",
        STATE_DIR=str(state_dir / "services"),
        S3_PERSIST="1",
        S3_DATA_DIR=str(state_dir / "s3"),
        IOT_MTLS_ENABLED="0",  # it would listen on every interface
        SFTP_ENABLED="0",
        DOCKER_HOST="unix:///nonexistent",  # disables containers
        LAMBDA_EXECUTOR="local",
        LAMBDA_ACCOUNT_CONCURRENCY="100" if faults else "10",  # a Node worker holds 53 MB
        LAMBDA_WARM_TTL_SECONDS="30",
        LOG_LEVEL="INFO",
        EMULATOR_CLOCK_FACTOR=str(clock_factor),
        EMULATOR_STATE_DIR=str(state_dir),
        EMULATOR_FAULTS=str(faults or ""),
        TMPDIR=str(scratch),
    )


def main() -> None:
    arguments = parse_arguments(sys.argv[1:])
    state_dir = arguments.state_dir.resolve()
    holder = lock(state_dir)
    listener = listen(arguments.port)
    faults = state_dir / "faults" if arguments.faults else None
    if faults:
        faults.mkdir(exist_ok=True)
        faults.chmod(0o700)
    set_environment(state_dir, listener.getsockname()[1], arguments.clock_factor, faults)
    if arguments.decisions:
        os.environ["EMULATOR_DECISIONS"] = str(arguments.decisions.resolve())

    # Imports MiniStack, which reads the environment on import.
    from emulator import server

    server.run(listener, state_dir, arguments.parent, arguments.latency / 1000)
    holder.close()


if __name__ == "__main__":
    main()
