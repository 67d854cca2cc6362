"""The rows of the CSV files as text, and the defects of lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import groupby
from operator import and_, attrgetter

from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from covid_report.errors import CovidReportError, parsing_stop
from covid_report.schema import KEYS, METRICS, WHITESPACE, require_columns
from covid_report.sources import MAX_COLUMNS, MAX_LINE, Source
from covid_report.storage import Storage

ROW_COLUMNS = ("source_file", "line", "defect", *KEYS, *METRICS)
"""All text. `line` is the row as CSV; `defect` is null for a valid line."""

BLANK = "blank_line"
HEADER = "header"
OTHER_HEADER = "other_header"
UNCLOSED_QUOTE = "unclosed_quote"
WRONG_CELLS = "wrong_number_of_cells"

MALFORMED = "malformed"
TEXT = "text"
SCHEME = "^[^:/]+:/+"
NO_NAME = "[^a-z0-9_,]"
"""Characters that do not distinguish headers: quotes, spaces, byte order marks."""
CSV_TEXT = {"escape": '"', "ignoreLeadingWhiteSpace": "false", "ignoreTrailingWhiteSpace": "false", "emptyValue": ""}
"""RFC 4180: quotes are doubled, spaces belong to the cell. The default escape of Spark is a backslash."""


def read_rows(spark: SparkSession, sources: Sequence[Source], folder: str) -> DataFrame:
    """All lines of all files, with the columns `ROW_COLUMNS` and `uri`; missing columns are null.

    Files with the same header are read together. Names in `source_file` are relative to `folder`. The session must not
    prune CSV columns, because Spark would not count cells.
    """
    by_header = attrgetter("header")
    groups = [(header, list(group)) for header, group in groupby(sorted(sources, key=by_header), by_header)]
    frames = [_read_group(spark, header, group, folder) for header, group in groups]
    return reduce(DataFrame.unionByName, frames)


def check_line_lengths(storage: Storage, sources: Sequence[Source]) -> None:
    """Raise CovidReportError with the line number for a line of more than `MAX_LINE` bytes.

    The CSV reader would keep the whole line in memory.
    """
    for source in sources:
        # A longer line includes a whole block of half the length without a line feed.
        if not storage.has_gap(source.uri, source.size, b"\n", MAX_LINE // 2):
            continue
        number = _long_line(storage.read_chunks(source.uri))
        if number is not None:
            raise CovidReportError(
                f"{source.name} has more than {MAX_LINE} bytes in line {number}; end the lines with LF, or export the "
                "file again"
            )


def _long_line(chunks: Iterable[bytes]) -> int | None:
    """Number of the first line of more than `MAX_LINE` bytes."""
    number, length = 1, 0
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        length += len(first)
        for other in others:
            if length + 1 >= MAX_LINE:
                return number
            number, length = number + 1, len(other)
        if length + 1 >= MAX_LINE:
            return number
    return None


def filter_rows(df: DataFrame) -> DataFrame:
    """Drop blank lines and headers."""
    require_columns(df, ["defect"])
    return df.filter(F.col("defect").isNull() | (F.col("defect") == WRONG_CELLS))


def trimmed(column: Column) -> Column:
    """Trim the whitespace of the schema; null when the cell is empty."""
    return F.nullif(F.btrim(column, F.lit(WHITESPACE)), F.lit(""))


def count_lines(counts: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Lines by file name and defect ("" for valid lines), from rows with `source_file`, `defect` and `row_count`."""
    lines: dict[str, dict[str, int]] = {}
    for row in counts:
        file = lines.setdefault(row["source_file"], {})
        file[row["defect"] or ""] = file.get(row["defect"] or "", 0) + row["row_count"]
    return lines


def explain_parser_error(spark: SparkSession, sources: Sequence[Source], folder: str, failure: Exception) -> None:
    """Raise CovidReportError with file and line when `failure` is an error of the CSV parser."""
    if parsing_stop(failure) is None:
        return
    for source in sources:
        try:
            read_rows(spark, [source], folder).groupBy("defect").count().collect()
        except Exception as error:
            stop = parsing_stop(error)
            if stop is not None:
                raise CovidReportError(
                    f"{source.name} cannot be read{stop} (at most {MAX_LINE} characters in a cell, {MAX_COLUMNS} cells "
                    "in a line); correct it, or export the file again"
                ) from None


