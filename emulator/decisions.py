"""`--decisions FILE` records IAM's decisions about roles, one line of JSON per evaluation.

`{"at": seconds, "role": name, "action": …, "resource": …, "allowed": bool, "statements": [Sid, …]}`; `statements` are
all statements that allow the action. Resource policies are not recorded.
"""

import contextvars
import json
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core import iam_evaluator

from emulator import hooks

VARIABLE = "EMULATOR_DECISIONS"
_of_resource: contextvars.ContextVar[bool] = contextvars.ContextVar("of_resource", default=False)


def _record(
    file: int, evaluate: Callable[..., Any], request: iam_evaluator.EvalContext, policies: list[Any], *limits: Any
) -> Any:
    result = evaluate(request, policies, *limits)
    if request.principal_type == "AssumedRole" and not _of_resource.get():
        statements = [one for policy in policies for one in policy if one.effect == "Allow"]
        line = {
            "at": time.time(),
            "role": _role_name(request.principal_arn),
            "action": request.action,
            "resource": request.resource_arn,
            "allowed": result.decision == "Allow",
            "statements": [one.sid for one in statements if evaluate(request, [[one]]).decision == "Allow"],
        }
        os.write(file, f"{json.dumps(line)}\n".encode())
    return result


def _evaluate_resource_policy(evaluate: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    token = _of_resource.set(True)
    try:
        return evaluate(*arguments, **named)
    finally:
        _of_resource.reset(token)


def _role_name(arn: str) -> str:
    """The name in `…:role/NAME` or `…:assumed-role/NAME/SESSION`."""
    kind, *names = arn.rsplit(":", 1)[-1].split("/")
    return names[0] if kind == "assumed-role" else names[-1]


def install() -> None:
    if path := os.environ.get(VARIABLE):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        hooks.wrap(iam_evaluator, "evaluate", partial(_record, file))
        hooks.wrap(iam_evaluator, "evaluate_resource_policy", _evaluate_resource_policy)
