"""The job: reads, checks, counts, verifies and publishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from covid_report.arguments import Arguments, parse_arguments
from covid_report.cleaning import with_checks
from covid_report.duplicates import with_duplicates_rejected
from covid_report.errors import CovidReportError, describe, write_to_stderr
from covid_report.publication import Publication
from covid_report.reading import (
    count_lines,
    filter_rows,
    read_rows,
    refuse_damaged,
    refuse_long_lines,
    refuse_unreadable,
)
from covid_report.report import filter_rejected, monthly_report, monthly_sums
from covid_report.sources import list_sources
from covid_report.storage import Storage
from covid_report.summary import render_summary
from covid_report.tally import Tally, count_outcomes, tally_rows

SETTINGS = {
    # Days are UTC days whatever the machine's time zone.
    "spark.sql.session.timeZone": "UTC",
    # A text that is not a number gives null, which has its own reason, instead of ending the job.
    "spark.sql.ansi.enabled": "false",
    # Spark counts the cells of a line only when it reads all of them.
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    # It makes a job of each stage and plans again after each, for queries that have one stage to speak of.
    "spark.sql.adaptive.enabled": "false",
    # All states since 2020 are 100,000 rows: Spark's 200 partitions would be 200 task starts for nothing.
    "spark.sql.shuffle.partitions": "8",
}
"""What the job's session must have."""

FILE_COLUMNS = ("uri", "defect")
"""What the lines of a file are counted by."""


def main(argv: Sequence[str]) -> int:
    """Run the job in a session of its own; returns the exit code, after one line on stderr when it failed."""
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
    """The session that spark-submit configured, with the job's settings."""
    builder = SparkSession.builder.appName("covid-report")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def run(spark: SparkSession, arguments: Arguments) -> str:
    """Make the report; returns one line that says where it is.

    CovidReportError, or what Spark or the file system threw. Then there is no summary.json, and nothing at all when
    the failure came before the results were written; the rejected rows are kept when all rows are rejected.
    `spark` has `SETTINGS`.
    """
    storage = Storage(spark)
    listing = list_sources(storage, arguments.input)
    folder = storage.qualified(arguments.input)
    refuse_long_lines(storage, listing.sources)
    with ExitStack() as stack:
        checked = read_rows(spark, listing.sources, folder).transform(with_checks, *FILE_COLUMNS)
        sums = stack.enter_context(_cached(monthly_sums(checked, *FILE_COLUMNS)))
        try:
            outcomes = count_outcomes(sums, folder)
        except Exception as failure:
            refuse_unreadable(spark, listing.sources, folder, failure)
            raise
        lines = count_lines(outcomes)
        refuse_damaged(lines)
        report_df = monthly_report(sums)
        report = report_df.collect()
        checked = checked.transform(filter_rows)
        if any(row["row_count"] > row["day_count"] for row in report):
            # Read again: only now are the lines needed, by which one of several rows of a day is chosen.
            checked = stack.enter_context(_cached(checked.transform(with_duplicates_rejected)))
            sums = stack.enter_context(_cached(monthly_sums(checked, *FILE_COLUMNS)))
            outcomes = count_outcomes(sums, folder)
            report_df = monthly_report(sums)
            report = report_df.collect()
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
            f"no rows: {', '.join(sorted(tally.files))} in {arguments.input} hold a header only; export them again"
        )


def _require_counted(tally: Tally, publication: Publication) -> None:
    if tally.counted == 0:
        reasons = ", ".join(f"{reason} {rows}" for reason, rows in tally.reasons.items())
        raise CovidReportError(
            f"all {tally.read} rows were rejected ({reasons}), so there is no report; see {publication.rejected}, "
            "fix the files and run again"
        )
