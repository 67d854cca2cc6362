"""The CSV files of the input folder and their headers, read before Spark reads any row."""

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
"""Enough for a header: that of the widest export has 135 columns in 6 KB."""

MAX_LINE = 1 << 20
"""Bytes of a line, and characters of a cell or of a row over several lines. The widest export has lines of 6 KB."""

MAX_COLUMNS = 1000
"""Cells of a line; the widest export has 135."""

MAX_SHOWN = 20
"""Names that a message shows."""

FOLDER_MARKER = "_$folder$"
"""Ends the names of the empty objects that stand for folders to EMRFS; those of S3's console end with a slash, and are
folders to Hadoop."""

LFS_POINTER = b"version https://git-lfs.github.com/spec/"

OTHER_DATA_SETS = {
    "hospital_pk": "the data set by facility",
    "weekendingdate": "the weekly data set by jurisdiction of NHSN",
    "week ending date": "the weekly data set by jurisdiction of NHSN",
    "critical_staffing_shortage_today_yes": "the snapshot by state, one row a state without a day",
}
"""A column that the file has where a key is missing → what was probably exported."""

DATA_SET = "'COVID-19 Reported Patient Impact and Hospital Capacity by State Timeseries' (g62h-syeh on healthdata.gov)"

BINARY_STARTS = {
    codecs.BOM_UTF16_LE: "UTF-16 text",
    codecs.BOM_UTF16_BE: "UTF-16 text",
    b"PK\x03\x04": "a zip file or an Excel workbook",
    b"\x1f\x8b": "compressed with gzip",
}


@dataclass(frozen=True)
class Source:
    """One CSV file. `header` holds its column names, trimmed and in lower case."""

    name: str
    uri: str
    size: int
    header: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Metric columns that the file does not have."""
        return tuple(metric for metric in METRICS if metric not in self.header)


@dataclass(frozen=True)
class Listing:
    """What the input folder holds: CSV files, sorted by name, and the names of files that are not CSV."""

    sources: tuple[Source, ...]
    ignored: tuple[str, ...]


def list_sources(storage: Storage, folder: str) -> Listing:
    """Find the files that end in .csv in the folder and the folders below it, and check their headers.

    Names with a part that begins with _ or . are Hadoop's and Spark's temporary files; they count as ignored.
    CovidReportError when there is no CSV file, or one of them cannot be read as such.
    """
    if not storage.exists(folder):
        raise CovidReportError(f"there is no folder {folder}; check --input, or put the CSV files there first")
    files = [file for file in storage.list_files(folder) if not file.name.endswith(FOLDER_MARKER)]
    _check_paths(files)
    readable = [file for file in files if _is_csv(file)]
    ignored = tuple(file.name for file in files if not _is_csv(file))
    if not readable:
        found = f"it holds {shown(ignored)}" if ignored else "it is empty"
        raise CovidReportError(f"no CSV file in {folder}: {found}; put files that end in .csv there")
    sources = tuple(_open(storage, file) for file in readable)
    if all(len(source.missing) == len(METRICS) for source in sources):
        raise CovidReportError(
            f"none of {shown([source.name for source in sources])} has a column to report on; "
            f"export at least one of {', '.join(METRICS)}"
        )
    return Listing(sources, ignored)


def empty_columns(sources: Sequence[Source]) -> list[str]:
    """One sentence for each metric column that some file lacks, for the summary."""
    notes = []
    for metric, column in FEEDS.items():
        lacking = [source.name for source in sources if metric in source.missing]
        if len(lacking) == len(sources):
            notes.append(f"{column} is empty: no file has the column {metric}")
        elif lacking:
            notes.append(f"{column} leaves out rows of {shown(lacking)}: the column {metric} is missing there")
    return notes


def _check_paths(files: Sequence[StoredFile]) -> None:
    """Refuse objects whose key is resolved to the path of another: the other would be read, or read twice."""
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
    """Column names in the first bytes of a file, trimmed and in lower case; CovidReportError if it has no header."""
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
        # Not final: the last character may be cut.
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
    """The first names, and how many more there are."""
    more = f" and {len(names) - MAX_SHOWN} more" if len(names) > MAX_SHOWN else ""
    return ", ".join(visible(name) for name in names[:MAX_SHOWN]) + more


def visible(text: str) -> str:
    """Control characters and others that print as nothing, or as a space, as codes."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
