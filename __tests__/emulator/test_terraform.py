"""What Terraform creates reads back as it was written, works, and is destroyed without a remainder.

One configuration for all services, as every command of Terraform reads the provider's large schema. Each test goes on
where the one before has ended.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from emr_clusters import FOR_EMR
from machines import Machines, zipped
from running_emulator import RunningEmulator
from terraform import Terraform
from waiting import until_state

CONFIGURATION = Path(__file__).parent / "fixtures" / "round-trip"
TAG = [{"Key": "round-trip", "Values": ["yes"]}]
SERVICES = {"ec2", "elasticmapreduce", "emr-serverless", "events", "firehose", "glue", "lambda", "logs", "s3"} | {
    *("cloudwatch", "scheduler", "sns", "sqs", "states")
}
PACKAGES = {
    "events_package": "export const handler = async () => {}",
    "workflow_package": "export const handler = async (event) => event.n + 1",
}


@pytest.fixture(scope="module")
def terraform(emulator: RunningEmulator, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Has applied the configuration."""
    folder = tmp_path_factory.mktemp("round-trip")
    shutil.copytree(CONFIGURATION, folder, dirs_exist_ok=True)
    packages = {name: folder / f"{name}.zip" for name in PACKAGES}
    for name, package in packages.items():
        package.write_bytes(zipped(index__mjs=PACKAGES[name]))
    variables = {name: str(package) for name, package in packages.items()}
    (folder / "terraform.tfvars.json").write_text(json.dumps(variables))
    applied = Terraform(folder, emulator)
    applied.apply()
    return applied


def tagged(client: Callable[..., Any]) -> list[str]:
    """ARNs of what carries the configuration's tag."""
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(TagFilters=TAG)
    return [item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"]]


def request(client: Callable[..., Any]) -> dict[str, Any]:
    """RunJobFlow with the subnet and groups that Terraform has just made."""
    ec2 = client("ec2")
    names = [f"round-trip-emr-{purpose}" for purpose in ("primary", "worker", "service")]
    found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": names}])["SecurityGroups"]
    groups = {group["Description"]: group["GroupId"] for group in found}
    [vpc] = {group["VpcId"] for group in found}
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    types = [{"InstanceType": "m5.xlarge"}]
    primary = {"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1, "InstanceTypeConfigs": types}
    return {
        "Name": "round-trip",
        "ReleaseLabel": "emr-7.13.0",
        "ServiceRole": "round-trip-emr-service",
        "JobFlowRole": "round-trip-emr",
        "SecurityConfiguration": "round-trip-emr",
        "Tags": [FOR_EMR],
        "Instances": {
            "InstanceFleets": [primary],
            "KeepJobFlowAliveWhenNoSteps": True,
            "Ec2SubnetIds": [subnet["SubnetId"]],
            "EmrManagedMasterSecurityGroup": groups["primary"],
            "EmrManagedSlaveSecurityGroup": groups["worker"],
            "ServiceAccessSecurityGroup": groups["service"],
        },
    }


def wait_for(emr: Any, cluster: str, state: str) -> None:
    def status() -> dict[str, Any]:
        found: dict[str, Any] = emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]
        return found

    until_state(status, lambda found: str(found["State"]), (state,), ("TERMINATED_WITH_ERRORS",))


def test_a_second_plan_is_empty(terraform: Terraform, client: Callable[..., Any]) -> None:
    changes = terraform.changes()
    assert not changes, changes
    assert {arn.split(":")[2] for arn in tagged(client)} >= SERVICES


def test_the_workflow_runs_and_logs(terraform: Terraform, client: Callable[..., Any]) -> None:
    machines = Machines(client("stepfunctions"), lambda prefix: prefix, "")
    machine = "arn:aws:states:us-east-1:000000000000:stateMachine:round-trip"
    execution = machines.client.start_execution(stateMachineArn=machine, input='{"n": 41}')["executionArn"]
    assert machines.end(execution)["output"] == 42
    logged = client("logs").filter_log_events(logGroupName="/aws/vendedlogs/states/round-trip")["events"]
    assert json.loads(logged[-1]["message"])["type"] == "ExecutionSucceeded"


def test_a_cluster_starts_and_changes_nothing_of_terraforms(terraform: Terraform, client: Callable[..., Any]) -> None:
    emr = client("emr")
    cluster = emr.run_job_flow(**request(client))["JobFlowId"]
    wait_for(emr, cluster, "WAITING")
    # What EMR made besides, or changed, would show here.
    changes = terraform.changes()
    assert not changes, changes
    emr.terminate_job_flows(JobFlowIds=[cluster])
    wait_for(emr, cluster, "TERMINATED")


def test_destroy_leaves_nothing(terraform: Terraform, client: Callable[..., Any]) -> None:
    terraform.destroy()
    assert tagged(client) == []
    assert client("scheduler").list_schedules(NamePrefix="round-trip")["Schedules"] == []
    assert not [role for role in client("iam").list_roles()["Roles"] if role["RoleName"].startswith("round-trip")]
    assert not client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/round-trip")["logGroups"]
