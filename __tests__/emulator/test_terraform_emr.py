"""What Terraform makes for EMR reads back as written, and is a network with roles in which a cluster starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from emr_clusters import FOR_EMR, PATIENCE_SECONDS
from running_emulator import RunningEmulator
from terraform import Terraform

CONFIGURATION = (Path(__file__).parent / "fixtures" / "emr.tf").read_text()
TAG = [{"Key": "round-trip", "Values": ["emr"]}]


def leftovers(client: Callable[..., Any]) -> list[str]:
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(TagFilters=TAG)
    return [item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"]]


def request(client: Callable[..., Any]) -> dict[str, Any]:
    """RunJobFlow with the subnet and groups that Terraform has just made."""
    ids = {arn.split(":")[5].partition("/")[0]: arn.rpartition("/")[2] for arn in leftovers(client)}
    [vpc] = client("ec2").describe_vpcs(VpcIds=[ids["vpc"]])["Vpcs"]
    mine = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    groups = {
        g["Description"]: g["GroupId"] for g in client("ec2").describe_security_groups(Filters=mine)["SecurityGroups"]
    }
    return {
        "Name": "round-trip",
        "ReleaseLabel": "emr-7.13.0",
        "ServiceRole": "round-trip-emr-service",
        "JobFlowRole": "round-trip-emr",
        "SecurityConfiguration": "round-trip-emr",
        "Tags": [FOR_EMR],
        "Instances": {
            "MasterInstanceType": "m5.xlarge",
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
            "Ec2SubnetId": ids["subnet"],
            "EmrManagedMasterSecurityGroup": groups["primary"],
            "EmrManagedSlaveSecurityGroup": groups["worker"],
            "ServiceAccessSecurityGroup": groups["service"],
        },
    }


def wait_for(emr: Any, cluster: str, state: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (status := emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"])["State"] != state:
        assert status["State"] != "TERMINATED_WITH_ERRORS" and time.monotonic() < deadline, status
        time.sleep(0.05)


def test_a_cluster_starts_in_what_terraform_makes(
    emulator: RunningEmulator, client: Callable[..., Any], tmp_path: Path
) -> None:
    terraform = Terraform(tmp_path, emulator, CONFIGURATION)
    terraform.apply()
    changes = terraform.changes()
    assert not changes, changes
    emr = client("emr")
    cluster = emr.run_job_flow(**request(client))["JobFlowId"]
    wait_for(emr, cluster, "WAITING")
    # What EMR made besides, or changed, would show here.
    changes = terraform.changes()
    assert not changes, changes
    emr.terminate_job_flows(JobFlowIds=[cluster])
    wait_for(emr, cluster, "TERMINATED")
    terraform.destroy()
    assert leftovers(client) == []
