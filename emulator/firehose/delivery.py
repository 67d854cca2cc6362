"""From a buffer to S3, as the stream's role: one object a flush, bad records to the error prefix."""

from __future__ import annotations

import base64
import json
import logging
import time
import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_account_id, get_region

from emulator import clock
from emulator.firehose import checks, errors, metrics, schema
from emulator.firehose.buffers import Buffer, Waiting
from emulator.models import ApiError

if TYPE_CHECKING:
    from emulator.firehose.conversion import ConversionError

_log = logging.getLogger("emulator.firehose")
RETRY_SECONDS = 30
MEGABYTE = 1024 * 1024
DEFAULT_SECONDS = 300
Stream = dict[str, Any]


def is_due(stream: Stream, waiting: Buffer) -> bool:
    """Whether a buffering hint is reached; a failed delivery waits for its next try."""
    config = stream["destinations"][0]["config"]
    hints = config.get("BufferingHints") or {}
    megabytes = hints.get("SizeInMBs", 128 if checks.converts(config) else 5)
    seconds = clock.shortened(hints.get("IntervalInSeconds", DEFAULT_SECONDS))
    now = time.time()
    if not waiting.records or now < waiting.retry_at:
        return False
    return waiting.size >= megabytes * MEGABYTE or now >= waiting.records[0].arrival + seconds


def flush(stream: Stream, waiting: Buffer) -> None:
    """Deliver what the buffer holds now; when that fails, say so in the stream's error log and keep it."""
    with waiting.delivering:
        batch = list(waiting.records)
        if not batch:
            return
        try:
            _deliver(stream, batch)
        except errors.DeliveryError as error:
            metrics.delivery(stream["name"], len(batch), batch[0].arrival, succeeded=False)
            waiting.retry_at = time.time() + clock.shortened(RETRY_SECONDS)
            _log.warning("stream %s: %s: %s", stream["name"], error.code, error)
            errors.write(stream, error)
        else:
            metrics.delivery(stream["name"], len(batch), batch[0].arrival, succeeded=True)
            waiting.drop(len(batch))


def drain(stream: Stream, waiting: Buffer) -> None:
    """One last try before the stream is deleted; what it cannot deliver is lost, as AWS gives no guarantee either."""
    try:
        flush(stream, waiting)
    except Exception:
        _log.exception("stream %s is deleted: its last delivery failed", stream["name"])
    if waiting.records:
        _log.error("stream %s is deleted with %d records that were not delivered", stream["name"], len(waiting.records))
    waiting.erase()


def _deliver(stream: Stream, batch: list[Waiting]) -> None:
    config = stream["destinations"][0]["config"]
    s3 = errors.client(config, "s3")
    bucket = config["BucketARN"].rsplit(":", 1)[-1]
    arrived = datetime.fromtimestamp(batch[0].arrival, timezone.utc)
    name = f"{stream['name']}-{stream['version']}-{arrived:%Y-%m-%d-%H-%M-%S}-{uuid.uuid4()}"

    def put(folder: str, extension: str, body: bytes) -> None:
        try:
            s3.put_object(Bucket=bucket, Key=f"{folder}{name}{extension}", Body=body)
        except (BotoCoreError, ClientError) as error:
            raise errors.s3_error(error, bucket) from error

    folder, extension = checks.folder(config.get("Prefix"), arrived), config.get("FileExtension")
    if not checks.converts(config):
        put(folder, extension or "", b"".join(item.data for item in batch))
        return
    good, bad = _converted(config, batch)
    metrics.conversion(stream["name"], len(batch) - len(bad), len(bad))
    # Errors first: while they are refused, each try would deliver the good records once more.
    if bad:
        put(_error_folder(config, arrived), "", "".join(json.dumps(line) + "\n" for line in bad).encode())
    if good is not None:
        put(folder, extension or ".parquet", good)


def _converted(config: checks.Config, batch: list[Waiting]) -> tuple[bytes | None, list[dict[str, Any]]]:
    """The Parquet file of all good records (None when there is none), and an error document for each bad one."""
    # pyarrow takes 0.15 s to load: the first conversion pays it, not every start.
    from emulator.firehose.conversion import ConversionError, Table

    target = config["DataFormatConversionConfiguration"]["SchemaConfiguration"]
    try:
        table = Table(schema.columns(target))
    except ApiError as error:
        raise errors.DeliveryError("DataFormatConversion.InvalidSchema", error.message) from None
    rows, bad = [], []
    for item in batch:
        try:
            rows += table.rows(item.data)
        except ConversionError as error:
            bad.append(_error_document(item, error, target))
    return (table.parquet(rows) if rows else None), bad


def _error_document(item: Waiting, error: ConversionError, target: checks.Config) -> dict[str, Any]:
    """As AWS was seen to write it; its documentation calls the second pair ErrorCode and ErrorMessage."""
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


def _error_folder(config: checks.Config, arrived: datetime) -> str:
    kind = "format-conversion-failed"
    prefix = config.get("ErrorOutputPrefix")
    return checks.folder(prefix or f"{config.get('Prefix') or ''}{kind}/", arrived, kind)
