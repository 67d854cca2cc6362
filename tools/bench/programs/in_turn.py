"""Compares contenders in turn: each pair runs every contender once, ours first in every second pair.

The argument is `{"work", "pairs", "contenders": {name: {"command", "env", "prepare", "count", "fails"}}}` as in
comparison.ts, with our contender first. Prints progress, and the comparison as JSON in the last line.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Figures = dict[str, float]
"""Figures of one run: cpuSeconds, seconds, peakMiB and the contender's own figures."""


def compare(work: str, pairs: int, contenders: Mapping[str, Callable[[], Figures]]) -> dict[str, Any]:
    """Medians of the figures, and medians of the ratios: our value divided by the other."""
    runs: dict[str, list[Figures]] = {name: [] for name in contenders}
    ours, *others = contenders
    for pair in range(pairs):
        print(f"{work}: pair {pair + 1} of {pairs}", flush=True)
        order = list(contenders) if pair % 2 == 0 else list(reversed(contenders))
        for name in order:
            runs[name].append(contenders[name]())
    return {
        "work": work,
        "pairs": pairs,
        "figures": {
            name: {key: _median(run[key] for run in found) for key in found[0]} for name, found in runs.items()
        },
        "ratios": {other: _ratios(runs[ours], runs[other]) for other in others},
    }


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 3)


def _ratios(ours: list[Figures], theirs: list[Figures]) -> Figures:
    shared = [key for key in ours[0] if all(run.get(key, 0) > 0 for run in theirs)]
    return {key: _median(a[key] / b[key] for a, b in zip(ours, theirs, strict=True)) for key in shared}


def used(pid: int, name: str, *, fails: bool = False) -> Figures:
    """Waits for a process. Returns CPU time and peak memory of it and its children."""
    started = time.perf_counter()
    _, status, usage = os.wait4(pid, 0)
    if fails is not (status != 0):
        raise SystemExit(f"{name}: ended with {os.waitstatus_to_exitcode(status)}")
    return {
        "cpuSeconds": usage.ru_utime + usage.ru_stime,
        "seconds": time.perf_counter() - started,
        "peakMiB": usage.ru_maxrss / 1024,
    }


def command(name: str, given: Mapping[str, Any]) -> Callable[[], Figures]:
    """Runs a command. A JSON object in its last line, or in that of `count`, has further figures."""
    fails = given.get("fails", False)

    def run() -> Figures:
        merged = {**os.environ, **given.get("env", {})}
        env = {key: value for key, value in merged.items() if value is not None}
        for prepare in given.get("prepare", []):
            subprocess.run(prepare, env=env, check=True, stdout=subprocess.DEVNULL)
        with tempfile.TemporaryFile("w+b") as output, _log(name) as log:
            process = subprocess.Popen(given["command"], env=env, stdout=output, stderr=log)
            figures = used(process.pid, f"{name}, see {log.name}", fails=fails)
            output.seek(0)
            printed = [output.read()]
        if count := given.get("count"):
            printed.append(subprocess.run(count, env=env, check=True, stdout=subprocess.PIPE).stdout)
        for text in printed:
            *_, last = text.decode().strip().split("\n")
            figures |= json.loads(last) if last.startswith("{") else {}
        return figures

    return run


@contextmanager
def _log(name: str) -> Iterator[Any]:
    path = Path(tempfile.gettempdir()) / f"clicklogger-bench-{os.getpid()}-{name.replace(' ', '-')}.log"
    with path.open("wb") as log:
        yield log
    path.unlink()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    contenders = {name: command(name, spec) for name, spec in given["contenders"].items()}
    print(json.dumps(compare(given["work"], given["pairs"], contenders)))
