"""EMR steps: processes with the instance profile's credentials, order, cancellation, failures and logs."""

import gzip
from typing import Any

import pytest
from account import Client, put_policy, rejected, unique
from emr_clusters import AGENT_ACTIONS, Clusters, make_clusters, step_running
from machines import zipped
from spark_jobs import IN_REGION, processes_of, wait_for_python

MAIN = """
import sys
import boto3
from report.numbers import COUNT
bucket, keys = sys.argv[1], sys.argv[2:]
for key in keys:
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=b"1")
    print("wrote", COUNT, key)
"""
FAIL = "import sys; print('out'); print('err', file=sys.stderr); raise ValueError('no rows in July')"


def log(clusters: Clusters, cluster: str, name: str) -> str:
    """A log file in the cluster's folder."""
    key = f"logs/{cluster}/{name}.gz"
    return gzip.decompress(clusters.client("s3").get_object(Bucket=clusters.bucket, Key=key)["Body"].read()).decode()


def test_spark_submit_runs_with_the_instance_profiles_role_only(clusters: Clusters, client: Client) -> None:
    package = zipped({"report/__init__.py": "", "report/numbers.py": "COUNT = 1000"})
    client("s3").put_object(Bucket=clusters.bucket, Key="jobs/report.zip", Body=package)
    group = unique("/covid/cluster")
    client("logs").create_log_group(logGroupName=group)
    logging = {"Enabled": True, "LogGroupName": group}
    cluster = clusters.run(MonitoringConfiguration={"CloudWatchLogConfiguration": logging})
    arguments = [clusters.bucket, "output/numbers", "elsewhere/numbers"]
    files_given = ["--py-files", f"s3://{clusters.bucket}/jobs/report.zip", clusters.program(MAIN)]
    settings = ["--deploy-mode", "client", "--conf", IN_REGION]
    step = clusters.add(cluster, "spark-submit", *settings, *files_given, *arguments)
    failed = clusters.step_until(cluster, step, "FAILED")["Status"]["FailureDetails"]
    output = log(clusters, cluster, f"steps/{step}/stdout")
    assert "wrote 1000 output/numbers" in output and "AccessDenied" in output
    assert failed["LogFile"] == f"s3://{clusters.bucket}/logs/{cluster}/steps/{step}/stderr.gz"
    keys = [o["Key"] for o in client("s3").list_objects_v2(Bucket=clusters.bucket)["Contents"]]
    assert not [key for key in keys if key.startswith("elsewhere/")]
    streams = {s["logStreamName"] for s in client("logs").describe_log_streams(logGroupName=group)["logStreams"]}
    assert streams == {f"/steps/{step}/{name}" for name in ("stdout", "stderr")}


def test_the_logs_contain_the_drivers_output_and_the_failure_its_exception(clusters: Clusters) -> None:
    cluster = clusters.run()
    step = clusters.add(cluster, "spark-submit", "--conf", IN_REGION, clusters.program(FAIL))
    behind = clusters.add(cluster, "true")
    details = clusters.step_until(cluster, step, "FAILED")["Status"]["FailureDetails"]
    assert "ValueError: no rows in July" in details["Message"] and details["Reason"] == "Unknown Error."
    assert "no rows in July" in log(clusters, cluster, f"steps/{step}/stdout")
    assert "exit code 1" in log(clusters, cluster, f"steps/{step}/controller")
    clusters.step_until(cluster, behind, "COMPLETED")


def test_steps_run_sequentially_in_order(clusters: Clusters) -> None:
    cluster = clusters.run()
    added = [clusters.add(cluster, "sleep", "0.2"), clusters.add(cluster, "false"), clusters.add(cluster, "true")]
    clusters.step_until(cluster, added[2], "COMPLETED")
    first, second, third = (clusters.step(cluster, step)["Status"] for step in added)
    assert [status["State"] for status in (first, second, third)] == ["COMPLETED", "FAILED", "COMPLETED"]
    assert first["Timeline"]["EndDateTime"] <= second["Timeline"]["StartDateTime"]
    assert second["Timeline"]["EndDateTime"] <= third["Timeline"]["StartDateTime"]
    listed = clusters.emr.list_steps(ClusterId=cluster)["Steps"]
    assert [step["Id"] for step in listed] == added[::-1]
    failed = clusters.emr.list_steps(ClusterId=cluster, StepStates=["FAILED"])["Steps"]
    assert [step["Id"] for step in failed] == [added[1]]
    with rejected("ValidationException", "The local AWS does not support StepIds of ListSteps"):
        clusters.emr.list_steps(ClusterId=cluster, StepIds=added[:1])


