"""The job: reads, checks, counts, verifies and publishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from pyspark import StorageLevel
from pyspark.sql import DataFrame, Row, SparkSession

from covid_report.arguments import Arguments, parse_arguments
from covid_report.cleaning import with_checks
from covid_report.duplicates import with_duplicates_rejected
from covid_report.errors import CovidReportError, describe, write_to_stderr
from covid_report.publication import Publication
from covid_report.reading import (
    check_line_lengths,
    check_lines,
    count_lines,
    explain_parser_error,
    filter_rows,
    read_rows,
)
from covid_report.report import filter_rejected, monthly_report, monthly_sums
from covid_report.sources import list_sources
from covid_report.storage import Storage
from covid_report.summary import render_summary
from covid_report.tally import Tally, count_outcomes, tally_rows

SETTINGS = {
    # Dates do not depend on the time zone of the machine.
    "spark.sql.session.timeZone": "UTC",
    # An invalid number is null and has a reason; in ANSI mode the job would fail.
    "spark.sql.ansi.enabled": "false",
    # Spark counts the cells of a line only when it parses all of them.
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    # Adaptive execution starts a job for each stage, which does not pay off for small queries.
    "spark.sql.adaptive.enabled": "false",
    # All states since 2020 are 100,000 rows, for which the default of 200 partitions is too high.
    "spark.sql.shuffle.partitions": "8",
}
"""Required settings of the session."""

FILE_COLUMNS = ("uri", "defect")
"""Keys of the line counts."""


def main(argv: Sequence[str]) -> int:
    """Run the job in a new session; returns the exit code. A failure prints one line to stderr."""
    try:
        arguments = parse_arguments(argv)
        spark = new_session()
        try:
            print(run(spark, arguments))
        finally:
            spark.stop()
    except Exception as failure:
        write_to_stderr(describe(failure))
        return 1
    return 0


def new_session() -> SparkSession:
    """The session of spark-submit with the settings of the job."""
    builder = SparkSession.builder.appName("covid-report")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def run(spark: SparkSession, arguments: Arguments) -> str:
    """Create the report; returns one line with its location.

    `spark` has `SETTINGS`. After an error (CovidReportError, or an exception of Spark or the file system) there is no
    summary.json, and no result if the error occurred before the publication. When all rows are rejected, only the
    rejected rows are published.
    """
    storage = Storage(spark)
    listing = list_sources(storage, arguments.input)
    folder = storage.qualified(arguments.input)
    check_line_lengths(storage, listing.sources)
    with ExitStack() as stack:
        checked = read_rows(spark, listing.sources, folder).transform(with_checks, *FILE_COLUMNS)
        try:
            outcomes, report_df, report = _count(checked, folder, stack)
        except Exception as failure:
            explain_parser_error(spark, listing.sources, folder, failure)
            raise
        lines = count_lines(outcomes)
        check_lines(lines)
        checked = checked.transform(filter_rows)
        if any(row["row_count"] > row["day_count"] for row in report):
            # Reads the files again, because the choice between duplicates needs the lines.
            checked = stack.enter_context(_cached(checked.transform(with_duplicates_rejected)))
            outcomes, report_df, report = _count(checked, folder, stack)
        tally = tally_rows([source.name for source in listing.sources], lines, outcomes)
        tally.verify(report)
        _require_rows(tally, arguments)
        with Publication(storage, arguments) as publication:
            publication.withdraw_summary()
            publication.publish_rejected(checked.transform(filter_rejected), tally.rejected)
            _require_counted(tally, publication)
            publication.publish_report(report_df, report)
    publication.publish_summary(render_summary(arguments, listing, tally, report, publication.results))
    return (
        f"Report {publication.report}: {tally.read} rows read, {tally.counted} counted, {tally.rejected} rejected, "
        f"{len(report)} states and months"
    )


def _count(checked: DataFrame, folder: str, stack: ExitStack) -> tuple[list[Row], DataFrame, list[Row]]:
    """Outcomes by file, and the report as a frame and as rows; `stack` releases the cached sums."""
    sums = stack.enter_context(_cached(monthly_sums(checked, *FILE_COLUMNS)))
    outcomes = count_outcomes(sums, folder)
    report_df = monthly_report(sums)
    return outcomes, report_df, report_df.collect()


@contextmanager
def _cached(df: DataFrame) -> Iterator[DataFrame]:
    df.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        yield df
    finally:
        df.unpersist()


def _require_rows(tally: Tally, arguments: Arguments) -> None:
    if tally.read == 0:
        raise CovidReportError(
            f"no rows: {', '.join(sorted(tally.files))} in {arguments.input} contain only a header; export them again"
        )


def _require_counted(tally: Tally, publication: Publication) -> None:
    if tally.counted == 0:
        reasons = ", ".join(f"{reason} {rows}" for reason, rows in tally.reasons.items())
        raise CovidReportError(
            f"all {tally.read} rows were rejected ({reasons}), so there is no report; see {publication.rejected}, "
            "fix the files and run again"
        )
