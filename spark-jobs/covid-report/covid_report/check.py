"""Validation of one CSV file with the rules of the job, without Spark: `npm run covid:load` runs it before an upload.

`python -m covid_report.check FILE` prints a JSON object. The exit code is 1, with the reason on stderr, when the job
would reject the file, or reject every row because of its cells, state or date.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from covid_report.errors import CovidReportError
from covid_report.reading import NO_NAME
from covid_report.schema import DATE_PATTERN, FEEDS, KEYS, METRICS, STATES, WHITESPACE
from covid_report.sources import MAX_COLUMNS, MAX_LINE, START_BYTES, read_header, visible
from covid_report.storage import StoredFile

MAX_SHOWN = 80
"""Characters of a row in a message."""

DATE = re.compile(DATE_PATTERN)
US_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
FIRST_REPORTS = "2020-01-01"
"""Start of the data set; an earlier date is an error."""

csv.field_size_limit(MAX_LINE)


def check_file(file: Path) -> dict[str, Any]:
    """Bytes, SHA-256, header, rows, states, first and last day, missing columns and notes of a file.

    Invalid UTF-8 is replaced like in Spark. CovidReportError has the file, the problem and the recommended action.
    """
    if not file.is_file():
        problem = (
            "is not a regular file; give the CSV file itself" if file.exists() else "does not exist; check the path"
        )
        raise CovidReportError(f"{file} {problem}")
    content = file.read_bytes()
    header = read_header(StoredFile(file.name, str(file), len(content)), content[:START_BYTES])
    missing = [metric for metric in METRICS if metric not in header]
    if len(missing) == len(METRICS):
        raise CovidReportError(f"{file} has no column to report on; export at least one of {', '.join(METRICS)}")
    return {
        "bytes": len(content),
        "byte_order_mark": content.startswith(BYTE_ORDER_MARK),
        "sha256": hashlib.sha256(content).hexdigest(),
        "header": header,
        "missing": [{"column": metric, "leavesEmpty": FEEDS[metric]} for metric in missing],
        **_check_rows(file, header, missing),
    }


def _check_rows(file: Path, header: Sequence[str], missing: Sequence[str]) -> dict[str, Any]:
    rows = headers = blanks = undecoded = us_dates = early = late = 0
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    first_row = ""
    states: set[str] = set()
    days: set[str] = set()
    # A cell may contain a line break, but not a complete record.
    record = re.compile(rf"\n([^,\n]*,){{{len(header) - 1}}}")
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.reader(_lines_of(file, stream))
        try:
            for cells in reader:
                if len(cells) > MAX_COLUMNS:
                    raise CovidReportError(
                        f"{file} has {len(cells)} cells in line {reader.line_num}, more than {MAX_COLUMNS}; correct "
                        "it, or export the file again"
                    )
                text = ",".join(cells)
                whole = len(cells) == len(header)
                if "\n" in text and any(record.search(part) for part in (cells if whole else [text])):
                    raise CovidReportError(
                        f"{file} has a quote that is not closed on its line and includes the lines up to "
                        f"{reader.line_num}; close the quote, or export the file again"
                    )
                if _is_header(text):
                    if re.sub(NO_NAME, "", text.lower()) != re.sub(NO_NAME, "", ",".join(header)):
                        raise CovidReportError(
                            f"{file} has a second header with other columns in line {reader.line_num}; split it there"
                        )
                    headers += 1
                elif not whole and not text.strip(WHITESPACE):
                    blanks += 1
                else:
                    rows += 1
                    undecoded += "\ufffd" in text
                    first_row = first_row or f'The first, in line {reader.line_num}, is "{visible(text[:MAX_SHOWN])}"'
                    us_dates += not days and any(US_DATE.match(cell.strip(WHITESPACE)) for cell in cells)
                    state, day = _key(header, cells) if whole else (None, None)
                    if state in STATES and day is not None:
                        states.add(state)
                        days.add(day)
                        early += day < FIRST_REPORTS
                        late += day > today
        except csv.Error as error:
            raise CovidReportError(
                f"{file} has a cell of more than {MAX_LINE} characters, or a quote that is not closed, from line "
                f"{reader.line_num} on ({error}); correct it, or export the file again"
            ) from error
    if rows == 0:
        raise CovidReportError(f"{file} has a header and no rows; export it again")
    if not days:
        raise CovidReportError(
            f"{file}: all {rows} rows would be rejected: none has {len(header)} cells with a date as yyyy-MM-dd and "
            f"the postal code of a state. {first_row}; "
            + (
                "dates as month/day/year are not supported: write them as yyyy-MM-dd"
                if us_dates
                else "correct the file, or export it again"
            )
        )
    return {
        **{"rows": rows, "states": sorted(states), "first": min(days), "last": max(days)},
        "notes": [
            *(f"{FEEDS[metric]} stays empty for this file: it has no column {metric}" for metric in missing),
            *([f"the header is repeated in {_lines(headers - 1)}, which the job skips"] if headers > 1 else []),
            *([f"{_lines(blanks)} without any text, which the job skips"] if blanks > 0 else []),
            *([f"{_lines(undecoded)} with bytes that are not UTF-8"] if undecoded > 0 else []),
            *([f"{_lines(early)} with a day before {FIRST_REPORTS}, the first {min(days)}"] if early > 0 else []),
            *([f"{_lines(late)} with a day after today, the last {max(days)}"] if late > 0 else []),
        ],
    }


def _lines_of(file: Path, stream: TextIO) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE), ""), start=1):
        if len(line) == MAX_LINE:
            raise CovidReportError(
                f"{file} has more than {MAX_LINE} bytes in line {number}; end the lines with LF, or export the file "
                "again"
            )
        yield line


def _is_header(text: str) -> bool:
    lower = text.lower()
    # A cheap check first: few rows contain the words.
    if not all(name in lower for name in KEYS):
        return False
    names = re.sub(NO_NAME, "", lower).split(",")
    return all(name in names for name in KEYS)


def _key(header: Sequence[str], cells: Sequence[str]) -> tuple[str, str | None]:
    """State and day as yyyy-MM-dd; None for an invalid date."""
    state, date = (cells[header.index(name)].strip(WHITESPACE) for name in KEYS)
    match = DATE.search(date)
    if match is None:
        return state.upper(), None
    year, month, day = (int(match.group(index)) for index in (1, 3, 4))
    try:
        return state.upper(), datetime.date(year, month, day).isoformat()
    except ValueError:
        return state.upper(), None


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


if __name__ == "__main__":
    try:
        print(json.dumps(check_file(Path(sys.argv[1]))))
    except (CovidReportError, OSError) as failure:
        sys.exit(str(failure))
