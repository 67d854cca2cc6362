"""What Terraform creates reads back as it was written: a second plan is empty, and destroy leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from running_emulator import RunningEmulator
from terraform import Terraform

CONFIGURATION = (Path(__file__).parent / "fixtures" / "services.tf").read_text()
TAG = [{"Key": "round-trip", "Values": ["services"]}]


def leftovers(client: Callable[..., Any]) -> list[str]:
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(TagFilters=TAG)
    return [item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"]]


def test_a_second_plan_is_empty_and_destroy_leaves_nothing(
    emulator: RunningEmulator, client: Callable[..., Any], tmp_path: Path
) -> None:
    terraform = Terraform(tmp_path, emulator, CONFIGURATION)
    terraform.apply()
    changes = terraform.changes()
    assert not changes, changes
    kinds = {arn.split(":")[2] for arn in leftovers(client)}
    assert {"emr-serverless", "elasticmapreduce", "firehose", "glue", "s3", "ec2", "logs"} <= kinds
    terraform.destroy()
    assert leftovers(client) == []
