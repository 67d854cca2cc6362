"""Permissions on job runs by their tags."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from fixture_types import Assume, Client, Make, Unique
from machines import Machines, jsonata
from policies import allow
from spark_jobs import SLEEP, make_jobs

UNUSUAL = "ad-hoc!(it's)-Zoë"
"""The name of an execution, of characters that Step Functions takes and tags refuse."""


def test_a_tag_refuses_characters_that_names_of_executions_may_hold(
    client: Client, make_role: Make, unique: Unique
) -> None:
    jobs = make_jobs(client, make_role, unique)
    for part in "!", "(", "'", "ë":
        with pytest.raises(ClientError, match=r"ValidationException.*regular expression pattern"):
            jobs.start("", tags={"execution": f"arn:aws:states:us-east-1:000000000000:execution:m:{part}"})
    job_run = jobs.start("", name=UNUSUAL, tags={"execution": "arn:aws:states:us-east-1:000000000000:execution:m:_"})
    assert jobs.get(job_run)["name"] == UNUSUAL


def test_an_execution_makes_a_tag_of_its_id_that_fits(client: Client, make_role: Make, unique: Unique) -> None:
    machines = Machines(client("stepfunctions"), unique, make_role("states.amazonaws.com"))
    tag = "{% $replace($states.context.Execution.Id, /[^A-Za-z0-9 _.:\\/=+@-]+/, '_') %}"
    machine = machines.create(jsonata(Tag={"Type": "Pass", "Output": tag, "End": True}))
    execution = machines.client.start_execution(stateMachineArn=machine, name=UNUSUAL)["executionArn"]
    assert machines.end(execution)["output"] == execution.removesuffix(UNUSUAL) + "ad-hoc_it_s_-Zo_"


def test_a_role_may_cancel_only_job_runs_with_the_tag_that_its_policy_names(
    client: Client, make_role: Make, credentials_of: Assume, unique: Unique
) -> None:
    jobs = make_jobs(client, make_role, unique)
    condition = {"StringLike": {"aws:ResourceTag/execution": "arn:aws:states:*:execution:ours:*"}}
    allowed = allow("emr-serverless:CancelJobRun", "*", condition)
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
