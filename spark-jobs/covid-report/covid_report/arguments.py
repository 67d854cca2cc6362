"""The command line, the same for every job of the pipeline."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from covid_report.errors import CovidReportError

URI = re.compile(r"[a-z][a-z0-9+.-]*:/.*[^/]/*")


@dataclass(frozen=True)
class Arguments:
    """Arguments of the job. Folders are URIs without a trailing slash."""

    input: str
    output: str
    rejected: str
    table: str
    run_date: date


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CovidReportError(
            f"{message}; pass --input URI --output URI --rejected URI --table URI --run-date yyyy-MM-dd"
        )


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Parse the command line; CovidReportError has the argument, its value and the allowed values."""
    parser = _Parser(prog="covid-report", allow_abbrev=False, description=__doc__)
    parser.add_argument("--input", required=True, metavar="URI", help="folder with the CSV files")
    parser.add_argument("--output", required=True, metavar="URI", help="folder for the report and its summary")
    parser.add_argument("--rejected", required=True, metavar="URI", help="folder for the rows that are not counted")
    parser.add_argument("--table", required=True, metavar="URI", help="folder of the Glue table")
    parser.add_argument("--run-date", required=True, metavar="yyyy-MM-dd", help="partition of the table to replace")
    given = parser.parse_args(list(argv))
    folders = {name: _folder(name, getattr(given, name)) for name in ("input", "output", "rejected", "table")}
    for name, folder in folders.items():
        if name != "input" and f"{folder}/".startswith(f"{folders['input']}/"):
            raise CovidReportError(
                f"--{name} '{folder}' is in --input '{folders['input']}', so the next run would read it as a source; "
                "pass another folder"
            )
    return Arguments(run_date=_date(given.run_date), **folders)


def _folder(name: str, text: str) -> str:
    if not URI.fullmatch(text):
        raise CovidReportError(
            f"--{name} '{text}' is not a URI of a folder; pass s3://bucket/folder/ or file:///folder/"
        )
    return text.rstrip("/")


def _date(text: str) -> date:
    try:
        # fromisoformat of newer Python versions accepts more formats.
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CovidReportError(f"--run-date '{text}' is not a calendar day; pass it as yyyy-MM-dd, like 2022-02-10")
