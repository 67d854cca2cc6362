"""The errors and the interruption that end a state."""

RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
QUERY = "States.QueryEvaluationError"


class TaskError(Exception):
    """A state failed with an error name, which Retry and Catch match, and a cause. Both can be empty."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause

    def output(self) -> dict[str, str]:
        """The error output of a Catch."""
        return {"Error": self.error, "Cause": self.cause}

    def details(self) -> dict[str, str]:
        """The members of a history event; AWS omits empty ones."""
        named = {"error": self.error, "cause": self.cause}
        return {name: text for name, text in named.items() if text}


class QueryError(TaskError):
    """A field of a state has no valid value. The history contains an EvaluationFailed event with the field."""

    def __init__(self, cause: str, location: str = "", *, evaluated: bool = False) -> None:
        super().__init__(QUERY, cause)
        self.location = location
        self.evaluated = evaluated
        """Whether the expression has a value, which is invalid for the field, like a time without a zone."""


class TaskInterrupted(Exception):
    """The execution was stopped or the state timed out: cancel the task's job, then re-raise."""


def sdk_cause(message: str, service: str, status: int, code: str, request_id: str = "") -> str:
    """The cause in integrations that use version 1 of AWS's SDK for Java, which contains the error code."""
    details = f"Service: {service}; Status Code: {status}; Error Code: {code}; Request ID: {request_id}; Proxy: null"
    return f"{message} ({details})"
