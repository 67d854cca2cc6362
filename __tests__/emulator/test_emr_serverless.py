"""EMR Serverless applications: life cycle, errors, tags and permissions."""

import contextlib
from typing import Any

import pytest
from account import Client, allow, make_role, passed_to, rejected, unique
from spark_jobs import ECHO, IN_REGION, SLEEP, SMALL, Jobs, make_jobs, wait_for_state

from emulator.emr_serverless import workers

CREATE = {"releaseLabel": "emr-7.13.0", "type": "SPARK"}
UNUSUAL = "ad-hoc!(it's)-Zoë"
"""A valid name of an execution with characters that are invalid in tags."""


@pytest.fixture
def jobs(client: Client) -> Jobs:
    """Their application does not stop automatically, which a slow machine would not expect."""
    return make_jobs(client, autoStopConfiguration={"enabled": False})


def test_an_application_starts_stops_and_is_deleted(client: Client, jobs: Jobs) -> None:
    application = {"applicationId": jobs.application}
    jobs.emr.start_application(**application)
    wait_for_state(client, jobs.application, "STARTED")
    statuses = r"must be in one of the following statuses \[CREATED, STOPPED\]. Current status: STARTED"
    for change in (jobs.emr.update_application, jobs.emr.delete_application):
        with rejected("ValidationException", statuses):
            change(**application)
    jobs.emr.stop_application(**application)
    wait_for_state(client, jobs.application, "STOPPED")
    jobs.emr.delete_application(**application)
    assert jobs.emr.get_application(**application)["application"]["state"] == "TERMINATED"


def test_a_new_application_has_defaults_and_an_update_changes_only_given_fields(client: Client) -> None:
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


def test_an_idle_application_stops_automatically(client: Client) -> None:
    stop = {"enabled": True, "idleTimeoutMinutes": 1}
    jobs = make_jobs(client, autoStopConfiguration=stop)
    jobs.emr.start_application(applicationId=jobs.application)
    wait_for_state(client, jobs.application, "STOPPED")


def test_the_same_token_gives_the_same_application(client: Client) -> None:
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
def test_an_invalid_application_is_rejected(client: Client, change: dict[str, Any], complaint: str) -> None:
    emr = client("emr-serverless", parameter_validation=False)
    request = {key: value for key, value in {**CREATE, **change}.items() if value is not None}
    with rejected("ValidationException", complaint):
        emr.create_application(**request)


def test_unknown_applications_and_job_runs_are_not_found(client: Client, jobs: Jobs) -> None:
    with rejected("ResourceNotFoundException", "Application 00f0 does not exist"):
        client("emr-serverless").get_application(applicationId="00f0")
    with rejected("ResourceNotFoundException", "Job run 00f0 does not exist"):
        jobs.get("00f0")


def test_tags_are_set_and_removed(client: Client) -> None:
    emr = client("emr-serverless")
    arn = emr.create_application(**CREATE, tags={"a": "1", "b": "2"})["arn"]
    emr.tag_resource(resourceArn=arn, tags={"c": "3"})
    emr.untag_resource(resourceArn=arn, tagKeys=["a", "b"])
    assert emr.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": "3"}


def test_some_characters_of_execution_names_are_invalid_in_tags(jobs: Jobs) -> None:
    execution = "arn:aws:states:us-east-1:000000000000:execution:m:"
    for part in "!", "(", "'", "ë":
        with rejected("ValidationException", "regular expression pattern"):
            jobs.start("", tags={"execution": execution + part})
    job_run = jobs.start("", name=UNUSUAL, tags={"execution": f"{execution}_"})
    assert jobs.get(job_run)["name"] == UNUSUAL


def test_permissions_can_depend_on_tags_of_the_job_run(jobs: Jobs, client_with: Client) -> None:
    condition = {"StringLike": {"aws:ResourceTag/execution": "arn:aws:states:*:execution:ours:*"}}
    allowed = allow("emr-serverless:CancelJobRun", "*", condition)
    reaper = client_with("emr-serverless", allowed)
    execution = "arn:aws:states:us-east-1:000000000000:execution"
    ours, theirs, untagged = (
        jobs.start(SLEEP, tags=tags)
        for tags in ({"execution": f"{execution}:ours:1"}, {"execution": f"{execution}:theirs:1"}, {})
    )
    for other in (theirs, untagged):
        with rejected("AccessDeniedException", "CancelJobRun"):
            reaper.cancel_job_run(applicationId=jobs.application, jobRunId=other)
    reaper.cancel_job_run(applicationId=jobs.application, jobRunId=ours)
    jobs.until(ours, "CANCELLED")
    for other in (theirs, untagged):
        jobs.emr.cancel_job_run(applicationId=jobs.application, jobRunId=other)


