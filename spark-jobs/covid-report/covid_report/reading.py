"""The rows of the CSV files as text, with what is wrong with a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import groupby
from operator import and_, attrgetter
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from covid_report.errors import CovidReportError, parsing_stop
from covid_report.schema import KEYS, METRICS, WHITESPACE, require_columns
from covid_report.sources import MAX_COLUMNS, MAX_LINE, Source
from covid_report.storage import Storage

ROW_COLUMNS = ("source_file", "line", "defect", *KEYS, *METRICS)
"""All text. `line` is the row as CSV under the header of its file; `defect` is null for a good line."""

BLANK = "blank_line"
HEADER = "header"
OTHER_HEADER = "other_header"
UNCLOSED_QUOTE = "unclosed_quote"
WRONG_CELLS = "wrong_number_of_cells"

MALFORMED = "malformed"
SCHEME = "^[^:/]+:/+"
CARRIAGE_RETURN = r"\r\z"
NO_NAME = "[^a-z0-9_,]"
"""What headers that mean the same may differ in: quotes, spaces, byte-order marks."""
CSV_TEXT = {"escape": '"', "ignoreLeadingWhiteSpace": "false", "ignoreTrailingWhiteSpace": "false", "emptyValue": ""}
"""RFC 4180: quotes are doubled, spaces belong to the cell. Spark's own default is a backslash."""


def read_rows(spark: SparkSession, sources: Sequence[Source], folder: str) -> DataFrame:
    """All lines of all files, columns `ROW_COLUMNS`; a column that a file lacks is null.

    Files with the same header are read together. `folder` is what the names in `source_file` are relative to.
    The session must not prune CSV columns: a row's cells are then not counted.
    """
    by_header = attrgetter("header")
    groups = [(header, list(group)) for header, group in groupby(sorted(sources, key=by_header), by_header)]
    frames = [_read_group(spark, header, group, folder) for header, group in groups]
    return reduce(DataFrame.unionByName, frames)


def refuse_long_lines(spark: SparkSession, storage: Storage, sources: Sequence[Source]) -> None:
    """CovidReportError, with the line's number, for a file with a line of more than `MAX_LINE` bytes.

    Hadoop's reader of lines leaves such a line out and never has more of it in memory: what the others have is then
    less than the file. The CSV reader would keep all of it.
    """
    large = {source.uri: source for source in sources if source.size > MAX_LINE}
    if not large:
        return
    lines = (
        spark.read.option("mapreduce.input.linerecordreader.line.maxlength", MAX_LINE)
        .text([_escaped(uri) for uri in large], lineSep="\n")
        .groupBy(F.col("_metadata.file_path").alias("uri"))
        .agg(F.sum(F.octet_length("value") + 1).alias("bytes"))
    )
    found = {_path(row["uri"], decode=True): row["bytes"] for row in lines.collect()}
    for uri, source in large.items():
        # Less by a byte-order mark or more by a last line feed is no such line.
        if source.size - found.get(_path(uri), 0) > MAX_LINE / 2:
            raise CovidReportError(
                f"{source.name} has more than {MAX_LINE} bytes in line {_long_line(storage.read_chunks(uri))}; "
                "end the lines with LF, or export the file again"
            )


def _path(uri: str, *, decode: bool = False) -> str:
    """Without the scheme: one and the same path may begin with file:/ here and file:/// there."""
    path = re.sub(SCHEME, "", uri)
    return unquote(path) if decode else path


def _long_line(chunks: Iterable[bytes]) -> int:
    """Number of the first line of more than `MAX_LINE` bytes, or of the last line."""
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
    return number


def filter_rows(df: DataFrame) -> DataFrame:
    """Drop the lines that are not rows: blank ones and repeated headers."""
    require_columns(df, ["defect"])
    return df.filter(F.col("defect").isNull() | (F.col("defect") == WRONG_CELLS))


def trimmed(column: Column) -> Column:
    """Without the schema's whitespace at both ends; null when nothing is left."""
    return F.nullif(F.btrim(column, F.lit(WHITESPACE)), F.lit(""))


def count_lines(df: DataFrame) -> dict[str, dict[str, int]]:
    """Lines by file name and defect ("" for good ones)."""
    counts: dict[str, dict[str, int]] = {}
    for row in df.groupBy("source_file", "defect").count().collect():
        counts.setdefault(row["source_file"], {})[row["defect"] or ""] = row["count"]
    return counts


