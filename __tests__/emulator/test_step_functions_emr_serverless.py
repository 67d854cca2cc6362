"""The states:::emr-serverless integration: what it answers, what it needs, how it fails, what a stop does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from machines import Machines, jsonata
from spark_jobs import ECHO, SLEEP, Jobs, make_jobs, wait_for_state

Client = Callable[..., Any]
RESOURCE = "arn:aws:states:::emr-serverless:"
ACCOUNT = "us-east-1:000000000000:"


@pytest.fixture
def jobs(client: Client, make_role: Callable[..., str], unique: Callable[[str], str]) -> Jobs:
    return make_jobs(client, make_role, unique)


def statements(jobs: Jobs) -> list[dict[str, Any]]:
    """What AWS's documentation gives a state machine that runs jobs with `.sync`, in the order of the list below."""
    application = f"arn:aws:emr-serverless:{ACCOUNT}/applications/{jobs.application}"
    passed = {"StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}}
    rule = f"arn:aws:events:{ACCOUNT}rule/StepFunctionsGetEventsForEMRServerlessJobRule"
    return [
        allow(["emr-serverless:StartJobRun", "emr-serverless:TagResource"], application),
        {**allow(["iam:PassRole"], jobs.role), "Condition": passed},
        allow(["emr-serverless:GetJobRun", "emr-serverless:CancelJobRun"], f"{application}/jobruns/*"),
        allow(["events:PutRule", "events:PutTargets", "events:DescribeRule"], rule),
    ]


def allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


@pytest.fixture
def machines(client: Client, make_role: Callable[..., str], unique: Callable[[str], str], jobs: Jobs) -> Machines:
    return Machines(client("stepfunctions"), unique, make_role("states.amazonaws.com", statements(jobs)))


def start_job_run(jobs: Jobs, source: str, suffix: str = ".sync", **changes: Any) -> dict[str, Any]:
    parameters = {
        "ApplicationId": jobs.application,
        "ExecutionRoleArn": jobs.role,
        "Name": "{% $states.context.Execution.Name %}",
        "JobDriver": {
            "SparkSubmit": {
                "EntryPoint": jobs.entry_point(source),
                "EntryPointArguments": ["one"],
                "SparkSubmitParameters": jobs.request(source)["jobDriver"]["sparkSubmit"]["sparkSubmitParameters"],
            }
        },
        "Tags": {"Execution.Name": "kept as it is"},
        **changes,
    }
    task = {"Type": "Task", "Resource": f"{RESOURCE}startJobRun{suffix}", "Arguments": parameters, "End": True}
    return jsonata(Run=task)


def test_sync_ends_with_the_job_run(machines: Machines, jobs: Jobs) -> None:
    execution = machines.run(start_job_run(jobs, ECHO))
    assert execution["status"] == "SUCCEEDED", execution
    job_run = execution["output"]
    assert (job_run["State"], job_run["ApplicationId"]) == ("SUCCESS", jobs.application)
    assert job_run["JobDriver"]["SparkSubmit"]["EntryPointArguments"] == ["one"]
    assert job_run["Tags"] == {"Execution.Name": "kept as it is"}
    assert jobs.get(job_run["JobRunId"])["name"] == execution["name"]
    assert "TaskSubmitted" in machines.kinds(execution["executionArn"])


def test_without_sync_the_task_ends_at_once(machines: Machines, jobs: Jobs) -> None:
    job_run = machines.run(start_job_run(jobs, SLEEP, suffix=""))["output"]
    assert set(job_run) == {"ApplicationId", "Arn", "JobRunId"}
    jobs.until(job_run["JobRunId"], "RUNNING")
    jobs.emr.cancel_job_run(applicationId=jobs.application, jobRunId=job_run["JobRunId"])


def test_a_failed_job_fails_the_task_with_the_job_run_as_cause(machines: Machines, jobs: Jobs) -> None:
    definition = start_job_run(jobs, "")
    driver = definition["States"]["Run"]["Arguments"]["JobDriver"]["SparkSubmit"]
    driver["EntryPoint"] = f"s3://{jobs.bucket}/jobs/missing.py"
    execution = machines.run(definition)
    assert (execution["status"], execution["error"]) == ("FAILED", "States.TaskFailed")
    cause = json.loads(execution["cause"])
    assert cause["State"] == "FAILED" and "missing.py" in cause["StateDetails"]


@pytest.mark.parametrize(
    ("missing", "action"),
    [
        (0, "emr-serverless:StartJobRun"),
        (1, "iam:PassRole"),
        (2, "emr-serverless:GetJobRun"),
        (3, "events:PutRule"),
    ],
)
def test_the_execution_role_needs_each_permission(
    client: Client,
    make_role: Callable[..., str],
    unique: Callable[[str], str],
    jobs: Jobs,
    missing: int,
    action: str,
) -> None:
    given = [statement for index, statement in enumerate(statements(jobs)) if index != missing]
    role = make_role("states.amazonaws.com", given)
    definition = start_job_run(jobs, "", ExecutionRoleArn=jobs.role)
    execution = Machines(client("stepfunctions"), unique, role).run(definition)
    assert execution["status"] == "FAILED"
    assert execution["error"] == "EMRServerless.AccessDeniedException"
    assert action in execution["cause"]


def test_an_unknown_application_is_an_error_of_the_service(machines: Machines, jobs: Jobs) -> None:
    states = machines.role.rsplit("/", 1)[-1]
    policy = {"Version": "2012-10-17", "Statement": [allow(["emr-serverless:*", "iam:PassRole", "events:*"], "*")]}
    jobs.client("iam").put_role_policy(RoleName=states, PolicyName="all", PolicyDocument=json.dumps(policy))
    execution = machines.run(start_job_run(jobs, "", ApplicationId="00f0"))
    assert execution["error"] == "EMRServerless.ResourceNotFoundException"


def test_a_field_that_does_not_exist_fails_the_task(machines: Machines, jobs: Jobs) -> None:
    execution = machines.run(start_job_run(jobs, "", jobDriver={}))
    assert execution["status"] == "FAILED"
    assert '"jobDriver" is not supported by Step Functions' in execution["cause"]


def test_stopping_the_execution_cancels_its_job(machines: Machines, jobs: Jobs) -> None:
    execution = machines.start(start_job_run(jobs, SLEEP))
    machines.wait_for_event(execution, "TaskSubmitted")
    [job_run] = jobs.emr.list_job_runs(applicationId=jobs.application)["jobRuns"]
    jobs.until(job_run["id"], "RUNNING")
    machines.client.stop_execution(executionArn=execution)
    jobs.until(job_run["id"], "CANCELLED")
    assert machines.end(execution)["status"] == "ABORTED"


def test_sync_waits_for_the_state_of_an_application(
    client: Client, make_role: Callable[..., str], unique: Callable[[str], str], jobs: Jobs
) -> None:
    role = make_role("states.amazonaws.com", [allow(["emr-serverless:*", "events:*"], "*")])
    machines = Machines(client("stepfunctions"), unique, role)
    target = {"ApplicationId": jobs.application}
    for action, state in (("start", "STARTED"), ("stop", "STOPPED"), ("delete", "TERMINATED")):
        task = {"Type": "Task", "Resource": f"{RESOURCE}{action}Application.sync", "Arguments": target, "End": True}
        assert machines.run(jsonata(Do=task))["output"] == target
        wait_for_state(client, jobs.application, state)
    create = {"Name": unique("made"), "ReleaseLabel": "emr-7.13.0", "Type": "SPARK"}
    task = {"Type": "Task", "Resource": f"{RESOURCE}createApplication.sync", "Arguments": create, "End": True}
    made = machines.run(jsonata(Do=task))["output"]
    assert made["Name"] == create["Name"] and made["Arn"].endswith(made["ApplicationId"])
