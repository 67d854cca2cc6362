"""One emulator for all contract tests, and the resources that they use."""

from collections.abc import Iterator

import pytest
from account import Client, Statement, allow, make_role, unique
from emr_clusters import Clusters, make_clusters
from machines import Machines
from running_emulator import RunningEmulator, start_emulator
from spark_jobs import Jobs, make_jobs
from streams import Pipeline

SLOW = ("test_spark_jobs", "test_emr_steps", "test_persistence", "test_run_guard")
"""Prefixes of files with tests that take minutes, which run first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.path.name.startswith(SLOW))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    """An emulator whose waits are 100 times shorter than on AWS."""
    with start_emulator(tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.fixture(scope="session")
def client(emulator: RunningEmulator) -> Client:
    """`client(service, credentials=None)`: a boto3 client, with root's credentials by default."""
    return emulator.client


@pytest.fixture
def client_with(client: Client) -> Client:
    """`client_with(service, *statements)`: a boto3 client with a role that has these statements."""

    def make(service: str, *statements: Statement) -> object:
        role = make_role(client, "lambda.amazonaws.com", statements)
        return client(service, client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"])

    return make


@pytest.fixture
def bucket(client: Client) -> str:
    name = unique("bucket")
    client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def clusters(client: Client) -> Clusters:
    return make_clusters(client)


@pytest.fixture
def jobs(client: Client) -> Jobs:
    return make_jobs(client)


@pytest.fixture
def machines(client: Client) -> Machines:
    """State machines whose role has all permissions."""
    return Machines(client("stepfunctions"), make_role(client, "states.amazonaws.com", [allow("*")]))


@pytest.fixture
def pipeline(client: Client) -> Pipeline:
    return Pipeline(client)