def refuse_unreadable(spark: SparkSession, sources: Sequence[Source], folder: str, failure: Exception) -> None:
    """CovidReportError with file and line when `failure` is one of the CSV parser; nothing for other failures."""
    if parsing_stop(failure) is None:
        return
    for source in sources:
        try:
            count_lines(read_rows(spark, [source], folder))
        except Exception as error:
            stop = parsing_stop(error)
            if stop is not None:
                raise CovidReportError(
                    f"{source.name} cannot be read{stop} (at most {MAX_LINE} characters in a cell, {MAX_COLUMNS} cells "
                    "in a line); correct it, or export the file again"
                ) from None


def refuse_damaged(counts: dict[str, dict[str, int]]) -> None:
    """CovidReportError for a file whose lines cannot be separated, or that has other columns from some line on."""
    for name, lines in sorted(counts.items()):
        if UNCLOSED_QUOTE in lines:
            raise CovidReportError(
                f"{name} has a quote that is not closed on its line, which swallows the lines after it; "
                "close the quote, or export the file again"
            )
        if OTHER_HEADER in lines:
            raise CovidReportError(
                f"{name} has a second header with other columns than its first line; split the file there"
            )


def _read_group(spark: SparkSession, header: tuple[str, ...], group: Iterable[Source], folder: str) -> DataFrame:
    # By position: names may be empty, repeated or hold dots.
    names = [f"c{index}" for index in range(len(header))]
    cells = spark.read.csv(
        [_escaped(source.uri) for source in group],
        schema=", ".join(f"{name} string" for name in (*names, MALFORMED)),
        # Headers are found by what they say, wherever they are.
        header=False,
        multiLine=True,
        # Else Spark takes the ends of the first line for those of all, and joins lines where files were joined.
        lineSep="\n",
        quote='"',
        escape='"',
        maxCharsPerColumn=MAX_LINE,
        maxColumns=MAX_COLUMNS,
        mode="PERMISSIVE",
        columnNameOfCorruptRecord=MALFORMED,
    )
    last = names[-1]
    cells = cells.withColumn(last, F.regexp_replace(last, CARRIAGE_RETURN, ""))
    text = F.coalesce(F.regexp_replace(MALFORMED, CARRIAGE_RETURN, ""), F.to_csv(F.struct(*names), CSV_TEXT))
    used = {name: names[header.index(name)] for name in (*KEYS, *METRICS) if name in header}
    null = F.lit(None).cast("string")
    values = [(F.col(used[name]) if name in used else null).alias(name) for name in (*KEYS, *METRICS)]
    return (
        cells.withColumn("line", text)
        .withColumn("defect", _defect(header, names))
        .withColumn("source_file", _relative_name(folder))
        .select("source_file", "line", "defect", *values)
    )


def _defect(header: tuple[str, ...], names: Sequence[str]) -> Column:
    line = F.col("line")
    complete = F.col(MALFORMED).isNull()
    # A line break inside a cell is fine; a whole record inside a cell is not.
    record = rf"\n([^,\n]*,){{{len(header) - 1}}}"
    in_a_cell = F.exists(F.array(*names), lambda cell: cell.rlike(record))
    swallows = line.contains("\n") & F.when(complete, in_a_cell).otherwise(line.rlike(record))
    lower = F.lower(line)
    # Looking for the words first spares a million lines two regular expressions each: 20 CPU seconds.
    has_words = reduce(and_, (lower.contains(name) for name in KEYS))
    named = reduce(and_, (lower.rlike(rf"(^|,)[^a-z0-9_,]*{name}[^a-z0-9_,]*(,|$)") for name in KEYS))
    is_header = F.when(has_words, named)
    same = F.regexp_replace(lower, NO_NAME, "") == re.sub(NO_NAME, "", ",".join(header))
    return (
        F.when((F.length(line) > MAX_LINE) | swallows, UNCLOSED_QUOTE)
        .when(is_header, F.when(same, HEADER).otherwise(OTHER_HEADER))
        .when(~complete, F.when(trimmed(F.col(MALFORMED)).isNull(), BLANK).otherwise(WRONG_CELLS))
    )


def _relative_name(folder: str) -> Column:
    """The file's name below the folder; Spark gives its URI with percent signs, where + stands for itself."""
    uri = F.expr("url_decode(replace(_metadata.file_path, '+', '%2B'))")
    path = F.regexp_replace(uri, SCHEME, "")
    return F.substring(path, len(_path(folder)) + 2, 1 << 16)


def _escaped(uri: str) -> str:
    """For Spark, which reads these characters as a pattern."""
    return re.sub(r"([\\*?{}\[\]])", r"\\\1", uri)
