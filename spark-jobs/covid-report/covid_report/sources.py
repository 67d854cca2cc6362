"""The CSV files of the input folder and their headers, which are read before the rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from covid_report.errors import CovidReportError
from covid_report.schema import FEEDS, KEYS, METRICS, WHITESPACE
from covid_report.storage import Storage, StoredFile

START_BYTES = 1 << 16
"""Maximum size of a header; the widest export has 135 columns in 6 KB."""

MAX_LINE = 1 << 20
"""Maximum bytes of a line, and maximum characters of a cell or row. The widest export has lines of 6 KB."""

MAX_COLUMNS = 1000
"""Maximum cells of a line; the widest export has 135."""

MAX_SHOWN = 20
"""Names in a message."""

FOLDER_MARKER = "_$folder$"
"""Suffix of the directory markers of EMRFS. Markers of the S3 console end with a slash, and are folders in Hadoop."""

LFS_POINTER = b"version https://git-lfs.github.com/spec/"

OTHER_DATA_SETS = {
    "hospital_pk": "the data set by facility",
    "weekendingdate": "the weekly data set by jurisdiction of NHSN",
    "week ending date": "the weekly data set by jurisdiction of NHSN",
    "critical_staffing_shortage_today_yes": "the snapshot by state, one row a state without a day",
}
"""Column of another data set → description of the data set."""

DATA_SET = "'COVID-19 Reported Patient Impact and Hospital Capacity by State Timeseries' (g62h-syeh on healthdata.gov)"

BINARY_STARTS = {
    codecs.BOM_UTF16_LE: "UTF-16 text",
    codecs.BOM_UTF16_BE: "UTF-16 text",
    b"PK\x03\x04": "a zip file or an Excel workbook",
    b"\x1f\x8b": "compressed with gzip",
}


@dataclass(frozen=True)
class Source:
    """One CSV file. `header` has the trimmed column names in lower case."""

    name: str
    uri: str
    size: int
    header: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Missing metric columns."""
        return tuple(metric for metric in METRICS if metric not in self.header)


@dataclass(frozen=True)
class Listing:
    """CSV files of the input folder, sorted by name, and the names of other files."""

    sources: tuple[Source, ...]
    ignored: tuple[str, ...]


def list_sources(storage: Storage, folder: str) -> Listing:
    """Find the .csv files in the folder and its subfolders, and validate their headers.

    Paths with a part that starts with _ or . are temporary files of Hadoop and Spark, and are ignored.
    CovidReportError when there is no CSV file, or when a file is invalid.
    """
    if not storage.exists(folder):
        raise CovidReportError(f"the folder {folder} does not exist; check --input, or upload the CSV files first")
    files = [file for file in storage.list_files(folder) if not file.name.endswith(FOLDER_MARKER)]
    _check_paths(files)
    readable = [file for file in files if _is_csv(file)]
    ignored = tuple(file.name for file in files if not _is_csv(file))
    if not readable:
        found = f"it contains {shown(ignored)}" if ignored else "it is empty"
        raise CovidReportError(f"no CSV file in {folder}: {found}; upload files with the extension .csv")
    sources = tuple(_open(storage, file) for file in readable)
    if all(len(source.missing) == len(METRICS) for source in sources):
        raise CovidReportError(
            f"none of {shown([source.name for source in sources])} has a column to report on; "
            f"export at least one of {', '.join(METRICS)}"
        )
    return Listing(sources, ignored)


def empty_columns(sources: Sequence[Source]) -> list[str]:
    """One note for each metric column that is missing in a file, for the summary."""
    notes = []
    for metric, column in FEEDS.items():
        lacking = [source.name for source in sources if metric in source.missing]
        if len(lacking) == len(sources):
            notes.append(f"{column} is empty: no file has the column {metric}")
        elif lacking:
            notes.append(f"{column} excludes rows of {shown(lacking)}, which have no column {metric}")
    return notes


def _check_paths(files: Sequence[StoredFile]) -> None:
    """Reject objects whose key Hadoop resolves to the path of another object."""
    seen: set[str] = set()
    for file in files:
        if file.name == file.uri or file.uri in seen:
            raise _unreadable_key(file)
        seen.add(file.uri)


