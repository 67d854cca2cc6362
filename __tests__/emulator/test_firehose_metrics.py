"""Firehose's metrics: what arrives, how old it is, what could not be converted."""

from collections.abc import Callable
from functools import partial

from fixture_types import Client
from statistics_of import statistic
from streams import Pipeline
from waiting import eventually


def metrics_of(client: Client, stream: str) -> Callable[..., float | None]:
    return partial(statistic, client("cloudwatch"), "AWS/Firehose", DeliveryStreamName=stream)


def test_records_are_counted_in_and_out_with_those_that_could_not_be_converted(
    pipeline: Pipeline, client: Client
) -> None:
    metrics = metrics_of(client, pipeline.name)
    pipeline.create(pipeline.configuration())
    assert metrics("IncomingRecords") is None
    pipeline.put('{"id": "1"}', '{"id": "2"}', "no json")
    pipeline.firehose.put_record(DeliveryStreamName=pipeline.name, Record={"Data": b'{"id": "3"}'})
    assert metrics("IncomingRecords") == 4
    eventually(lambda: metrics("DeliveryToS3.Records") == 4, "the delivery")
    assert (metrics("SucceedConversion.Records"), metrics("FailedConversion.Records")) == (3, 1)


def test_records_that_cannot_be_delivered_grow_old(pipeline: Pipeline, client: Client) -> None:
    metrics = metrics_of(client, pipeline.name)
    pipeline.create(pipeline.plain(Prefix="raw/"))
    client("iam").delete_role_policy(RoleName=pipeline.role.rsplit("/", 1)[-1], PolicyName="inline")
    pipeline.put("kept")
    # The buffer waits for 60 s of AWS's time; a later try finds it older.
    eventually(lambda: (metrics("DeliveryToS3.DataFreshness", "Maximum") or 0) > 90, "the record's age")
    assert metrics("DeliveryToS3.Records") is None
