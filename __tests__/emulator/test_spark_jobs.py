"""EMR Serverless job runs: processes, logs, failures, cancellation and utilization."""

import time
from pathlib import Path
from typing import Any

import pytest
from account import Client, unique
from botocore.exceptions import ClientError
from running_emulator import start_emulator
from spark_jobs import ECHO, FAIL, SLEEP, SMALL, Jobs, make_jobs, processes_of, wait_for_python, wait_for_state
from waiting import eventually

from emulator import lifecycle
from emulator.emr_serverless import execution

COPY = """
import sys
from pyspark.sql import SparkSession
bucket = sys.argv[1]
spark = SparkSession.builder.getOrCreate()
settings = [spark.conf.get(f"spark.sql.{name}") for name in ("session.timeZone", "shuffle.partitions")]
print("time zone and shuffle", settings)
spark.range(1000).write.mode("overwrite").parquet(f"s3://{bucket}/output/numbers/")
print("count", spark.read.parquet(f"s3://{bucket}/output/numbers/").count())
spark.range(1).write.parquet(f"s3://{bucket}/elsewhere/")
"""


def test_a_job_succeeds_with_logs_and_a_bill(jobs: Jobs, client: Client) -> None:
    request = jobs.request(ECHO, "one", "two words", name="echo", tags={"run": "1"}, clientToken=unique("token"))
    job_run, again = (jobs.emr.start_job_run(**request)["jobRunId"] for _ in range(2))
    assert again == job_run
    with pytest.raises(ClientError, match="1 active job run"):
        jobs.emr.stop_application(applicationId=wait_for_state(client, jobs.application, "STARTED")["applicationId"])
    ended = jobs.until(job_run, "SUCCESS")
    assert (ended["name"], ended["tags"], ended["attempt"]) == ("echo", {"run": "1"}, 1)
    assert jobs.log(job_run, "stdout") == "arguments ['one', 'two words']\n"
    billed: Any = eventually(lambda: jobs.get(job_run).get("billedResourceUtilization"))
    # A driver and three executors with 1 vCPU and 3 GB (2 GB and overhead) for at least a minute.
    assert billed["memoryGBHour"] == pytest.approx(3 * billed["vCPUHour"], abs=0.002)
    assert billed["vCPUHour"] >= 0.067 and billed["storageGBHour"] == 0
    with pytest.raises(ClientError, match="it is SUCCESS"):
        jobs.emr.cancel_job_run(applicationId=jobs.application, jobRunId=job_run)


def test_spark_reads_and_writes_s3_with_the_jobs_role_only(jobs: Jobs) -> None:
    job_run = jobs.start(COPY, jobs.bucket, spark=f"{SMALL} --conf spark.sql.shuffle.partitions=7")
    failed = jobs.until(job_run, "FAILED")
    output = jobs.log(job_run, "stdout")
    assert "count 1000" in output
    assert "time zone and shuffle ['UTC', '7']" in output
    assert "AccessDenied" in output + jobs.log(job_run, "stderr")
    assert failed["stateDetails"].startswith(
        "Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: "
    )
    keys = [o["Key"] for o in jobs.client("s3").list_objects_v2(Bucket=jobs.bucket)["Contents"]]
    assert not [key for key in keys if key.startswith("elsewhere/")]


def test_a_failed_job_reports_the_reason(jobs: Jobs) -> None:
    failed = jobs.until(jobs.start(FAIL), "FAILED")
    assert "ExitCode: 1. Last few exceptions: " in failed["stateDetails"]
    assert "ValueError: no clicks" in failed["stateDetails"]


def test_a_cancelled_job_has_no_process(jobs: Jobs) -> None:
    job_run = jobs.start(SLEEP)
    jobs.until(job_run, "RUNNING")
    wait_for_python(job_run)
    jobs.emr.cancel_job_run(applicationId=jobs.application, jobRunId=job_run)
    jobs.until(job_run, "CANCELLED")
    assert processes_of(job_run) == []


def overriding(**configuration: Any) -> dict[str, Any]:
    return {"configurationOverrides": configuration}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"retryPolicy": {"maxAttempts": 2}}, "retryPolicy of StartJobRun"),
        ({"mode": "STREAMING"}, "mode of StartJobRun"),
        (
            overriding(monitoringConfiguration={"cloudWatchLoggingConfiguration": {"enabled": True}}),
            "cloudWatchLoggingConfiguration of monitoringConfiguration",
        ),
        (
            overriding(applicationConfiguration=[{"classification": "spark-defaults"}]),
            "applicationConfiguration of configurationOverrides",
        ),
    ],
)
def test_an_unsupported_job_run_is_rejected(jobs: Jobs, change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ClientError, match=f"The local AWS does not support {complaint}"):
        jobs.start("", **change)


def test_a_timed_out_job_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "MINUTE", 0.1)
    now = time.time()
    run: dict[str, Any] = {name: name for name in ("jobRunId", "applicationId", "arn", "releaseLabel", "createdBy")}
    run.update(state="RUNNING", executionTimeoutMinutes=2, createdAt=now, updatedAt=now)
    process = lifecycle.start_child(["sleep", "300"])
    execution._exit_code(run, process)
    assert process.poll() is not None
    assert run["state"] == "CANCELLING" and "timeout of 2 minutes" in run["cancelDetails"]


def test_a_job_and_its_application_stop_with_the_emulator(tmp_path: Path) -> None:
    emulator = start_emulator(tmp_path)
    jobs = make_jobs(emulator.client)
    job_run = jobs.start(SLEEP)
    jobs.until(job_run, "RUNNING")
    wait_for_python(job_run)
    emulator.wait_for_save()
    emulator.kill()
    with start_emulator(tmp_path) as again:
        found = again.client("emr-serverless").get_job_run(applicationId=jobs.application, jobRunId=job_run)["jobRun"]
        assert found["state"] == "FAILED" and "emulator was stopped" in found["stateDetails"]
        wait_for_state(again.client, jobs.application, "STOPPED")
        eventually(lambda: not processes_of(job_run))
