"""Optimized service integrations (`arn:aws:states:::<service>:<action>[.sync]`) of Task states.

A service module registers one handler for its prefix. The handler acts with the execution's role: it calls
`Task.require` for each IAM action that AWS would need, waits with `Task.wait`, and returns the task's result.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.authorization import AccessDenied, require
from emulator.step_functions.errors import TaskError


@dataclass(frozen=True)
class Task:
    """One attempt of a Task state."""

    resource: str
    action: str
    """The API action as written, for example "startJobRun"."""
    sync: bool
    """True for `.sync`: the handler returns when the job has ended."""
    arguments: dict[str, Any]
    role_arn: str
    execution_arn: str
    error_prefix: str
    """The service's name in error names, for example "EMRServerless"."""
    stopping: Callable[[], bool] = field(repr=False)
    """True when the execution was stopped or the state timed out; the handler then cancels its job."""
    wait: Callable[[float], None] = field(repr=False)
    """Sleep for this many real seconds; raises TaskInterrupted at once when `stopping()` becomes true."""
    submitted: Callable[[Any], None] = field(repr=False)
    """Call once, with the answer of the call that started a `.sync` job: writes TaskSubmitted."""

    @property
    def session_name(self) -> str:
        return self.execution_arn.rsplit(":", 1)[-1]

    def require(self, action: str, resource: str = "*", context: Mapping[str, str] | None = None) -> None:
        """TaskError `<Service>.AccessDeniedException` unless the execution's role may do `action`."""
        try:
            require(self.role_arn, action, resource, context, session_name=self.session_name)
        except AccessDenied as denied:
            raise TaskError(f"{self.error_prefix}.AccessDeniedException", str(denied)) from None


Handler = Callable[[Task], Any]


@dataclass(frozen=True)
class Integration:
    error_prefix: str
    handler: Handler
    actions: frozenset[str]
    sync_actions: frozenset[str]
    model: str
    """botocore's service whose operations take the same arguments, or ""."""


_integrations: dict[str, Integration] = {}


def register(
    prefix: str,
    handler: Handler,
    *,
    error_prefix: str,
    actions: frozenset[str] = frozenset(),
    sync_actions: frozenset[str] = frozenset(),
    model: str = "",
) -> None:
    """Serve `prefix` (like "arn:aws:states:::emr-serverless:") with `handler`.

    `actions` and `sync_actions` are those without and with `.sync`; any other is refused when a state machine is
    created. With `model` the names of the arguments are checked there too.
    """
    _integrations[prefix] = Integration(error_prefix, handler, actions, sync_actions, model)


def split(resource: str) -> tuple[str, str, str]:
    """A resource as (prefix ending in a colon, action, pattern: "" or what follows the dot, like "sync")."""
    head, _, pattern = resource.partition(".")
    prefix, _, action = head.rpartition(":")
    return prefix + ":", action, pattern


def find(prefix: str) -> Integration | None:
    return _integrations.get(prefix)
