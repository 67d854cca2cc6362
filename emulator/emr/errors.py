"""Why a cluster does not start."""

from __future__ import annotations


class LaunchError(Exception):
    """The cluster ends with errors: Code and Message of its StateChangeReason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> LaunchError:
    return LaunchError("VALIDATION_ERROR", message)
