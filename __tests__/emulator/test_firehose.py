"""Firehose: time, location and permissions of deliveries, and limits of batches."""

import io
import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from account import Client, allow, make_role, put_policy, rejected, set_trust, trusting, unique
from running_emulator import start_emulator
from streams import Pipeline, objects, rows
from waiting import TooLate, eventually, in_time

INVALID = "InvalidArgumentException"


def test_a_parquet_file_contains_all_records_of_an_interval(pipeline: Pipeline) -> None:
    interval = 3  # seconds, on AWS 300
    pipeline.create(pipeline.configuration(BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 100 * interval}))
    began = datetime.now(timezone.utc)
    for number in range(20):
        pipeline.put(json.dumps({"id": f"a{number}"}), json.dumps({"id": f"b{number}"}))
    ended = datetime.now(timezone.utc)
    files: list[tuple[str, bytes]] = []

    def complete() -> bool:
        files[:] = objects(pipeline.s3, pipeline.bucket, "clicks/")
        return sum(len(rows(body)) for _, body in files) == 40

    eventually(complete, lambda: f"all rows in {[key for key, _ in files]}")
    # One file, unless the machine is slow: the next file starts with the first record after the interval.
    assert len(files) <= 1 + (ended - began).total_seconds() / interval
    for key, body in files:
        assert re.fullmatch(rf"clicks/data=[-\d]{{10}}/{pipeline.name}-1-[-\d]{{19}}-[-0-9a-f]{{36}}\.parquet", key)
        hour = datetime.strptime(key.split(f"{pipeline.name}-1-")[1][:13], "%Y-%m-%d-%H").replace(tzinfo=timezone.utc)
        assert began - timedelta(hours=1) < hour <= ended
        assert key.startswith(f"clicks/data={hour:%Y-%m-%d}/")
        assert pq.ParquetFile(io.BytesIO(body)).metadata.row_group(0).column(0).compression == "SNAPPY"


def test_a_full_buffer_is_delivered_before_its_interval(pipeline: Pipeline) -> None:
    slow = pipeline.plain(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    interval = timedelta(seconds=9)

    def fill(_seconds: int) -> bytes:
        waiting, full = unique("stream"), unique("stream")
        for name in (waiting, full):
            pipeline.name = name
            pipeline.create({**slow, "Prefix": f"{name}/"})
        began = datetime.now(timezone.utc)
        pipeline.name = waiting
        pipeline.put("put first")
        pipeline.name = full
        pipeline.put("x" * 600_000, "y" * 600_000)
        [(_, body)] = objects(pipeline.s3, pipeline.bucket, f"{full}/")
        there = pipeline.s3.list_objects_v2(Bucket=pipeline.bucket, Prefix=f"{waiting}/").get("Contents", [])
        if datetime.now(timezone.utc) >= began + interval:
            raise TooLate
        assert there == []
        return body

    assert in_time(fill) == b"x" * 600_000 + b"y" * 600_000


def test_a_denied_delivery_is_logged_and_retried(pipeline: Pipeline, client: Client) -> None:
    logs, iam, group = client("logs"), client("iam"), f"/firehose/{pipeline.name}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="delivery")
    options = {"Enabled": True, "LogGroupName": group, "LogStreamName": "delivery"}
    pipeline.create(pipeline.plain(Prefix="raw/", CloudWatchLoggingOptions=options))
    name = pipeline.role.rsplit("/", 1)[-1]
    deny = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
    put_policy(client, pipeline.role, "deny", deny)
    pipeline.put("kept")
    events = eventually(lambda: logs.get_log_events(logGroupName=group, logStreamName="delivery")["events"])
    assert json.loads(events[0]["message"])["errorCode"] == "S3.AccessDenied"
    assert "Contents" not in pipeline.s3.list_objects_v2(Bucket=pipeline.bucket)
    iam.delete_role_policy(RoleName=name, PolicyName="deny")
    assert [body for _, body in objects(pipeline.s3, pipeline.bucket, "raw/")] == [b"kept"]


def test_records_survive_a_kill_and_are_delivered_when_the_stream_is_deleted(tmp_path: Path) -> None:
    first = start_emulator(tmp_path)
    before = Pipeline(first.client)
    before.create(before.configuration(BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 900}))
    before.put('{"id": "before the kill"}', '{"id": "smile \\ud83d"}')
    first.wait_for_save()
    first.kill()
    with start_emulator(tmp_path) as second:
        second.client("firehose").delete_delivery_stream(DeliveryStreamName=before.name)
        [(_, body)] = objects(second.client("s3"), before.bucket, "clicks/")
        assert [row["id"] for row in rows(body)] == ["before the kill"]
        assert len(objects(second.client("s3"), before.bucket, "errors/")) == 1
        assert second.client("firehose").list_delivery_streams()["DeliveryStreamNames"] == []


def test_conversion_needs_the_glue_table_and_permissions_on_it(pipeline: Pipeline, client: Client) -> None:
    configuration = pipeline.configuration()
    schema = configuration["DataFormatConversionConfiguration"]["SchemaConfiguration"]
    schema["RoleARN"] = make_role(client, "firehose.amazonaws.com")
    with rejected(INVALID, "Access was denied when calling Glue"):
        pipeline.create(configuration)
    schema.update(RoleARN=pipeline.role, TableName="Clicks")
    with rejected(INVALID, "table/database could not be found"):
        pipeline.create(configuration)


@pytest.mark.parametrize(
    ("condition", "is_trusted"),
    [
        ({"StringEquals": {"sts:ExternalId": "000000000000"}}, True),
        ({"StringEquals": {"sts:ExternalId": "111111111111"}}, False),
        ({"StringEquals": {"aws:SourceAccount": "000000000000"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:firehose:*:000000000000:deliverystream/*"}}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "000000000000"}}, True),
    ],
)
def test_firehose_sends_the_account_as_external_id_and_no_source(
    pipeline: Pipeline, client: Client, condition: dict[str, dict[str, str]], is_trusted: bool
) -> None:
    set_trust(client, pipeline.role, trusting({"Service": "firehose.amazonaws.com"}, condition))
    with rejected(None if is_trusted else INVALID, "unable to assume role"):
        pipeline.create(pipeline.plain())


def test_a_caller_needs_pass_role(pipeline: Pipeline, client_with: Client) -> None:
    pipeline.firehose = client_with("firehose", allow("firehose:CreateDeliveryStream"))
    with rejected("AccessDeniedException", "iam:PassRole"):
        pipeline.create(pipeline.plain())


@pytest.mark.parametrize(
    "records",
    [[{"Data": b"x"}] * 501, [{"Data": b"x" * (1000 * 1024 + 1)}], [{"Data": b"x" * 1000 * 1024}] * 5],
    ids=["501 records", "a record over 1,000 KiB", "a batch over 4 MiB"],
)
def test_a_batch_over_the_limits_is_rejected(pipeline: Pipeline, records: list[dict[str, bytes]]) -> None:
    pipeline.create(pipeline.plain())
    with rejected("ValidationException|InvalidArgumentException", "length|exceeds 4 MB"):
        pipeline.firehose.put_record_batch(DeliveryStreamName=pipeline.name, Records=records)
