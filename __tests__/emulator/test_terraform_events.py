"""Schedules, rules, queues, topics and alarms read back as Terraform wrote them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from machines import zipped
from running_emulator import RunningEmulator
from terraform import Terraform

CONFIGURATION = (Path(__file__).parent / "fixtures" / "events.tf").read_text()
TAG = [{"Key": "round-trip", "Values": ["events"]}]


def test_a_second_plan_is_empty_and_destroy_leaves_nothing(
    emulator: RunningEmulator, client: Callable[..., Any], tmp_path: Path
) -> None:
    package = tmp_path / "package.zip"
    package.write_bytes(zipped(index__mjs="export const handler = async () => {}"))
    (tmp_path / "terraform.tfvars.json").write_text(json.dumps({"package": str(package)}))
    terraform = Terraform(tmp_path, emulator, CONFIGURATION)
    terraform.apply()
    changes = terraform.changes()
    assert not changes, changes
    assert {"events", "scheduler", "sqs", "sns", "cloudwatch", "lambda", "s3"} <= kinds(client)
    terraform.destroy()
    assert kinds(client) == set()
    assert client("scheduler").list_schedules(NamePrefix="round-trip")["Schedules"] == []


def kinds(client: Callable[..., Any]) -> set[str]:
    """The services whose resources carry the configuration's tag."""
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(TagFilters=TAG)
    return {item["ResourceARN"].split(":")[2] for page in pages for item in page["ResourceTagMappingList"]}
