"""Applications, job roles and entry points for the tests that run jobs."""

from dataclasses import dataclass, field
from typing import Any

from fixture_types import Client, Make, Unique
from policies import allow
from waiting import until_state

IN_REGION = "spark.hadoop.fs.s3a.endpoint.region=us-east-1"
"""What every job must pass to S3A."""
SMALL = " ".join(
    f"--conf {setting}"
    for setting in (
        *(f"spark.{kind}.{size}" for kind in ("driver", "executor") for size in ("cores=1", "memory=2g")),
        IN_REGION,
    )
)
"""The smallest workers that exist, so that a small application has room for them."""
ENDED = ("SUCCESS", "FAILED", "CANCELLED")
# These need no Spark session: they cost the start of spark-submit only.
ECHO = "import sys; print('arguments', sys.argv[1:])"
FAIL = "raise ValueError('no clicks')"
SLEEP = "import time; print('started', flush=True); time.sleep(3600)"


@dataclass
class Jobs:
    """An application with a bucket for entry points and logs, and a role that may use that bucket."""

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
        """A StartJobRun of a Python program, with Spark's parameters; `changes` replace whole fields."""
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
        """The job run once it is in one of `states`; AssertionError when it ends in another."""
        return until_state(lambda: self.get(job_run), _state, states, ENDED)


def make_jobs(client: Client, make_role: Make, unique: Unique, **application: Any) -> Jobs:
    """A new application (created with `application` as further parameters), bucket and job role."""
    bucket = unique("jobs-bucket")
    client("s3").create_bucket(Bucket=bucket)
    role = make_role(
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
    """The application once it is in `state`."""

    def get() -> dict[str, Any]:
        found: dict[str, Any] = client("emr-serverless").get_application(applicationId=application)["application"]
        return found

    return until_state(get, _state, (state,))


def _state(found: dict[str, Any]) -> str:
    return str(found["state"])
