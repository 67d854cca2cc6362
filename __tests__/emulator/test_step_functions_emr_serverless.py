"""The states:::emr-serverless integration: results, permissions and failures."""

from typing import Any

import pytest
from account import Client, allow, make_role, passed_to, put_policy
from machines import Machines, jsonata, task
from spark_jobs import SLEEP, SMALL, Jobs

ACCOUNT = "us-east-1:000000000000:"


def statements(jobs: Jobs) -> list[dict[str, Any]]:
    """The documented permissions of a state machine that starts and cancels jobs."""
    application = f"arn:aws:emr-serverless:{ACCOUNT}/applications/{jobs.application}"
    return [
        allow(["emr-serverless:StartJobRun", "emr-serverless:TagResource"], application),
        allow("iam:PassRole", jobs.role, passed_to("emr-serverless.amazonaws.com")),
        allow(["emr-serverless:CancelJobRun"], f"{application}/jobruns/*"),
    ]


@pytest.fixture
def machines(client: Client, jobs: Jobs) -> Machines:
    return Machines(client("stepfunctions"), make_role(client, "states.amazonaws.com", statements(jobs)))


def start_job_run(jobs: Jobs, source: str, **changes: Any) -> dict[str, Any]:
    parameters = {
        "ApplicationId": jobs.application,
        "ExecutionRoleArn": jobs.role,
        "Name": "{% $states.context.Execution.Name %}",
        "JobDriver": {
            "SparkSubmit": {
                "EntryPoint": jobs.entry_point(source),
                "EntryPointArguments": ["one"],
                "SparkSubmitParameters": SMALL,
            }
        },
        "Tags": {"Execution.Name": "kept as it is"},
        **changes,
    }
    return jsonata(Run=task("emr-serverless:startJobRun", parameters))


def test_a_job_is_started_and_cancelled(machines: Machines, jobs: Jobs) -> None:
    execution = machines.run(start_job_run(jobs, SLEEP))
    assert execution["status"] == "SUCCEEDED", execution
    started = execution["output"]
    assert set(started) == {"ApplicationId", "Arn", "JobRunId"}
    job_run = jobs.until(started["JobRunId"], "RUNNING")
    assert (job_run["name"], job_run["tags"]) == (execution["name"], {"Execution.Name": "kept as it is"})
    assert job_run["jobDriver"]["sparkSubmit"]["entryPointArguments"] == ["one"]
    named = {"ApplicationId": jobs.application, "JobRunId": started["JobRunId"]}
    assert machines.run(jsonata(Cancel=task("emr-serverless:cancelJobRun", named)))["output"] == named
    jobs.until(started["JobRunId"], "CANCELLED")


@pytest.mark.parametrize(("missing", "action"), [(0, "emr-serverless:StartJobRun"), (1, "iam:PassRole")])
def test_the_execution_role_needs_each_permission(client: Client, jobs: Jobs, missing: int, action: str) -> None:
    given = [statement for index, statement in enumerate(statements(jobs)) if index != missing]
    role = make_role(client, "states.amazonaws.com", given)
    definition = start_job_run(jobs, "", ExecutionRoleArn=jobs.role)
    execution = Machines(client("stepfunctions"), role).run(definition)
    assert execution["status"] == "FAILED"
    assert execution["error"] == "EMRServerless.AccessDeniedException"
    assert action in execution["cause"]


def test_an_unknown_application_is_a_service_error(machines: Machines, jobs: Jobs) -> None:
    put_policy(jobs.client, machines.role, "all", allow(["emr-serverless:*", "iam:PassRole"]))
    execution = machines.run(start_job_run(jobs, "", ApplicationId="00f0"))
    assert execution["error"] == "EMRServerless.ResourceNotFoundException"


def test_an_unknown_field_fails_the_task(machines: Machines, jobs: Jobs) -> None:
    execution = machines.run(start_job_run(jobs, "", jobDriver={}))
    assert execution["status"] == "FAILED"
    assert '"jobDriver" is not supported by Step Functions' in execution["cause"]


def test_the_id_of_an_execution_is_converted_to_a_valid_tag(machines: Machines) -> None:
    name = "ad-hoc!(it's)-Zoë"  # valid in execution names, not in tags
    tag = "{% $replace($states.context.Execution.Id, /[^A-Za-z0-9 _.:\\/=+@-]+/, '_') %}"
    machine = machines.create(jsonata(Tag={"Type": "Pass", "Output": tag, "End": True}))
    execution = machines.client.start_execution(stateMachineArn=machine, name=name)["executionArn"]
    assert machines.end(execution)["output"] == execution.removesuffix(name) + "ad-hoc_it_s_-Zo_"
