"""boto3 clients that a service uses as a role: every call passes the emulator's own permission checks."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import ministack.app as app
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_region

from emulator.authorization import Credentials


def endpoint() -> str:
    """Where this emulator answers, for its own child processes and clients."""
    return f"http://127.0.0.1:{app._resolve_port()}"


MODELS = botocore.session.Session()
"""Reads AWS's models once, in a quarter of a second."""

_session = boto3.Session(botocore_session=MODELS)
_session_lock = threading.Lock()
"""Two threads must not make clients with one session."""


def role_client(service: str, credentials: Credentials, **config: Any) -> Any:
    """A client of `service` (like "s3") acting as the role whose credentials these are, with botocore's `config`."""
    make: Any = _session.client
    with _session_lock:
        return make(
            service,
            endpoint_url=endpoint(),
            region_name=get_region(),
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            config=Config(s3={"addressing_style": "path"}, **{"retries": {"max_attempts": 2}, **config}),
        )


class DownloadError(Exception):
    """An object could not be copied; the message says which one and why not."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


def download(uri: str, credentials: Credentials, folder: Path) -> Path:
    """The object at an s3:// URI (s3a:// and s3n:// too), copied into `folder` as the role; DownloadError if not."""
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in ("s3", "s3a", "s3n") or not key:
        raise DownloadError(f"Only s3://bucket/key can be submitted here, not {uri}.")
    target = folder / Path(key).name
    try:
        role_client("s3", credentials).download_file(bucket, key, str(target))
    except (BotoCoreError, ClientError) as error:
        missing = isinstance(error, ClientError) and error.response["Error"]["Code"] in ("404", "NoSuchKey")
        raise DownloadError(f"S3 access failed for {uri}: {error}", missing=missing) from error
    return target
