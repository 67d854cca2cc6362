"""Types of what the fixtures of conftest.py give."""

from collections.abc import Callable
from typing import Any

Client = Callable[..., Any]
"""`client(service, credentials=None)`: a boto3 client."""
Unique = Callable[[str], str]
"""`unique("bucket")`: a name that no other test uses."""
Make = Callable[..., str]
"""`make_role(service, statements)`: the ARN of a role."""
Assume = Callable[[str], dict[str, str]]
"""`credentials_of(role_arn)`: temporary credentials of the role."""
