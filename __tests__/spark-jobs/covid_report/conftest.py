"""One small Spark session for all tests of the job."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from covid_report.job import SETTINGS
from covid_runs import Outcome, run_on, write_files
from pyspark.sql import SparkSession

SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # Faster for many small queries.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.log.level": "ERROR",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("covid-report-tests")
    for name, value in {**SETTINGS, **SMALL}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def run_job(spark: SparkSession, tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Outcome]:
    """`run_job({"name.csv": content})` returns the outcome of a run on these files."""

    def write_and_run(files: Mapping[str, str | bytes]) -> Outcome:
        write_files(tmp_path / "raw", files)
        return run_on(spark, tmp_path)

    return write_and_run
