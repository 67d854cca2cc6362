"""Spark jobs of EMR Serverless with the application, role and bucket that they need, and local processes of jobs."""

import gzip
import os
import re
import subprocess
from dataclasses import dataclass, field
from typing import Any

from account import Client, allow, make_role, unique
from waiting import eventually, until_state

IN_REGION = "spark.hadoop.fs.s3a.endpoint.region=us-east-1"
"""A required setting of S3A."""
SMALL = " ".join(
    f"--conf {setting}"
    for setting in (
        *(f"spark.{kind}.{size}" for kind in ("driver", "executor") for size in ("cores=1", "memory=2g")),
        IN_REGION,
    )
)
"""The smallest workers."""
ENDED = ("SUCCESS", "FAILED", "CANCELLED")
# Programs without a Spark session, which start faster.
ECHO = "import sys; print('arguments', sys.argv[1:])"
FAIL = "raise ValueError('no clicks')"
SLEEP = "import time; print('started', flush=True); time.sleep(3600)"


@dataclass
class Jobs:
    """An application, a bucket for entry points and logs, and a role with access to the bucket."""

    client: Client
    application: str
    role: str
    bucket: str
    emr: Any = field(init=False)

    def __post_init__(self) -> None:
        self.emr = self.client("emr-serverless")

    def entry_point(self, source: str) -> str:
        self.client("s3").put_object(Bucket=self.bucket, Key="jobs/job.py", Body=source.encode())
        return f"s3://{self.bucket}/jobs/job.py"

    def request(
        self, source: str, *arguments: str, spark: str = SMALL, entry_point: str = "", **changes: Any
    ) -> dict[str, Any]:
        """StartJobRun for a Python program, with Spark's parameters; `changes` replace whole fields."""
        submit = {
            "entryPoint": entry_point or self.entry_point(source),
            "entryPointArguments": list(arguments),
            **({"sparkSubmitParameters": spark} if spark else {}),
        }
        logs = {"s3MonitoringConfiguration": {"logUri": f"s3://{self.bucket}/logs/"}}
        return {
            "applicationId": self.application,
            "executionRoleArn": self.role,
            "jobDriver": {"sparkSubmit": submit},
            "configurationOverrides": {"monitoringConfiguration": logs},
            **changes,
        }

    def start(self, source: str, *arguments: str, **changes: Any) -> str:
        job_run: str = self.emr.start_job_run(**self.request(source, *arguments, **changes))["jobRunId"]
        return job_run

    def get(self, job_run: str) -> dict[str, Any]:
        found: dict[str, Any] = self.emr.get_job_run(applicationId=self.application, jobRunId=job_run)["jobRun"]
        return found

    def until(self, job_run: str, *states: str) -> dict[str, Any]:
        """Wait for one of `states`; returns the job run. AssertionError when it ends in another state."""
        return until_state(lambda: self.get(job_run), _state, states, ENDED)

    def log(self, job_run: str, name: str) -> str:
        """A log of the driver, which is written some time after the job's end."""
        key = f"logs/applications/{self.application}/jobs/{job_run}/SPARK_DRIVER/{name}.gz"
        s3 = self.client("s3")
        eventually(lambda: s3.list_objects_v2(Bucket=self.bucket, Prefix=key)["KeyCount"], key)
        return gzip.decompress(s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()).decode()


def wait_for_python(run: str) -> None:
    """Wait until the Python program of a job run or step runs, not only spark-submit and the JVM."""
    program = re.compile(r" *\d+ \S*python\S* \S+\.py.*")
    eventually(lambda: any(program.fullmatch(line) for line in processes_of(run)), f"the program of {run}")


def processes_of(run: str) -> list[str]:
    """Command lines of the local processes of a job run or step, whose paths contain its id."""
    listing = subprocess.run(["ps", "-eo", "pid,args", "-ww"], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if run in line and str(os.getpid()) != line.split()[0]]


def make_jobs(client: Client, **application: Any) -> Jobs:
    """A new application, with the further parameters `application`, bucket and job role."""
    bucket = unique("jobs-bucket")
    client("s3").create_bucket(Bucket=bucket)
    role = make_role(
        client,
        "emr-serverless.amazonaws.com",
        [
            allow("s3:GetObject", f"arn:aws:s3:::{bucket}/jobs/*"),
            allow(
                ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                [f"arn:aws:s3:::{bucket}/logs/*", f"arn:aws:s3:::{bucket}/output/*"],
            ),
            allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
            allow(["logs:CreateLogStream", "logs:PutLogEvents"]),
        ],
    )
    parameters = {"name": bucket, "releaseLabel": "emr-7.13.0", "type": "SPARK", **application}
    created = client("emr-serverless").create_application(**parameters)
    wait_for_state(client, created["applicationId"], "CREATED")
    return Jobs(client, created["applicationId"], role, bucket)


def wait_for_state(client: Client, application: str, state: str) -> dict[str, Any]:
    """Wait for `state`; returns the application."""

    def get() -> dict[str, Any]:
        found: dict[str, Any] = client("emr-serverless").get_application(applicationId=application)["application"]
        return found

    return until_state(get, _state, (state,))


def _state(found: dict[str, Any]) -> str:
    return str(found["state"])
