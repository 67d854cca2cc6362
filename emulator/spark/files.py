"""Files of a job in S3, read and written with the job's role: its program, and its logs."""

import gzip
import re
from collections.abc import Mapping
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from emulator.authorization import Credentials
from emulator.role_client import role_client

_EXCEPTION = re.compile(r"^(?:Exception in thread|Caused by:|[\w.$]+(?:Exception|Error)\b[:\s]).*", re.MULTILINE)


class DownloadError(Exception):
    """An object could not be copied; the message says which one and why not."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


def download(uri: str, credentials: Credentials, folder: Path) -> Path:
    """The object at an s3:// URI (s3a:// and s3n:// too), copied into `folder` as the role; DownloadError if not."""
    found = re.fullmatch(r"s3[an]?://([^/]+)/(.+)", uri)
    if found is None:
        raise DownloadError(f"Only s3://bucket/key can be submitted here, not {uri}.")
    target = folder / Path(found[2]).name
    try:
        role_client("s3", credentials).download_file(found[1], found[2], str(target))
    except (BotoCoreError, ClientError) as error:
        missing = isinstance(error, ClientError) and error.response["Error"]["Code"] in ("404", "NoSuchKey")
        raise DownloadError(f"S3 access failed for {uri}: {error}", missing=missing) from error
    return target


def upload(folder: str, files: Mapping[str, Path], credentials: Credentials) -> None:
    """Each file, compressed, as an object below an s3:// URI; ClientError when the role may not."""
    s3 = role_client("s3", credentials)
    bucket, _, prefix = folder.split("://", 1)[1].partition("/")
    for name, file in files.items():
        s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}.gz", Body=gzip.compress(file.read_bytes()))


def exceptions(log: Path) -> list[str]:
    """The lines of a log that name an exception, in order."""
    return [line.strip() for line in _EXCEPTION.findall(log.read_text(errors="replace"))]
