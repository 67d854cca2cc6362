"""Downloads a job's program from S3 and uploads its logs, with the job's role."""

import gzip
import re
from collections.abc import Mapping
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from emulator.authorization import Credentials
from emulator.role_client import role_client

_EXCEPTION = re.compile(r"^(?:Exception in thread|Caused by:|[\w.$]+(?:Exception|Error)\b[:\s]).*", re.MULTILINE)


class DownloadError(Exception):
    """An object could not be downloaded."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


def download(uri: str, credentials: Credentials, folder: Path) -> Path:
    """Download the object at an s3://, s3a:// or s3n:// URI into `folder`."""
    found = re.fullmatch(r"s3[an]?://([^/]+)/(.+)", uri)
    if found is None:
        raise DownloadError(f"Only s3://bucket/key is supported, not {uri}.")
    target = folder / Path(found[2]).name
    try:
        role_client("s3", credentials).download_file(found[1], found[2], str(target))
    except (BotoCoreError, ClientError) as error:
        missing = isinstance(error, ClientError) and error.response["Error"]["Code"] in ("404", "NoSuchKey")
        raise DownloadError(f"S3 access failed for {uri}: {error}", missing=missing) from error
    return target


def upload(folder: str, files: Mapping[str, Path], credentials: Credentials) -> None:
    """Upload each file, compressed, to the s3:// URI `folder`."""
    s3 = role_client("s3", credentials)
    bucket, _, prefix = folder.split("://", 1)[1].partition("/")
    for name, file in files.items():
        s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}.gz", Body=gzip.compress(file.read_bytes()))


def exceptions(log: Path) -> list[str]:
    """The lines of a log that contain an exception, in order."""
    return [line.strip() for line in _EXCEPTION.findall(log.read_text(errors="replace"))]
