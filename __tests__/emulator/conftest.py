"""One emulator for all contract tests, and the roles they act with."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from running_emulator import RunningEmulator, start_emulator

_numbers = itertools.count(1)

WAITING_FIRST = ("test_spark_jobs", "test_emr_steps", "test_persistence", "test_run_guard")
"""Beginnings of the names of files that wait for minutes, on Spark or restarts: begun last, they would end alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.path.name.startswith(WAITING_FIRST))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    """An emulator whose waits last a hundredth of AWS's."""
    running = start_emulator(tmp_path_factory.mktemp("state"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def client(emulator: RunningEmulator) -> Callable[..., Any]:
    """`client(service, credentials=None)`: a boto3 client, as root unless credentials are given."""
    return emulator.client


@pytest.fixture
def unique() -> Callable[[str], str]:
    """`unique("bucket")`: a name that no other test uses."""
    return lambda prefix: f"{prefix}-{next(_numbers)}"


@pytest.fixture
def make_role(client: Callable[..., Any], unique: Callable[[str], str]) -> Callable[..., str]:
    """`make_role(service, statements)`: the ARN of a role that `service` may assume, with one inline policy.

    `service` like "states.amazonaws.com"; the account's own principals may assume the role too.
    """

    def make(service: str, statements: list[dict[str, Any]] | None = None) -> str:
        iam = client("iam")
        name = unique("role")
        principals = [{"Service": service}, {"AWS": "arn:aws:iam::000000000000:root"}]
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} for principal in principals
            ],
        }
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        if statements:
            policy = {"Version": "2012-10-17", "Statement": statements}
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
        return arn

    return make


@pytest.fixture
def credentials_of(client: Callable[..., Any]) -> Callable[[str], dict[str, str]]:
    """`credentials_of(role_arn)`: temporary credentials of the role, for `client(service, credentials)`."""

    def assume(role_arn: str) -> dict[str, str]:
        answer = client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")
        credentials: dict[str, str] = answer["Credentials"]
        return credentials

    return assume