def check_lines(counts: dict[str, dict[str, int]]) -> None:
    """Raise CovidReportError for a file with an unclosed quote or a second header with other columns."""
    for name, lines in sorted(counts.items()):
        if UNCLOSED_QUOTE in lines:
            raise CovidReportError(
                f"{name} has a quote that is not closed on its line and includes the lines after it; "
                "close the quote, or export the file again"
            )
        if OTHER_HEADER in lines:
            raise CovidReportError(
                f"{name} has a second header with other columns than its first line; split the file there"
            )


def _read_group(spark: SparkSession, header: tuple[str, ...], group: Iterable[Source], folder: str) -> DataFrame:
    # By position: names may be empty or repeated, or contain dots.
    names = [f"c{index}" for index in range(len(header))]
    cells = spark.read.csv(
        [_escaped(source.uri) for source in group],
        schema=", ".join(f"{name} string" for name in (*names, MALFORMED)),
        # Headers are detected by their content in any line.
        header=False,
        multiLine=True,
        # By default Spark detects the line ending of the first line, which is wrong for concatenated files.
        lineSep="\n",
        quote='"',
        escape='"',
        maxCharsPerColumn=MAX_LINE,
        maxColumns=MAX_COLUMNS,
        mode="PERMISSIVE",
        columnNameOfCorruptRecord=MALFORMED,
    )
    last = names[-1]
    cells = cells.withColumns({name: _without_carriage_return(F.col(name)) for name in (last, MALFORMED)})
    line = F.coalesce(MALFORMED, F.to_csv(F.struct(*names), CSV_TEXT))
    used = {name: names[header.index(name)] for name in (*KEYS, *METRICS) if name in header}
    null = F.lit(None).cast("string")
    values = [(F.col(used[name]) if name in used else null).alias(name) for name in (*KEYS, *METRICS)]
    return (
        # Spark copies each row for _metadata.file_path.
        cells.withColumns({"uri": F.input_file_name(), TEXT: F.coalesce(F.col(MALFORMED), F.concat_ws(",", *names))})
        .withColumn("source_file", relative_name(F.col("uri"), folder))
        .select("source_file", line.alias("line"), _defect(header, names, line).alias("defect"), *values, "uri")
    )


def _without_carriage_return(cell: Column) -> Column:
    """Remove a trailing carriage return."""
    return F.when(cell.endswith("\r"), cell.substr(F.lit(1), F.length(cell) - 1)).otherwise(cell)


def _defect(header: tuple[str, ...], names: Sequence[str], line: Column) -> Column:
    """`line` is expensive: it is computed only when the concatenated cells require it."""
    complete, text = F.col(MALFORMED).isNull(), F.col(TEXT)
    # CSV adds two quotes and a comma to a cell, and doubles its quotes.
    too_long = F.when(F.octet_length(text) > (MAX_LINE - 3 * len(names)) // 2, F.length(line) > MAX_LINE)
    # A cell may contain a line break, but not a complete record.
    record = rf"\n([^,\n]*,){{{len(header) - 1}}}"
    in_a_cell = F.exists(F.array(*names), lambda cell: cell.rlike(record))
    swallows = F.when(text.contains("\n"), F.when(complete, in_a_cell).otherwise(line.rlike(record)))
    has_words = reduce(and_, (F.lower(text).contains(name) for name in KEYS))
    lower = F.lower(line)
    named = reduce(and_, (lower.rlike(rf"(^|,)[^a-z0-9_,]*{name}[^a-z0-9_,]*(,|$)") for name in KEYS))
    is_header = F.when(has_words, named)
    same = F.regexp_replace(lower, NO_NAME, "") == re.sub(NO_NAME, "", ",".join(header))
    return (
        F.when(too_long, UNCLOSED_QUOTE)
        .when(swallows, UNCLOSED_QUOTE)
        .when(is_header, F.when(same, HEADER).otherwise(OTHER_HEADER))
        .when(~complete, F.when(trimmed(F.col(MALFORMED)).isNull(), BLANK).otherwise(WRONG_CELLS))
    )


def relative_name(uri: Column, folder: str) -> Column:
    """File name relative to the folder. Spark returns the URI with percent encoding, in which + is literal."""
    # Without the scheme, because file:/ and file:/// are equivalent.
    path = F.regexp_replace(F.url_decode(F.replace(uri, F.lit("+"), F.lit("%2B"))), SCHEME, "")
    return F.substring(path, len(re.sub(SCHEME, "", folder)) + 2, 1 << 16)


def _escaped(uri: str) -> str:
    """Escape the glob characters of Spark."""
    return re.sub(r"([\\*?{}\[\]])", r"\\\1", uri)
