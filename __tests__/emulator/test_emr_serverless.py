"""EMR Serverless applications: life cycle, refusals in AWS's words, lists, tags, permissions."""

from pathlib import Path
from typing import Any

import pytest
from fixture_types import Assume, Client, Make, Unique
from policies import allow, put_policy
from refusals import refused
from running_emulator import start_emulator
from spark_jobs import ECHO, IN_REGION, SLEEP, SMALL, Jobs, make_jobs, wait_for_state

from emulator.emr_serverless import workers

CREATE = {"releaseLabel": "emr-7.13.0", "type": "SPARK"}
UNUSUAL = "ad-hoc!(it's)-Zoë"
"""The name of an execution, of characters that Step Functions takes and tags refuse."""


@pytest.fixture
def jobs(client: Client, make_role: Make, unique: Unique) -> Jobs:
    """Their application stays started: a slow machine would meet it stopped."""
    return make_jobs(client, make_role, unique, autoStopConfiguration={"enabled": False})


def test_an_application_starts_stops_and_is_deleted(client: Client, jobs: Jobs) -> None:
    application = {"applicationId": jobs.application}
    jobs.emr.start_application(**application)
    wait_for_state(client, jobs.application, "STARTED")
    statuses = r"must be in one of the following statuses \[CREATED, STOPPED\]. Current status: STARTED"
    for change in (jobs.emr.update_application, jobs.emr.delete_application):
        with refused("ValidationException", statuses):
            change(**application)
    jobs.emr.stop_application(**application)
    wait_for_state(client, jobs.application, "STOPPED")
    jobs.emr.delete_application(**application)
    assert jobs.emr.get_application(**application)["application"]["state"] == "TERMINATED"


def test_a_new_application_has_the_defaults_of_aws_and_an_update_changes_what_it_names_only(client: Client) -> None:
    emr = client("emr-serverless")
    created = emr.create_application(**CREATE)["applicationId"]
    application = wait_for_state(client, created, "CREATED")
    assert application["autoStartConfiguration"] == {"enabled": True}
    assert application["autoStopConfiguration"] == {"enabled": True, "idleTimeoutMinutes": 15}
    assert (application["architecture"], application["type"]) == ("X86_64", "Spark")
    assert application["arn"].endswith(f":/applications/{created}")
    emr.update_application(applicationId=created, autoStopConfiguration={"idleTimeoutMinutes": 3})
    updated = emr.get_application(applicationId=created)["application"]
    assert updated["autoStopConfiguration"] == {"enabled": True, "idleTimeoutMinutes": 3}
    assert updated["releaseLabel"] == "emr-7.13.0"


def test_an_idle_application_stops_itself(client: Client, make_role: Make, unique: Unique) -> None:
    stop = {"enabled": True, "idleTimeoutMinutes": 1}
    jobs = make_jobs(client, make_role, unique, autoStopConfiguration=stop)
    jobs.emr.start_application(applicationId=jobs.application)
    wait_for_state(client, jobs.application, "STOPPED")


def test_the_same_token_gives_the_same_application(client: Client, unique: Unique) -> None:
    emr, token = client("emr-serverless"), unique("token")
    first, again = (emr.create_application(**CREATE, clientToken=token)["applicationId"] for _ in range(2))
    assert first == again
    assert emr.create_application(**CREATE, clientToken=unique("token"))["applicationId"] != first


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"type": "HIVE"}, "The local AWS does not support the type HIVE"),
        ({"schedulerConfiguration": {"maxConcurrentRuns": 1}}, "not support schedulerConfiguration of Create"),
        ({"releaseLabel": "emr-7.9.0"}, "as emr-7.10.0 and later of line 7, not as emr-7.9.0"),
        ({"releaseLabel": "emr-spark-8.0.0"}, "not as emr-spark-8.0.0"),
        ({"clientToken": "a token"}, r"Value 'a token' at 'clientToken'.*regular expression"),
        ({"clientToken": "t" * 65}, "length less than or equal to 64"),
        ({"releaseLabel": None}, "Value null at 'releaseLabel'.*must not be null"),
        ({"architecture": "MIPS"}, r"enum value set: \[ARM64, X86_64\]"),
        ({"autoStopConfiguration": {"idleTimeoutMinutes": 0}}, "greater than or equal to 1"),
        ({"maximumCapacity": {"cpu": "many", "memory": "4 GB"}}, "maximumCapacity.cpu"),
        ({"autoStartConfiguration": {"enabled": "yes"}}, "of type boolean"),
        ({"autoStartConfiguration": {"enabled": False}}, "not support enabled False of autoStartConfiguration"),
    ],
)
def test_a_request_that_breaks_the_model_is_refused(client: Client, change: dict[str, Any], complaint: str) -> None:
    emr = client("emr-serverless", parameter_validation=False)
    request = {key: value for key, value in {**CREATE, **change}.items() if value is not None}
    with refused("ValidationException", complaint):
        emr.create_application(**request)


