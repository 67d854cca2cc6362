"""Spark on this machine is not told how an object is encrypted.

Hadoop 3.3.4's S3A repeats the key of the source in a copy, and its SDK sends no such request over plain HTTP. Without
the headers the copy gets the default encryption of the bucket, which is the same.
"""

from collections.abc import Callable

from emulator.s3.dispatch import Answer, Request, around

ENCRYPTION = "x-amz-server-side-encryption"


def _withhold_encryption(request: Request, proceed: Callable[[], Answer]) -> Answer:
    status, headers, body = proceed()
    if request.headers.get("user-agent", "").startswith("Hadoop"):
        headers = {name: value for name, value in headers.items() if not name.lower().startswith(ENCRYPTION)}
    return status, headers, body


def install() -> None:
    around(_withhold_encryption)
