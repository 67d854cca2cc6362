"""Deliveries that fail: AWS's codes and words for it, written to the stream's error log as the stream's role."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from emulator import roles
from emulator.authorization import assume_role
from emulator.firehose import checks
from emulator.role_client import role_client

_log = logging.getLogger("emulator.firehose")
S3_DENIED = (
    "Access was denied. Ensure that the trust policy for the provided IAM role allows Firehose to assume the role, and "
    "the access policy allows access to the S3 bucket."
)
Stream = dict[str, Any]


class DeliveryError(Exception):
    """Nothing was delivered; the records stay and are tried again."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def client(config: checks.Config, service: str) -> Any:
    """A client as the stream's role; DeliveryError when the role does not let Firehose take it."""
    if not roles.trusts_by_external_id(config["RoleARN"], checks.PRINCIPAL):
        raise DeliveryError("S3.AccessDenied", f"{S3_DENIED} Role: {config['RoleARN']}")
    return role_client(service, assume_role(config["RoleARN"], "AWSFirehose"))


def s3_error(error: Exception, bucket: str) -> DeliveryError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else "InternalError"
    if code == "AccessDenied":
        return DeliveryError("S3.AccessDenied", f"{S3_DENIED} {error}")
    if code == "NoSuchBucket":
        return DeliveryError("S3.NoSuchBucket", f"The specified S3 bucket does not exist: {bucket}.")
    return DeliveryError(f"S3.{code}", str(error))


def write(stream: Stream, error: DeliveryError) -> None:
    """Into the configured log stream, which AWS does not create either, as the stream's role."""
    config = stream["destinations"][0]["config"]
    options = config.get("CloudWatchLoggingOptions") or {}
    if not options.get("Enabled"):
        return
    message = {
        "deliveryStreamARN": stream["arn"],
        "destination": config["BucketARN"],
        "deliveryStreamVersionId": stream["version"],
        "message": str(error),
        "errorCode": error.code,
    }
    try:
        client(config, "logs").put_log_events(
            logGroupName=options["LogGroupName"],
            logStreamName=options["LogStreamName"],
            logEvents=[{"timestamp": round(time.time() * 1000), "message": json.dumps(message)}],
        )
    except (BotoCoreError, ClientError, DeliveryError) as refused:
        _log.warning("stream %s: its error log could not be written: %s", stream["name"], refused)
