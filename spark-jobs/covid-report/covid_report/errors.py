"""Failures, as the person who started the job sees them."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from py4j.protocol import Py4JError
from pyspark import SparkContext

GATEWAY = "PYSPARK_GATEWAY_PORT"
"""Set by spark-submit, which has started the JVM."""

LINE = re.compile(r"line=(\d+)")

MAX_CAUSES = 50
"""A chain of causes can be a ring; no real one is this long."""


class CovidReportError(Exception):
    """What happened, with which value, and what to do.

    The name begins the line on stderr and stays the same, because log searches look for it.
    """

    @property
    def line(self) -> str:
        """The message as one line, whatever line breaks a library or a file's content put into it."""
        return "CovidReportError: " + re.sub(r" *[\r\n]+ *", " ", str(self)).strip()

    @classmethod
    def of(cls, failure: Exception) -> CovidReportError:
        """The same failure with advice, where its cause is known; what Py4J and Spark wrap around it is left out."""
        known = next((cause for cause in _python_causes(failure) if isinstance(cause, cls)), None)
        if known is not None:
            return known
        causes = list(_java_causes(failure))
        for name, message in causes:
            if name == "java.nio.file.AccessDeniedException":
                return cls(
                    f"access denied: {message}; let the job's role read the input and read, write and delete there"
                )
        name, message = causes[-1] if causes else (type(failure).__name__, str(failure))
        return cls(f"the job failed: {name}: {message}; the stack trace follows")


def parsing_stop(failure: Exception) -> str | None:
    """Where and why Spark's CSV parser stopped; None for another failure. Its message does not have the file."""
    message = next((text for name, text in _java_causes(failure) if name.endswith(".TextParsingException")), None)
    if message is None:
        return None
    line = LINE.search(message)
    where = "" if line is None else f" in line {int(line.group(1)) + 1}"
    too_long = "Length of parsed" in message
    return f"{where}: {'a cell is too long, or its quote is not closed' if too_long else 'there are too many cells'}"


def describe(failure: Exception) -> str:
    """One line for people, then the stack trace when there is more to know than that line."""
    error = CovidReportError.of(failure)
    cause = error.__cause__ if error is failure else failure
    if cause is None:
        return error.line
    return "\n".join([error.line, *traceback.format_exception(type(cause), cause, cause.__traceback__)])


def write_to_stderr(text: str) -> None:
    """Write to the stderr that spark-submit keeps as such: Python's own goes into stdout there."""
    try:
        if GATEWAY in os.environ:
            SparkContext._ensure_initialized()
            jvm: Any = SparkContext._jvm
            jvm.java.lang.System.err.println(text)
            return
    except (Py4JError, OSError) as failure:
        # The JVM is gone, which is likely why the job failed.
        print(f"the JVM does not answer: {failure}", file=sys.stderr)
    print(text, file=sys.stderr)


def _python_causes(failure: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = failure
    for _ in range(MAX_CAUSES):
        if current is None:
            return
        yield current
        current = current.__cause__


def _java_causes(failure: Exception) -> Iterator[tuple[str, str]]:
    """(class name, message) of the Java exceptions behind a Py4J error or one that PySpark translated."""
    current: Any = getattr(failure, "java_exception", None) or getattr(failure, "_origin", None)
    for _ in range(MAX_CAUSES):
        if current is None:
            return
        yield current.getClass().getName(), str(current.getMessage())
        current = current.getCause()
