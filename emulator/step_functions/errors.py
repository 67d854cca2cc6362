"""What ends a state: an error with a name, or the order to stop."""

from __future__ import annotations


class TaskError(Exception):
    """A state failed; `error` is what Retry and Catch match, `cause` what a person reads."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause

    def output(self) -> dict[str, str]:
        """The error as data: what a Catch passes on."""
        return {"Error": self.error, **({"Cause": self.cause} if self.cause else {})}


class TaskInterrupted(Exception):
    """The execution was stopped or the state timed out: release what the task started, then re-raise."""
