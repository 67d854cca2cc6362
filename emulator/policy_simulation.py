"""iam:SimulatePrincipalPolicy with the caller's condition keys, which MiniStack leaves out.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ministack.services import iam

from emulator import authorization, hooks

_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}


def _members(given: Mapping[str, Any], name: str) -> list[str]:
    """The values of a list parameter, `Name.member.1` and so on."""
    values: list[str] = []
    while value := iam._p(given, f"{name}.member.{len(values) + 1}"):
        values.append(value)
    return values


def _context(given: Mapping[str, Any]) -> dict[str, str]:
    """The first value of each context entry: the matrix of permissions gives no more."""
    context: dict[str, str] = {}
    number = 1
    while key := iam._p(given, f"ContextEntries.member.{number}.ContextKeyName"):
        values = _members(given, f"ContextEntries.member.{number}.ContextKeyValues")
        if len(values) > 1:
            raise ValueError(f"The local AWS does not support {len(values)} values of the context key {key}: give one")
        context[key] = values[0] if values else ""  # MiniStack drops parameters that are empty
        number += 1
    return context


def _result(action: str, resource: str, decision: str) -> str:
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName><EvalDecision>{decision}</EvalDecision>"
        "<MatchedStatements></MatchedStatements><MissingContextValues></MissingContextValues></member>"
    )


def _simulate(given: Mapping[str, Any]) -> Any:
    role_arn = iam._p(given, "PolicySourceArn") or ""
    if ":role/" not in role_arn or role_arn.rsplit("/", 1)[-1] not in iam._roles:
        return iam._error(404, "NoSuchEntity", f"The local AWS has no role {role_arn}.", ns="iam")
    try:
        context = _context(given)
    except ValueError as refused:
        return iam._error(400, "InvalidInput", str(refused), ns="iam")
    results = ""
    for action in _members(given, "ActionNames"):
        for resource in _members(given, "ResourceArns") or ["*"]:
            _, found = authorization.identity_decision(role_arn, action, resource, context)
            results += _result(action, resource, _DECISIONS.get(found.decision, "implicitDeny"))
    body = f"<EvaluationResults>{results}</EvaluationResults><IsTruncated>false</IsTruncated>"
    return iam._xml(
        200,
        "SimulatePrincipalPolicyResponse",
        f"<SimulatePrincipalPolicyResult>{body}</SimulatePrincipalPolicyResult>",
        ns="iam",
    )


def install() -> None:
    hooks.original(iam, "_IAM_HANDLERS")["SimulatePrincipalPolicy"] = _simulate