def test_a_caller_needs_each_permission(jobs: Jobs, client_with: Client) -> None:
    arn = f"arn:aws:emr-serverless:us-east-1:000000000000:/applications/{jobs.application}"
    allowed = allow(["emr-serverless:GetApplication", "emr-serverless:Start*"], arn)
    passing = allow("iam:PassRole", jobs.role, passed_to("emr-serverless.amazonaws.com"))
    emr = client_with("emr-serverless", allowed)
    assert emr.get_application(applicationId=jobs.application)
    with rejected("AccessDeniedException", "emr-serverless:StopApplication"):
        emr.stop_application(applicationId=jobs.application)
    with rejected("AccessDeniedException", f"iam:PassRole on resource: {jobs.role}"):
        emr.start_job_run(**jobs.request(""))
    emr = client_with("emr-serverless", allowed, passing)
    with rejected("AccessDeniedException", "emr-serverless:TagResource"):
        emr.start_job_run(**jobs.request("", tags={"a": "1"}))
    assert emr.start_job_run(**jobs.request("", entry_point=f"s3://{jobs.bucket}/jobs/missing.py"))["jobRunId"]


def test_a_job_restarts_a_stopping_application(client: Client, jobs: Jobs) -> None:
    jobs.emr.start_application(applicationId=jobs.application)
    wait_for_state(client, jobs.application, "STARTED")
    jobs.emr.stop_application(applicationId=jobs.application)
    jobs.until(jobs.start(ECHO), "SUCCESS")
    assert jobs.emr.get_application(applicationId=jobs.application)["application"]["state"] == "STARTED"


def test_a_job_that_exceeds_the_capacity_fails(client: Client) -> None:
    jobs = make_jobs(client, maximumCapacity={"cpu": "4 vCPU", "memory": "16 GB"})
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
def test_the_initial_number_of_executors_is_limited(conf: dict[str, str], complaint: str | None) -> None:
    with pytest.raises(workers.ExecutorsError, match=complaint) if complaint else contextlib.nullcontext():
        workers.check_executors(conf)


@pytest.mark.parametrize(
    ("spark", "complaint"),
    [
        # The details are limited to 256 characters.
        (f"{SMALL} --conf {DYNAMIC}maxExecutors=2", "requirement failed: initial executor number 3 must between min"),
        (SMALL.replace(IN_REGION, "spark.a=b"), "S3A has no region"),
        (SMALL.replace("us-east-1", "eu-west-1"), "S3A has eu-west-1"),
        ("--conf spark.driver.cores=3", "Unsupported driver worker: 3 vCPU"),
        ("--conf spark.executor.memoryOverhead=2g", "not support the setting spark.executor.memoryOverhead"),
        ("--conf novalue", "--conf 'novalue' is not KEY=VALUE"),
        ("--conf a=b words", "'words' is not an option. Quote values that contain spaces"),
    ],
)
def test_a_job_with_invalid_or_unsupported_settings_fails(jobs: Jobs, spark: str, complaint: str) -> None:
    assert complaint in jobs.until(jobs.start("", spark=spark), "FAILED")["stateDetails"]


def test_a_job_fails_when_its_role_does_not_trust_the_service(jobs: Jobs, client: Client) -> None:
    jobs.role = make_role(client, "lambda.amazonaws.com")
    assert "Could not assume runtime role" in jobs.until(jobs.start(""), "FAILED")["stateDetails"]


def test_a_job_fails_when_its_role_cannot_read_the_entry_point(jobs: Jobs, client: Client) -> None:
    client("s3").put_object(Bucket=jobs.bucket, Key="secret/job.py", Body=b"")
    job_run = jobs.start("", entry_point=f"s3://{jobs.bucket}/secret/job.py")
    failed = jobs.until(job_run, "FAILED")
    assert "S3 access failed" in failed["stateDetails"] and len(failed["stateDetails"]) <= 256
