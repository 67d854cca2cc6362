"""What ends a state: an error with a name, or the order to stop."""

RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
QUERY = "States.QueryEvaluationError"


class TaskError(Exception):
    """A state failed; `error` is what Retry and Catch match, `cause` what a person reads; both may be empty."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause

    def output(self) -> dict[str, str]:
        """The error as data: what a Catch passes on, with an empty cause where there is none."""
        return {"Error": self.error, "Cause": self.cause}

    def details(self) -> dict[str, str]:
        """The members of a history event: AWS leaves out what is empty."""
        named = {"error": self.error, "cause": self.cause}
        return {name: text for name, text in named.items() if text}


class QueryError(TaskError):
    """A field of a state has no usable value: the history gets an EvaluationFailed event that names the field."""

    def __init__(self, cause: str, location: str = "", *, evaluated: bool = False) -> None:
        super().__init__(QUERY, cause)
        self.location = location
        self.evaluated = evaluated
        """The expression has a value, but not one that the field can hold, like a time without a zone."""


class TaskInterrupted(Exception):
    """The execution was stopped or the state timed out: release what the task started, then re-raise."""


def sdk_cause(message: str, service: str, status: int, code: str, request_id: str = "") -> str:
    """The cause of integrations that use version 1 of AWS's SDK for Java; the error's code stands only there."""
    details = f"Service: {service}; Status Code: {status}; Error Code: {code}; Request ID: {request_id}; Proxy: null"
    return f"{message} ({details})"
