"""Permissions on job runs by their tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from spark_jobs import SLEEP, make_jobs

Client = Callable[..., Any]


def test_a_role_may_cancel_only_job_runs_with_the_tag_that_its_policy_names(
    client: Client,
    make_role: Callable[..., str],
    credentials_of: Callable[[str], dict[str, str]],
    unique: Callable[[str], str],
) -> None:
    jobs = make_jobs(client, make_role, unique)
    condition = {"StringLike": {"aws:ResourceTag/execution": "arn:aws:states:*:execution:ours:*"}}
    allowed = {"Effect": "Allow", "Action": "emr-serverless:CancelJobRun", "Resource": "*", "Condition": condition}
    reaper = client("emr-serverless", credentials_of(make_role("lambda.amazonaws.com", [allowed])))
    execution = "arn:aws:states:us-east-1:000000000000:execution"
    ours = jobs.start(SLEEP, tags={"execution": f"{execution}:ours:1"})
    theirs = jobs.start(SLEEP, tags={"execution": f"{execution}:theirs:1"})
    untagged = jobs.start(SLEEP)
    for other in (theirs, untagged):
        with pytest.raises(ClientError, match="AccessDenied"):
            reaper.cancel_job_run(applicationId=jobs.application, jobRunId=other)
    reaper.cancel_job_run(applicationId=jobs.application, jobRunId=ours)
    assert jobs.until(ours, "CANCELLED")["state"] == "CANCELLED"
    for other in (theirs, untagged):
        jobs.emr.cancel_job_run(applicationId=jobs.application, jobRunId=other)
