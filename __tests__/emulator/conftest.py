"""One emulator for all contract tests, and the roles they act with."""

import itertools
from collections.abc import Iterator

import pytest
from emr_clusters import Clusters, make_clusters
from fixture_types import Assume, Client, Make, Unique
from machines import Machines
from policies import allow, role_maker
from running_emulator import RunningEmulator, start_emulator
from spark_jobs import Jobs, make_jobs
from streams import Pipeline

_numbers = itertools.count(1)

WAITING_FIRST = ("test_spark_jobs", "test_emr_steps", "test_persistence", "test_run_guard")
"""Beginnings of the names of files that wait for minutes, on Spark or restarts: begun last, they would end alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.path.name.startswith(WAITING_FIRST))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    """An emulator whose waits last a hundredth of AWS's."""
    with start_emulator(tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.fixture(scope="session")
def client(emulator: RunningEmulator) -> Client:
    """`client(service, credentials=None)`: a boto3 client, as root unless credentials are given."""
    return emulator.client


@pytest.fixture
def unique() -> Unique:
    """`unique("bucket")`: a name that no other test uses."""
    return lambda prefix: f"{prefix}-{next(_numbers)}"


@pytest.fixture
def make_role(client: Client, unique: Unique) -> Make:
    """`make_role(service, statements)`: the ARN of a role that `service` may assume, with one inline policy.

    `service` like "states.amazonaws.com"; the account's own principals may assume the role too.
    """
    return role_maker(client, unique)


@pytest.fixture
def credentials_of(client: Client) -> Assume:
    """`credentials_of(role_arn)`: temporary credentials of the role, for `client(service, credentials)`."""

    def assume(role_arn: str) -> dict[str, str]:
        answer = client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")
        credentials: dict[str, str] = answer["Credentials"]
        return credentials

    return assume


@pytest.fixture
def bucket(client: Client, unique: Unique) -> str:
    name = unique("bucket")
    client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def clusters(client: Client, make_role: Make, unique: Unique) -> Clusters:
    return make_clusters(client, make_role, unique)


@pytest.fixture
def jobs(client: Client, make_role: Make, unique: Unique) -> Jobs:
    return make_jobs(client, make_role, unique)


@pytest.fixture
def machines(client: Client, make_role: Make, unique: Unique) -> Machines:
    """State machines whose role may do everything."""
    return Machines(client("stepfunctions"), unique, make_role("states.amazonaws.com", [allow("*")]))


@pytest.fixture
def pipeline(client: Client, make_role: Make, unique: Unique) -> Pipeline:
    return Pipeline(client, make_role, unique)
