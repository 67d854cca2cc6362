"""boto3 clients that a service uses as a role: every call passes the emulator's own permission checks."""

from __future__ import annotations

from typing import Any

import boto3
import ministack.app as app
from botocore.config import Config
from ministack.core.responses import get_region

from emulator.authorization import Credentials


def endpoint() -> str:
    """Where this emulator answers, for its own child processes and clients."""
    return f"http://127.0.0.1:{app._resolve_port()}"


def role_client(service: str, credentials: Credentials) -> Any:
    """A client of `service` (like "s3") acting as the role whose credentials these are."""
    session: Any = boto3.Session(
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
        region_name=get_region(),
    )
    config = Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"})
    return session.client(service, endpoint_url=endpoint(), config=config)
