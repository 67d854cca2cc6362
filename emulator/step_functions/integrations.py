"""Optimized service integrations (`arn:aws:states:::<service>:<action>[.sync]`) of Task states.

A service module registers a handler for its prefix. The handler uses the execution's role: it calls `Task.require` for
each required IAM action, waits with `Task.wait`, and returns the task's result.
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
    """True for `.sync`: the handler waits for the job's end."""
    arguments: dict[str, Any]
    role_arn: str
    execution_arn: str
    error_prefix: str
    """The service in error names, for example "EMRServerless"."""
    stopping: Callable[[], bool] = field(repr=False)
    """Whether the execution was stopped or the state timed out; the handler then cancels its job."""
    wait: Callable[[float], None] = field(repr=False)
    """Sleeps for real seconds; raises TaskInterrupted when `stopping()` becomes true."""
    submitted: Callable[[Any], None] = field(repr=False)
    """Writes TaskSubmitted, with the answer of the call that started a `.sync` job."""

    @property
    def session_name(self) -> str:
        return self.execution_arn.rsplit(":", 1)[-1]

    def require(self, action: str, resource: str = "*", context: Mapping[str, str] | None = None) -> None:
        """TaskError `<Service>.AccessDeniedException` unless the execution's role is allowed `action`."""
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
    """botocore's service with the same arguments, or ""."""


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

    `actions` are the supported ones without `.sync`, `sync_actions` with it. With `model` the names of the arguments
    are checked when a state machine is created.
    """
    _integrations[prefix] = Integration(error_prefix, handler, actions, sync_actions, model)


def split(resource: str) -> tuple[str, str, str]:
    """The prefix of a resource with its colon, the action, and the pattern after the dot, like "sync"."""
    head, _, pattern = resource.partition(".")
    prefix, _, action = head.rpartition(":")
    return prefix + ":", action, pattern


def find(prefix: str) -> Integration | None:
    return _integrations.get(prefix)
