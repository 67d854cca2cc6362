"""The job with spark-submit, and its error messages."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pyspark
import pytest
from covid_report.errors import CovidReportError, describe, write_to_stderr
from covid_report.job import main
from covid_runs import Outcome, write_files
from pyspark.sql import SparkSession

PROJECT = Path(__file__).parents[3]
JOB = PROJECT / "spark-jobs" / "covid-report"
SOURCES = sorted(JOB.rglob("*.py"))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of the build: the package and the schema."""
    path = tmp_path_factory.mktemp("package") / "covid-report.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for source in (JOB / "covid_report").glob("*.py"):
            archive.write(source, f"covid_report/{source.name}")
        archive.write(PROJECT / "schemas" / "covid-report.json", "covid_report/covid-report.json")
    return path


def submit(package: Path, folder: Path, run_date: str = "2022-02-10") -> subprocess.CompletedProcess[str]:
    # Only main.py is copied, so that the package is imported from the zip.
    entry_point = write_files(folder, {"main-0123.py": (JOB / "main.py").read_bytes()}) / "main-0123.py"
    home = Path(pyspark.__file__).parent
    command = [
        *(str(home / "bin" / "spark-submit"), "--master", "local[1]", "--conf", "spark.ui.enabled=false"),
        *("--driver-java-options", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "--py-files", str(package)),
        str(entry_point),
        *("--input", f"file://{folder}/raw", "--output", f"file://{folder}/processed", "--run-date", run_date),
        *("--rejected", f"file://{folder}/rejected", "--table", f"file://{folder}/curated/covid_report"),
    ]
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYSPARK_SUBMIT_ARGS")}
    env = {**kept, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_successful_run_prints_its_message_and_exits_with_0(package: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"raw/a.csv": "state,date,inpatient_beds\nFL,2020-08-26,10\n"})
    finished = submit(package, tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip().endswith("1 rows read, 1 counted, 0 rejected, 1 states and months")
    assert Outcome(tmp_path, "").report["FL", "2020-08"]["avg_inpatient_beds"] == "10.00"


def test_a_failed_run_prints_the_reason_in_one_line_and_exits_with_1(package: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"raw/a.csv": "<html>\nnot found</html>"})
    finished = submit(package, tmp_path)
    assert finished.returncode == 1, finished.stderr
    (line,) = [line for line in finished.stderr.splitlines() if line.startswith("CovidReportError: ")]
    assert line.endswith(
        "raw/a.csv is a web page or XML, it begins with '<html> not found</html>'; download the CSV export instead"
    )
    assert "Traceback" not in finished.stderr
    assert finished.stdout == ""


def test_an_invalid_argument_exits_with_1(package: Path, tmp_path: Path) -> None:
    finished = submit(package, tmp_path, run_date="today")
    assert finished.returncode == 1, finished.stderr
    assert "\nCovidReportError: --run-date 'today' is not a calendar day" in f"\n{finished.stderr}"


def test_without_spark_submit_the_line_is_printed_to_the_stderr_of_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PYSPARK_GATEWAY_PORT", raising=False)
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("CovidReportError: the following arguments are required: --input")


def test_a_stopped_jvm_does_not_hide_the_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise ConnectionRefusedError("no JVM")

    monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")
    monkeypatch.setattr("pyspark.SparkContext._ensure_initialized", refuse)
    write_to_stderr("CovidReportError: out of memory")
    assert capsys.readouterr().err.splitlines() == [
        "the JVM does not respond: no JVM",
        "CovidReportError: out of memory",
    ]


def printed(failure: Exception) -> list[str]:
    return describe(failure).splitlines()


def test_an_unexpected_failure_has_one_line_and_a_stack_trace(spark: SparkSession) -> None:
    with pytest.raises(Exception, match="No FileSystem") as caught:
        spark.read.text("nosuch://bucket/x").count()
    first, *rest = printed(caught.value)
    assert first.startswith("CovidReportError: the job failed: org.apache.hadoop.fs.UnsupportedFileSystemException: No")
    assert first.endswith("; the stack trace follows")
    assert rest[0] == "Traceback (most recent call last):"


def test_a_denied_access_has_the_missing_permissions(spark: SparkSession) -> None:
    class Refused(Exception):
        java_exception = spark.sparkContext._gateway.jvm.java.nio.file.AccessDeniedException("s3://data/raw")  # type: ignore[union-attr]

    first, *_ = printed(Refused("wrapped"))
    assert first == (
        "CovidReportError: access denied: s3://data/raw; "
        "allow the role of the job to read the input, and to read, write and delete the output"
    )


def test_the_cause_of_an_error_follows_its_line() -> None:
    error = CovidReportError("a.csv is\r\n  bad")
    assert printed(error) == ["CovidReportError: a.csv is bad"]
    error.__cause__ = ValueError("why")
    assert printed(error)[-1] == "ValueError: why"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_the_source_supports_the_python_version_of_emr(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    allowed = {"pyspark", "py4j", "covid_report", *sys.stdlib_module_names}
    assert {name.split(".")[0] for name in imported} <= allowed
