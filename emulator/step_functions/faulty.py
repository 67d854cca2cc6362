"""One attempt of a Task state with an injected fault: see emulator.faults."""

from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from emulator import faults
from emulator.faults import Fault
from emulator.step_functions import integrations, sdk, tasks
from emulator.step_functions.errors import TaskError, TaskInterrupted, sdk_cause
from emulator.step_functions.execution import Execution, Scope
from emulator.step_functions.integrations import Task

STOPPED = {"error": "Fault", "cause": "fault: the execution was stopped"}
FIRST_PAGE = "fault: first page"
"""A token in a patched result. The next call requests the first page again, as after a page without items."""


def perform(fault: Fault, task: Task, execution: Execution, scope: Scope) -> Any:
    """The task's result, or TaskError as from the task."""
    kind = fault.kind
    if kind in ("refuse", "throttle"):
        raise _rejection(task, kind)
    if kind == "crash":
        with faults.crash(task.arguments.get("Payload", {})):
            return tasks.perform(task)
    if kind == "arguments":
        return tasks.perform(replace(task, arguments=_merged(task.arguments, fault.patch)))
    if kind == "result":
        return _merged(tasks.perform(task), fault.patch)
    return _after_effect(kind, task, execution, scope)


def _after_effect(kind: str, task: Task, execution: Execution, scope: Scope) -> Any:
    """Apply a fault after the call has taken effect; the call of a `.sync` job is its start."""
    inner = Scope(scope)

    def submitted(answer: Any) -> None:
        if kind == "lose":
            raise _lost(task)
        task.submitted(answer)
        _interrupt(kind, inner, execution)

    faulty = replace(task, wait=inner.wait, stopping=inner.interrupted, submitted=submitted)
    try:
        tasks.perform(faulty)
        if kind == "lose":
            raise _lost(task)
        _interrupt(kind, inner, execution)
        inner.check()
    except TaskInterrupted:
        if kind == "time-out":
            raise TaskError("States.Timeout") from None
        raise


def _interrupt(kind: str, inner: Scope, execution: Execution) -> None:
    if kind == "stop":
        execution.abort(STOPPED)
    inner.interrupt()


def _prefix(task: Task) -> str:
    service = task.resource.removeprefix(tasks.AWS_SDK).partition(":")[0]
    return task.error_prefix or sdk.error_prefix(str(sdk.botocore_name(service)))


def _lost(task: Task) -> TaskError:
    return TaskError(f"{_prefix(task)}.SdkClientException", "fault: Unable to execute HTTP request: Read timed out")


def _rejection(task: Task, kind: str) -> TaskError:
    """The service's error as the integration reports it."""
    throttled = kind == "throttle"
    code, status = ("ThrottlingException", 429) if throttled else ("AccessDeniedException", 403)
    message = f"fault: {'Rate exceeded' if throttled else 'refused'}"
    prefix, action, _ = integrations.split(task.resource)
    if prefix.startswith(tasks.AWS_SDK):
        service = str(sdk.botocore_name(prefix[len(tasks.AWS_SDK) : -1]))
        model = sdk.operation(service, action)
        assert model is not None
        return sdk.task_error(_client_error(code, message, status), model, sdk.error_prefix(service))
    if prefix == tasks.LAMBDA:
        return tasks.lambda_error(_client_error("TooManyRequestsException" if throttled else code, message, status))
    if task.error_prefix == "EMR":
        cause = sdk_cause(message, "AmazonElasticMapReduce", 400, code)
        return TaskError("EMR.AmazonElasticMapReduceException", cause)
    return TaskError(f"{task.error_prefix}.{code}", message)


def _client_error(code: str, message: str, status: int) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "fault")


def _merged(value: Any, patch: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(patch, dict):
        return patch
    return {**value, **{name: _merged(value.get(name), item) for name, item in patch.items()}}


def without_our_token(arguments: Any) -> Any:
    """The arguments of a call without the token FIRST_PAGE."""
    if not isinstance(arguments, dict):
        return arguments
    return {name: value for name, value in arguments.items() if value != FIRST_PAGE}
