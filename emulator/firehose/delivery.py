"""Delivers a buffer to S3 with the stream's role: one object per flush, invalid records to the error prefix."""

import base64
import json
import logging
import time
import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch

from emulator import clock, roles
from emulator.authorization import assume_role
from emulator.firehose import checks
from emulator.firehose.buffers import Buffer, Waiting
from emulator.models import ApiError
from emulator.role_client import role_client

if TYPE_CHECKING:
    from emulator.firehose.conversion import ConversionError

_log = logging.getLogger("emulator.firehose")
RETRY_SECONDS = 30
MEGABYTE = 1024 * 1024
DEFAULT_SECONDS = 300
S3_DENIED = (
    "Access was denied. Ensure that the trust policy for the provided IAM role allows Firehose to assume the role, and "
    "the access policy allows access to the S3 bucket."
)
Stream = dict[str, Any]


class DeliveryError(Exception):
    """The delivery failed; the records remain in the buffer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def config(stream: Stream) -> checks.Config:
    found: checks.Config = stream["destinations"][0]["config"]
    return found


def count(stream: Stream, metric: str, value: float, unit: str = "Count") -> None:
    cloudwatch.record_metric("AWS/Firehose", metric, value, unit, {"DeliveryStreamName": stream["name"]})


def is_due(stream: Stream, waiting: Buffer) -> bool:
    """Whether a buffering hint is reached; after a failed delivery, also the time of the next attempt."""
    hints = config(stream).get("BufferingHints") or {}
    megabytes = hints.get("SizeInMBs", 128 if checks.converts(config(stream)) else 5)
    seconds = clock.shortened(hints.get("IntervalInSeconds", DEFAULT_SECONDS))
    now = time.time()
    if not waiting.records or now < waiting.retry_at:
        return False
    return waiting.size >= megabytes * MEGABYTE or now >= waiting.records[0].arrival + seconds


def flush(stream: Stream, waiting: Buffer) -> None:
    """Deliver the buffer. A failure is written to the stream's error log, and the records remain."""
    with waiting.delivering:
        batch = list(waiting.records)
        if not batch:
            return
        # Before the clock factor, like the waits.
        age = (time.time() - batch[0].arrival) / clock.shortened(1)
        try:
            _deliver(stream, batch)
        except DeliveryError as error:
            waiting.retry_at = time.time() + clock.shortened(RETRY_SECONDS)
            _log.warning("stream %s: %s: %s", stream["name"], error.code, error)
            _write_error(stream, error)
        else:
            count(stream, "DeliveryToS3.Records", len(batch))
            waiting.drop(len(batch))
        count(stream, "DeliveryToS3.DataFreshness", age, "Seconds")


def drain(stream: Stream, waiting: Buffer) -> None:
    """A last attempt when the stream is deleted; records that it cannot deliver are lost."""
    try:
        flush(stream, waiting)
    except Exception:
        _log.exception("stream %s is deleted: the last delivery failed", stream["name"])
    if waiting.records:
        _log.error("stream %s is deleted with %d undelivered records", stream["name"], len(waiting.records))
    waiting.erase()


def _deliver(stream: Stream, batch: list[Waiting]) -> None:
    given = config(stream)
    s3 = _client(given, "s3")
    bucket = given["BucketARN"].rsplit(":", 1)[-1]
    arrived = datetime.fromtimestamp(batch[0].arrival, timezone.utc)
    name = f"{stream['name']}-{stream['version']}-{arrived:%Y-%m-%d-%H-%M-%S}-{uuid.uuid4()}"

    def put(folder: str, extension: str, body: bytes) -> None:
        try:
            s3.put_object(Bucket=bucket, Key=f"{folder}{name}{extension}", Body=body)
        except (BotoCoreError, ClientError) as error:
            raise _s3_error(error, bucket) from error

    folder = checks.folder(given.get("Prefix"), arrived)
    if not checks.converts(given):
        put(folder, "", b"".join(item.data for item in batch))
        return
    good, bad = _converted(given, batch)
    count(stream, "SucceedConversion.Records", len(batch) - len(bad))
    count(stream, "FailedConversion.Records", len(bad))
    # Errors first: a failed delivery of errors must not repeat the delivery of the other records.
    if bad:
        kind = "format-conversion-failed"
        prefix = given.get("ErrorOutputPrefix") or f"{given.get('Prefix') or ''}{kind}/"
        put(checks.folder(prefix, arrived, kind), "", "".join(json.dumps(line) + "\n" for line in bad).encode())
    if good is not None:
        put(folder, ".parquet", good)