def test_a_cancelled_step_has_no_process_and_the_next_step_runs(clusters: Clusters) -> None:
    cluster = clusters.run()
    source = "import time; print('started', flush=True); time.sleep(3600)"
    running = clusters.add(cluster, "spark-submit", "--conf", IN_REGION, clusters.program(source))
    pending, behind = clusters.add(cluster, "sleep", "300"), clusters.add(cluster, "true")
    wait_for_python(running)
    answer = clusters.emr.cancel_steps(ClusterId=cluster, StepIds=[running, pending])["CancelStepsInfoList"]
    assert {item["StepId"]: item["Status"] for item in answer} == {running: "SUBMITTED", pending: "SUBMITTED"}
    clusters.step_until(cluster, running, "CANCELLED")
    assert clusters.step(cluster, pending)["Status"]["State"] == "CANCELLED"
    assert processes_of(running) == []
    clusters.step_until(cluster, behind, "COMPLETED")
    [late] = clusters.emr.cancel_steps(ClusterId=cluster, StepIds=[behind])["CancelStepsInfoList"]
    assert late["Status"] == "FAILED" and "it is COMPLETED" in late["Reason"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Steps": [step_running("true", ActionOnFailure="TERMINATE_CLUSTER")]}, "ActionOnFailure TERMINATE_CLUSTER"),
        ({"Steps": [step_running("true", ActionOnFailure="CANCEL_AND_WAIT")]}, "ActionOnFailure CANCEL_AND_WAIT of"),
        ({"ExecutionRoleArn": "arn:aws:iam::000000000000:role/runtime"}, "ExecutionRoleArn of AddJobFlowSteps"),
    ],
)
def test_unsupported_steps_are_rejected(clusters: Clusters, changes: dict[str, Any], message: str) -> None:
    with rejected("ValidationException", f"The local AWS does not support {message}"):
        clusters.emr.add_job_flow_steps(JobFlowId=clusters.run(), **{"Steps": [step_running("true")], **changes})


@pytest.mark.parametrize(
    ("args", "jar", "message"),
    [
        (["hive-script", "--run"], "command-runner.jar", "runs spark-submit .* not 'command-runner.jar hive-script"),
        (["true"], "s3://bucket/own.jar", "not 's3://bucket/own.jar true'"),
        (["spark-submit", "--jars", "s3://b/j", "s3://b/m.py"], "command-runner.jar", "not support the option --jars"),
        (["spark-submit", "--conf", "no-value", "s3://b/m.py"], "command-runner.jar", "is not KEY=VALUE"),
        (["spark-submit", "--deploy-mode", "client"], "command-runner.jar", "Must specify a primary resource"),
        (["spark-submit", "--deploy-mode=cluster", "s3://b/m.py"], "command-runner.jar", "not support the deploy mode"),
        (["spark-submit", "file:///main.py"], "command-runner.jar", "Only s3://bucket/key"),
        (["spark-submit", "s3://{bucket}/jobs/gone.py"], "command-runner.jar", "FileNotFound.*gone.py"),
        (["spark-submit", "s3://{bucket}/secret.py"], "command-runner.jar", "secret.py.*403"),
        (["spark-submit", "s3://{bucket}/jobs/main.py"], "command-runner.jar", "S3A has no region.*us-east-1"),
    ],
)
def test_a_step_that_cannot_run_reports_the_reason(clusters: Clusters, args: list[str], jar: str, message: str) -> None:
    clusters.client("s3").put_object(Bucket=clusters.bucket, Key="secret.py", Body=b"")
    clusters.program("")
    cluster = clusters.run()
    words = [arg.format(bucket=clusters.bucket) for arg in args]
    step = clusters.add(cluster, HadoopJarStep={"Jar": jar, "Args": words})
    details = clusters.step_until(cluster, step, "FAILED")["Status"]["FailureDetails"]
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(details["Message"])
    assert details["Message"] in log(clusters, cluster, f"steps/{step}/stderr")


def test_a_cluster_without_spark_does_not_have_spark_submit(clusters: Clusters) -> None:
    cluster = clusters.run(Applications=[{"Name": "Hadoop"}])
    step = clusters.add(cluster, "spark-submit", "s3://bucket/main.py")
    details = clusters.step_until(cluster, step, "FAILED")["Status"]["FailureDetails"]
    assert 'Cannot run program "spark-submit"' in details["Message"]


def test_logs_that_cannot_be_written_do_not_fail_the_step(clusters: Clusters) -> None:
    cluster = clusters.run(LogUri=f"s3://{clusters.bucket}/forbidden/")
    clusters.step_until(cluster, clusters.add(cluster, "true"), "COMPLETED")
    assert "Contents" not in clusters.client("s3").list_objects_v2(Bucket=clusters.bucket, Prefix="forbidden/")


@pytest.mark.parametrize("lack", ["nothing", "the agent", "an endpoint", *AGENT_ACTIONS])
def test_logs_in_cloudwatch_need_the_agent_its_permissions_and_an_endpoint(client: Client, lack: str) -> None:
    clusters, group = make_clusters(client, private=lack == "an endpoint"), unique("group")
    client("logs").create_log_group(logGroupName=group)
    if lack in AGENT_ACTIONS:
        put_policy(client, clusters.instance_role, "denied", {"Effect": "Deny", "Action": lack, "Resource": "*"})
    cluster = clusters.run(
        Applications=[{"Name": "Spark"}, *([] if lack == "the agent" else [{"Name": "AmazonCloudWatchAgent"}])],
        MonitoringConfiguration={"CloudWatchLogConfiguration": {"Enabled": True, "LogGroupName": group}},
    )
    clusters.step_until(cluster, clusters.add(cluster, "echo", "done"), "COMPLETED")
    streams = client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    assert any(stream.get("lastEventTimestamp") for stream in streams) == (lack == "nothing")
