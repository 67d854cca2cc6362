"""Errors of the job, and their messages for users."""

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
"""Set by spark-submit, which starts the JVM."""

LINE = re.compile(r"line=(\d+)")

MAX_CAUSES = 50
"""Limit for cyclic chains of causes."""


class CovidReportError(Exception):
    """A problem, the invalid value and the recommended action.

    The line on stderr starts with the class name, which searches in logs use.
    """

    @property
    def line(self) -> str:
        """The message without line breaks."""
        return "CovidReportError: " + re.sub(r" *[\r\n]+ *", " ", str(self)).strip()

    @classmethod
    def of(cls, failure: Exception) -> CovidReportError:
        """Convert a failure to an error with advice, without the wrappers of Py4J and Spark."""
        known = next((cause for cause in _python_causes(failure) if isinstance(cause, cls)), None)
        if known is not None:
            return known
        causes = list(_java_causes(failure))
        for name, message in causes:
            if name == "java.nio.file.AccessDeniedException":
                return cls(
                    f"access denied: {message}; allow the role of the job to read the input, and to read, write and "
                    "delete the output"
                )
        name, message = causes[-1] if causes else (type(failure).__name__, str(failure))
        return cls(f"the job failed: {name}: {message}; the stack trace follows")


def parsing_stop(failure: Exception) -> str | None:
    """Line and reason of an error of the CSV parser of Spark, which does not contain the file; None for others."""
    message = next((text for name, text in _java_causes(failure) if name.endswith(".TextParsingException")), None)
    if message is None:
        return None
    line = LINE.search(message)
    where = "" if line is None else f" in line {int(line.group(1)) + 1}"
    too_long = "Length of parsed" in message
    return f"{where}: {'a cell is too long, or its quote is not closed' if too_long else 'there are too many cells'}"


def describe(failure: Exception) -> str:
    """One line, followed by the stack trace of an unexpected error."""
    error = CovidReportError.of(failure)
    cause = error.__cause__ if error is failure else failure
    if cause is None:
        return error.line
    return "\n".join([error.line, *traceback.format_exception(type(cause), cause, cause.__traceback__)])


def write_to_stderr(text: str) -> None:
    """Write to the stderr of the JVM: spark-submit redirects the stderr of Python to stdout."""
    try:
        if GATEWAY in os.environ:
            SparkContext._ensure_initialized()
            jvm: Any = SparkContext._jvm
            jvm.java.lang.System.err.println(text)
            return
    except (Py4JError, OSError) as failure:
        print(f"the JVM does not respond: {failure}", file=sys.stderr)
    print(text, file=sys.stderr)


def _python_causes(failure: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = failure
    for _ in range(MAX_CAUSES):
        if current is None:
            return
        yield current
        current = current.__cause__


def _java_causes(failure: Exception) -> Iterator[tuple[str, str]]:
    """(class name, message) of the Java exceptions of an error of Py4J or PySpark."""
    current: Any = getattr(failure, "java_exception", None) or getattr(failure, "_origin", None)
    for _ in range(MAX_CAUSES):
        if current is None:
            return
        yield current.getClass().getName(), str(current.getMessage())
        current = current.getCause()
