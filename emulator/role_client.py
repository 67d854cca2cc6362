"""boto3 clients with the credentials of a role: the emulator checks the permissions of their calls."""

import threading
from typing import Any

import boto3
import botocore.session
import ministack.app as app
from botocore.config import Config
from ministack.core.responses import get_region

from emulator.authorization import Credentials


def endpoint() -> str:
    """The emulator's endpoint, for its child processes and clients."""
    return f"http://127.0.0.1:{app._resolve_port()}"


MODELS = botocore.session.Session()
"""Shared, as loading AWS's models takes 250 ms."""

_session = boto3.Session(botocore_session=MODELS)
_session_lock = threading.Lock()
"""A session is not thread-safe."""


def role_client(service: str, credentials: Credentials, **config: Any) -> Any:
    """A client of `service` (like "s3") with a role's credentials and botocore's `config`."""
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