def _unreadable_key(file: StoredFile) -> CovidReportError:
    return CovidReportError(
        f"an object listed as {file.uri} has a key with an empty part, . or .., which Hadoop resolves to another key; "
        "copy it to a key without them and delete it"
    )


def _is_csv(file: StoredFile) -> bool:
    hidden = any(part.startswith(("_", ".")) for part in file.name.split("/"))
    return file.name.lower().endswith(".csv") and not hidden


def _open(storage: Storage, file: StoredFile) -> Source:
    try:
        start = storage.read_start(file.uri, START_BYTES)
    except FileNotFoundError as error:
        raise _unreadable_key(file) from error
    return Source(file.name, file.uri, file.size, read_header(file, start))


def read_header(file: StoredFile, start: bytes) -> tuple[str, ...]:
    """Trimmed column names in lower case, from the first bytes of a file; CovidReportError for an invalid header."""
    header = _header(file, _decode(file, start))
    _check_header(file, header)
    return header


def _decode(file: StoredFile, start: bytes) -> str:
    for signature, kind in BINARY_STARTS.items():
        if start.startswith(signature):
            raise CovidReportError(f"{file.uri} is {kind}, not CSV; save it as CSV in UTF-8")
    if start.startswith(LFS_POINTER):
        raise CovidReportError(f"{file.uri} is a pointer of Git LFS, not the file; run 'git lfs pull' to download it")
    if b"\0" in start:
        raise CovidReportError(
            f"{file.uri} has zero bytes, as UTF-16 text and binary files do; save it as CSV in UTF-8"
        )
    try:
        # Incremental, because the last character may be incomplete.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    except UnicodeDecodeError as error:
        raise CovidReportError(
            f"{file.uri} is not UTF-8 at byte {error.start} (0x{start[error.start]:02x}); save it as CSV in UTF-8"
        ) from error
    if text.lstrip().startswith("<"):
        raise CovidReportError(
            f"{file.uri} is a web page or XML, it begins with '{text.lstrip()[:30]}'; download the CSV export instead"
        )
    return text


def _header(file: StoredFile, text: str) -> tuple[str, ...]:
    if not text.strip():
        raise CovidReportError(f"{file.uri} is empty ({file.size} bytes); upload it again, or remove it")
    if "\n" not in text and ("\r" in text or file.size > START_BYTES):
        raise CovidReportError(
            f"{file.uri} has no line feed in its first {len(text)} characters; end its lines with LF"
        )
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        cells = next(row for row in rows if any(cell.strip() for cell in row))
        first = ",".join(cells).strip(WHITESPACE)
        if first.lower().startswith("sep="):
            raise CovidReportError(f"{file.uri} begins with the line '{visible(first)}' for Excel; remove that line")
    except csv.Error as error:
        raise CovidReportError(f"the header of {file.uri} cannot be read: {error}; save it as CSV again") from error
    return tuple(cell.strip(WHITESPACE).lower() for cell in cells)


def _check_header(file: StoredFile, header: tuple[str, ...]) -> None:
    missing = [name for name in KEYS if name not in header]
    if missing:
        raise CovidReportError(
            f"{file.uri} lacks the column {' and '.join(missing)}; its header has {shown(header)}; {_advice(header)}"
        )
    if len(header) > MAX_COLUMNS:
        raise CovidReportError(f"{file.uri} has {len(header)} columns, more than {MAX_COLUMNS}; export fewer")
    twice = [name for name in (*KEYS, *METRICS) if header.count(name) > 1]
    if twice:
        raise CovidReportError(f"{file.uri} has the column {twice[0]} twice; remove the wrong one")


def _advice(header: tuple[str, ...]) -> str:
    if len(header) == 1:
        return "separate the cells by commas"
    other = next((name for column, name in OTHER_DATA_SETS.items() if column in header), None)
    return "export the file with them" if other is None else f"this looks like {other}; export {DATA_SET}"


def shown(names: Sequence[str]) -> str:
    """The first names, and the number of other names."""
    more = f" and {len(names) - MAX_SHOWN} more" if len(names) > MAX_SHOWN else ""
    return ", ".join(visible(name) for name in names[:MAX_SHOWN]) + more


def visible(text: str) -> str:
    """Replace characters that are not printable by escape sequences."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