def _converted(given: checks.Config, batch: list[Waiting]) -> tuple[bytes | None, list[dict[str, Any]]]:
    """The Parquet file of the valid records or None, and an error document for each invalid record."""
    # Loading pyarrow takes 0.15 s.
    from emulator.firehose.conversion import ConversionError, Table

    target = given["DataFormatConversionConfiguration"]["SchemaConfiguration"]
    try:
        table = Table(checks.columns(target))
    except ApiError as error:
        raise DeliveryError("DataFormatConversion.InvalidSchema", error.message) from None
    rows, bad = [], []
    for item in batch:
        try:
            rows += table.rows(item.data)
        except ConversionError as error:
            bad.append(_error_document(item, error, target))
    return (table.parquet(rows) if rows else None), bad


def _error_document(item: Waiting, error: "ConversionError", target: checks.Config) -> dict[str, Any]:
    """The recorded format; in the documentation, lastErrorCode and lastErrorMessage are ErrorCode and ErrorMessage."""
    return {
        "attemptsMade": 1,
        "arrivalTimestamp": round(item.arrival * 1000),
        "lastErrorCode": error.code,
        "lastErrorMessage": str(error),
        "attemptEndingTimestamp": round(time.time() * 1000),
        "rawData": base64.b64encode(item.data).decode(),
        "sequenceNumber": None,
        "subSequenceNumber": None,
        "dataCatalogTable": {
            "catalogId": target.get("CatalogId") or get_account_id(),
            "databaseName": target["DatabaseName"],
            "tableName": target["TableName"],
            "region": target.get("Region") or get_region(),
            "versionId": target.get("VersionId") or "LATEST",
            "roleArn": target["RoleARN"],
        },
    }


def _client(given: checks.Config, service: str) -> Any:
    """A client with the stream's role. DeliveryError when Firehose is not allowed to assume the role."""
    if not roles.trusts_by_external_id(given["RoleARN"], checks.PRINCIPAL):
        raise DeliveryError("S3.AccessDenied", f"{S3_DENIED} Role: {given['RoleARN']}")
    return role_client(service, assume_role(given["RoleARN"], "AWSFirehose"))


def _s3_error(error: Exception, bucket: str) -> DeliveryError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else "InternalError"
    if code == "AccessDenied":
        return DeliveryError("S3.AccessDenied", f"{S3_DENIED} {error}")
    if code == "NoSuchBucket":
        return DeliveryError("S3.NoSuchBucket", f"The specified S3 bucket does not exist: {bucket}.")
    return DeliveryError(f"S3.{code}", str(error))


def _write_error(stream: Stream, error: DeliveryError) -> None:
    """Write to the configured log stream, which must exist, as on AWS, with the stream's role."""
    given = config(stream)
    options = given.get("CloudWatchLoggingOptions") or {}
    if not options.get("Enabled"):
        return
    message = {
        "deliveryStreamARN": stream["arn"],
        "destination": given["BucketARN"],
        "deliveryStreamVersionId": stream["version"],
        "message": str(error),
        "errorCode": error.code,
    }
    try:
        _client(given, "logs").put_log_events(
            logGroupName=options["LogGroupName"],
            logStreamName=options["LogStreamName"],
            logEvents=[{"timestamp": round(time.time() * 1000), "message": json.dumps(message)}],
        )
    except (BotoCoreError, ClientError, DeliveryError) as rejected:
        _log.warning("stream %s: the error log could not be written: %s", stream["name"], rejected)
