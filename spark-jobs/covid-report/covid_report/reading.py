"""The rows of the CSV files as text, with what is wrong with a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import groupby
from operator import and_, attrgetter

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from covid_report.errors import CovidReportError
from covid_report.schema import KEYS, METRICS, WHITESPACE, require_columns
from covid_report.sources import Source

ROW_COLUMNS = ("source_file", "line", "defect", *KEYS, *METRICS)
"""All text. `line` is the row as CSV under the header of its file; `defect` is null for a good line."""

BLANK = "blank_line"
HEADER = "header"
OTHER_HEADER = "other_header"
UNCLOSED_QUOTE = "unclosed_quote"
WRONG_CELLS = "wrong_number_of_cells"

MALFORMED = "malformed"
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
        F.when(swallows, UNCLOSED_QUOTE)
        .when(is_header, F.when(same, HEADER).otherwise(OTHER_HEADER))
        .when(~complete, F.when(trimmed(F.col(MALFORMED)).isNull(), BLANK).otherwise(WRONG_CELLS))
    )


def _relative_name(folder: str) -> Column:
    """The file's name below the folder; Spark gives its URI with percent signs, where + stands for itself."""
    uri = F.expr("url_decode(replace(_metadata.file_path, '+', '%2B'))")
    # One and the same path may begin with file:/ here and file:/// there.
    path = F.regexp_replace(uri, "^[^:/]+:/+", "")
    return F.substring(path, len(re.sub("^[^:/]+:/+", "", folder)) + 2, 1 << 16)


def _escaped(uri: str) -> str:
    """For Spark, which reads these characters as a pattern."""
    return re.sub(r"([\\*?{}\[\]])", r"\\\1", uri)
