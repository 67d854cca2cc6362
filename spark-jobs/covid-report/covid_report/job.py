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
from covid_report.report import filter_counted, filter_rejected, monthly_report
from covid_report.sources import list_sources
from covid_report.storage import Storage
from covid_report.summary import render_summary
from covid_report.tally import Tally, tally_rows

SETTINGS = {
    # Days are UTC days whatever the machine's time zone.
    "spark.sql.session.timeZone": "UTC",
    # A text that is not a number gives null, which has its own reason, instead of ending the job.
    "spark.sql.ansi.enabled": "false",
    # Spark counts the cells of a line only when it reads all of them.
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    # All states since 2020 are 100,000 rows: Spark's 200 partitions would be 200 task starts for nothing, four times.
    "spark.sql.shuffle.partitions": "8",
}
"""What the job's session must have."""


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
    refuse_long_lines(spark, storage, listing.sources)
    with ExitStack() as stack:
        # Cached, so that Spark works the expressions of a line into none of the later ones: compiling took a minute.
        rows = stack.enter_context(_cached(read_rows(spark, listing.sources, folder)))
        try:
            lines = count_lines(rows)
        except Exception as failure:
            refuse_unreadable(spark, listing.sources, folder, failure)
            raise
        refuse_damaged(lines)
        checked = rows.transform(filter_rows).transform(with_checks).transform(with_duplicates_rejected)
        stack.enter_context(_cached(checked))
        tally = tally_rows([source.name for source in listing.sources], lines, checked)
        report_df = stack.enter_context(_cached(checked.transform(filter_counted).transform(monthly_report)))
        report = report_df.collect()
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