def test_what_does_not_exist_is_not_found(client: Client, jobs: Jobs) -> None:
    with refused("ResourceNotFoundException", "Application 00f0 does not exist"):
        client("emr-serverless").get_application(applicationId="00f0")
    with refused("ResourceNotFoundException", "Job run 00f0 does not exist"):
        jobs.get("00f0")


def test_lists_filter_by_state_and_page(client: Client, unique: Unique) -> None:
    emr = client("emr-serverless")
    made = {emr.create_application(**CREATE, name=unique("paged"))["applicationId"] for _ in range(3)}
    for application in made:
        wait_for_state(client, application, "CREATED")
    pages = emr.get_paginator("list_applications").paginate(states=["CREATED"], PaginationConfig={"PageSize": 2})
    listed = [page["applications"] for page in pages]
    assert len(listed[0]) == 2
    assert made <= {application["id"] for page in listed for application in page}
    assert not made & {a["id"] for a in emr.list_applications(states=["STARTED"])["applications"]}


def test_tags_are_set_and_removed(client: Client) -> None:
    emr = client("emr-serverless")
    arn = emr.create_application(**CREATE, tags={"a": "1", "b": "2"})["arn"]
    emr.tag_resource(resourceArn=arn, tags={"c": "3"})
    emr.untag_resource(resourceArn=arn, tagKeys=["a", "b"])
    assert emr.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": "3"}


def test_a_tag_refuses_characters_that_names_of_executions_may_hold(jobs: Jobs) -> None:
    execution = "arn:aws:states:us-east-1:000000000000:execution:m:"
    for part in "!", "(", "'", "ë":
        with refused("ValidationException", "regular expression pattern"):
            jobs.start("", tags={"execution": execution + part})
    job_run = jobs.start("", name=UNUSUAL, tags={"execution": f"{execution}_"})
    assert jobs.get(job_run)["name"] == UNUSUAL


def test_a_role_may_cancel_only_job_runs_with_the_tag_that_its_policy_names(
    client: Client, jobs: Jobs, make_role: Make, credentials_of: Assume
) -> None:
    condition = {"StringLike": {"aws:ResourceTag/execution": "arn:aws:states:*:execution:ours:*"}}
    allowed = allow("emr-serverless:CancelJobRun", "*", condition)
    reaper = client("emr-serverless", credentials_of(make_role("lambda.amazonaws.com", [allowed])))
    execution = "arn:aws:states:us-east-1:000000000000:execution"
    ours, theirs, untagged = (
        jobs.start(SLEEP, tags=tags)
        for tags in ({"execution": f"{execution}:ours:1"}, {"execution": f"{execution}:theirs:1"}, {})
    )
    for other in (theirs, untagged):
        with refused("AccessDeniedException", "CancelJobRun"):
            reaper.cancel_job_run(applicationId=jobs.application, jobRunId=other)
    reaper.cancel_job_run(applicationId=jobs.application, jobRunId=ours)
    jobs.until(ours, "CANCELLED")
    for other in (theirs, untagged):
        jobs.emr.cancel_job_run(applicationId=jobs.application, jobRunId=other)


