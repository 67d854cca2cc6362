"""boto3 clients that a service uses as a role: every call passes the emulator's own permission checks."""

import threading
from typing import Any

import boto3
import botocore.session
import ministack.app as app
from botocore.config import Config
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
