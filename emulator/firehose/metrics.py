"""The metrics of AWS/Firehose that alarms of ours watch."""

from __future__ import annotations

import time

from ministack.services import cloudwatch

from emulator import clock


def _record(stream: str, metric: str, value: float, unit: str = "Count") -> None:
    cloudwatch.record_metric("AWS/Firehose", metric, value, unit, {"DeliveryStreamName": stream})


def incoming(stream: str, records: int) -> None:
    """Records that were taken."""
    _record(stream, "IncomingRecords", records)


def delivery(stream: str, records: int, oldest: float, *, succeeded: bool) -> None:
    """A try to deliver; `oldest` is when its first record arrived. Ages are in AWS's time, like the waits."""
    age = (time.time() - oldest) / clock.shortened(1)
    _record(stream, "DeliveryToS3.DataFreshness", age, "Seconds")
    if succeeded:
        _record(stream, "DeliveryToS3.Records", records)


def conversion(stream: str, good: int, bad: int) -> None:
    """Records that became Parquet, and those that could not."""
    _record(stream, "SucceedConversion.Records", good)
    _record(stream, "FailedConversion.Records", bad)