def test_a_caller_may_do_what_its_policy_says(
    client: Client, jobs: Jobs, make_role: Make, credentials_of: Assume
) -> None:
    arn = f"arn:aws:emr-serverless:us-east-1:000000000000:/applications/{jobs.application}"
    role = make_role("lambda.amazonaws.com", [allow(["emr-serverless:GetApplication", "emr-serverless:Start*"], arn)])
    emr = client("emr-serverless", credentials_of(role))
    assert emr.get_application(applicationId=jobs.application)
    with refused("AccessDeniedException", "emr-serverless:StopApplication"):
        emr.stop_application(applicationId=jobs.application)
    with refused("AccessDeniedException", f"iam:PassRole on resource: {jobs.role}"):
        emr.start_job_run(**jobs.request(""))
    condition = {"StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}}
    put_policy(client, role, "pass", allow("iam:PassRole", jobs.role, condition))
    with refused("AccessDeniedException", "emr-serverless:TagResource"):
        emr.start_job_run(**jobs.request("", tags={"a": "1"}))
    assert emr.start_job_run(**jobs.request("", entry_point=f"s3://{jobs.bucket}/jobs/missing.py"))["jobRunId"]


def test_a_job_that_is_submitted_while_the_application_stops_starts_it_again(client: Client, jobs: Jobs) -> None:
    jobs.emr.start_application(applicationId=jobs.application)
    wait_for_state(client, jobs.application, "STARTED")
    jobs.emr.stop_application(applicationId=jobs.application)
    jobs.until(jobs.start(ECHO), "SUCCESS")
    assert jobs.emr.get_application(applicationId=jobs.application)["application"]["state"] == "STARTED"


def test_a_job_that_does_not_fit_the_application_fails(client: Client, make_role: Make, unique: Unique) -> None:
    jobs = make_jobs(client, make_role, unique, maximumCapacity={"cpu": "4 vCPU", "memory": "16 GB"})
    failed = jobs.until(jobs.start("", spark=""), "FAILED")
    assert "exceeded maximumCapacity settings" in failed["stateDetails"]


EXECUTORS = "spark.executor.instances"
DYNAMIC = "spark.dynamicAllocation."


@pytest.mark.parametrize(
    ("conf", "complaint"),
    [
        ({}, None),
        ({f"{DYNAMIC}maxExecutors": "3"}, None),
        ({f"{DYNAMIC}maxExecutors": "2"}, "initial executor number 3 must between min executor number 0 and max .* 2"),
        ({EXECUTORS: "1", f"{DYNAMIC}maxExecutors": "2"}, "initial executor number 3"),
        ({EXECUTORS: "1", f"{DYNAMIC}initialExecutors": "1", f"{DYNAMIC}maxExecutors": "1"}, None),
        ({EXECUTORS: "5", f"{DYNAMIC}initialExecutors": "1", f"{DYNAMIC}maxExecutors": "4"}, "number 5 must between"),
        ({f"{DYNAMIC}minExecutors": "4", f"{DYNAMIC}maxExecutors": "3"}, "number 4 must between min executor number 4"),
    ],
)
def test_spark_takes_the_largest_of_three_numbers_and_wants_it_between_two(
    conf: dict[str, str], complaint: str | None
) -> None:
    if complaint is None:
        workers.check_executors(conf)
    else:
        with pytest.raises(workers.ExecutorsError, match=complaint):
            workers.check_executors(conf)


@pytest.mark.parametrize(
    ("spark", "complaint"),
    [
        # The details have 256 characters, and hold no more of it.
        (f"{SMALL} --conf {DYNAMIC}maxExecutors=2", "requirement failed: initial executor number 3 must between min"),
        (SMALL.replace(IN_REGION, "spark.a=b"), "S3A has no region"),
        (SMALL.replace("us-east-1", "eu-west-1"), "S3A has eu-west-1"),
        ("--conf spark.driver.cores=3", "Unsupported driver worker: 3 vCPU"),
        ("--conf spark.executor.memoryOverhead=2g", "not support the setting spark.executor.memoryOverhead"),
        ("--conf novalue", "--conf 'novalue' is not KEY=VALUE"),
        ("--conf a=b words", "'words' is not an option. Quote values that contain spaces"),
    ],
)
def test_a_job_with_settings_that_spark_or_aws_refuses_fails(jobs: Jobs, spark: str, complaint: str) -> None:
    assert complaint in jobs.until(jobs.start("", spark=spark), "FAILED")["stateDetails"]


def test_a_role_that_does_not_trust_the_service_fails_the_job(jobs: Jobs, make_role: Make) -> None:
    jobs.role = make_role("lambda.amazonaws.com")
    assert "Could not assume runtime role" in jobs.until(jobs.start(""), "FAILED")["stateDetails"]


def test_an_entry_point_that_the_role_may_not_read_fails_the_job(jobs: Jobs, client: Client) -> None:
    client("s3").put_object(Bucket=jobs.bucket, Key="secret/job.py", Body=b"")
    job_run = jobs.start("", entry_point=f"s3://{jobs.bucket}/secret/job.py")
    failed = jobs.until(job_run, "FAILED")
    assert "S3 access failed" in failed["stateDetails"] and len(failed["stateDetails"]) <= 256


def test_applications_survive_a_restart(tmp_path: Path) -> None:
    first = start_emulator(tmp_path)
    application = first.client("emr-serverless").create_application(**CREATE, tags={"kept": "yes"})["applicationId"]
    wait_for_state(first.client, application, "CREATED")
    first.stop()
    with start_emulator(tmp_path) as second:
        kept = second.client("emr-serverless").get_application(applicationId=application)["application"]
        assert (kept["state"], kept["tags"]) == ("CREATED", {"kept": "yes"})
