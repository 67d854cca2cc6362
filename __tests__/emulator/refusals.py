"""Errors that the contract tests expect."""

from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(code: str, message: str) -> Any:
    """A context in which a client is refused with this code, in a message that has a match of `message`."""
    return pytest.raises(ClientError, match=rf"\({code}\).*{message}")
