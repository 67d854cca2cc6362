"""AmazonEMRServicePolicy_v2, which MiniStack's IAM does not know."""

from __future__ import annotations

import json
from pathlib import Path

from ministack.services import iam

from emulator import hooks

NAME = "service-role/AmazonEMRServicePolicy_v2"
DOCUMENT = Path(__file__).with_name("service-policy-v2.json")
"""Version 6 of February 2026, without placement groups, capacity reservations and automatic scaling."""


def install() -> None:
    text = json.dumps(json.loads(DOCUMENT.read_text()))
    description = "Permissions of the EMR service role on resources tagged for EMR managed policies."
    record = hooks.original(iam, "_make_aws_managed_record")(NAME, text, description)
    hooks.original(iam, "_aws_managed_policies")[record["Arn"]] = record
