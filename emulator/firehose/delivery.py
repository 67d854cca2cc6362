"""From a buffer to S3, as the stream's role: one object a flush, bad records to the error prefix."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_account_id, get_region
from ministack.services import firehose

from emulator import clock, hooks
from emulator.firehose import checks, errors, metrics
from emulator.firehose.buffers import Buffer, Waiting
from emulator.models import ApiError

if TYPE_CHECKING:
    from emulator.firehose.conversion import ConversionError

_log = logging.getLogger("emulator.firehose")
RETRY_SECONDS = 30
MEGABYTE = 1024 * 1024
DEFAULT_SECONDS = 300
COMPRESSED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {"GZIP": (".gz", gzip.compress)}
Stream = dict[str, Any]
Put = Callable[[str, bytes], None]


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


def _deliver(stream: Stream, batch: list[Waiting]) -> None:
    destination = stream["destinations"][0]
    config = destination["config"]
    s3 = errors.client(stream, config, "s3")
    bucket = config["BucketARN"].rsplit(":", 1)[-1]
    arrived = _clock_of(config, batch[0].arrival)
    name = f"{stream['name']}-{stream['version']}-{arrived:%Y-%m-%d-%H-%M-%S}-{uuid.uuid4()}"
    evaluate = hooks.original(firehose, "_evaluate_prefix")

    def put(key: str, body: bytes) -> None:
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
        except (BotoCoreError, ClientError) as error:
            raise errors.s3_error(error, bucket) from error

    records = [(str(index), item.data) for index, item in enumerate(batch)]
    processed = hooks.original(firehose, "_apply_lambda_processors")(stream, destination, records)
    if not checks.converts(config):
        extension, compress = COMPRESSED.get(config.get("CompressionFormat", ""), ("", bytes))
        path = evaluate(config.get("Prefix", ""), arrived.timetuple())
        put(f"{path}{name}{config.get('FileExtension') or extension}", compress(b"".join(d for _, d in processed)))
        return
    good, bad = _converted(config, [batch[int(index)]._replace(data=data) for index, data in processed])
    metrics.conversion(stream["name"], len(batch) - len(bad), len(bad))
    if good is not None:
        path = evaluate(config.get("Prefix", ""), arrived.timetuple())
        put(f"{path}{name}{config.get('FileExtension') or '.parquet'}", good)
    if bad:
        put(_error_path(config, arrived, evaluate) + name, "".join(json.dumps(line) + "\n" for line in bad).encode())


def _converted(config: checks.Config, batch: list[Waiting]) -> tuple[bytes | None, list[dict[str, Any]]]:
    """The Parquet file of all good records (None when there is none), and an error document for each bad one."""
    # pyarrow takes 0.15 s to load: the first conversion pays it, not every start.
    from emulator.firehose.conversion import ConversionError, Table, documents

    conversion = config["DataFormatConversionConfiguration"]
    schema = conversion["SchemaConfiguration"]
    try:
        found = checks.columns(schema)
    except ApiError as error:
        raise errors.DeliveryError("DataFormatConversion.InvalidSchema", error.message) from None
    table = Table(found, (conversion.get("InputFormatConfiguration") or {}).get("Deserializer") or {})
    rows, bad = [], []
    for item in batch:
        try:
            rows += [table.row(document) for document in documents(item.data)]
        except ConversionError as error:
            bad.append(_error_document(item, error, schema))
    parquet = conversion["OutputFormatConfiguration"]["Serializer"].get("ParquetSerDe") or {}
    return (table.parquet(rows, parquet.get("Compression", "SNAPPY")) if rows else None), bad


def _error_document(item: Waiting, error: ConversionError, schema: checks.Config) -> dict[str, Any]:
    return {
        "attemptsMade": 1,
        "arrivalTimestamp": round(item.arrival * 1000),
        "lastErrorCode": error.code,
        "lastErrorMessage": str(error),
        "attemptEndingTimestamp": round(time.time() * 1000),
        "rawData": base64.b64encode(item.data).decode(),
        "dataCatalogTable": {
            "catalogId": schema.get("CatalogId") or get_account_id(),
            "databaseName": schema["DatabaseName"],
            "tableName": schema["TableName"],
            "region": schema.get("Region") or get_region(),
            "versionId": schema.get("VersionId") or "LATEST",
        },
    }


def _error_path(config: checks.Config, arrived: datetime, evaluate: Callable[..., str]) -> str:
    kind = "format-conversion-failed"
    if config.get("ErrorOutputPrefix"):
        return evaluate(config["ErrorOutputPrefix"], arrived.timetuple(), error_type=kind)
    return evaluate(f"{config.get('Prefix') or ''}{kind}/", arrived.timetuple())


def _clock_of(config: checks.Config, arrival: float) -> datetime:
    return datetime.fromtimestamp(arrival, ZoneInfo(config.get("CustomTimeZone") or "UTC"))
