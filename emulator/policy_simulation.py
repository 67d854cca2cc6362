"""iam:SimulatePrincipalPolicy with the caller's condition keys, which MiniStack leaves out.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import iam

from emulator import authorization, hooks, query_protocol

Json = dict[str, Any]

ACTION = "SimulatePrincipalPolicy"
_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}


def _context(entries: list[Json]) -> dict[str, str]:
    """The only value of each context entry: the matrix of permissions gives no more."""
    for entry in entries:
        if (count := len(entry.get("ContextKeyValues", []))) > 1:
            key = entry["ContextKeyName"]
            raise ValueError(f"The local AWS does not support {count} values of the context key {key}: give one")
    # MiniStack drops parameters that are empty.
    return {entry["ContextKeyName"]: entry.get("ContextKeyValues", [""])[0] for entry in entries}


def _simulate(params: Mapping[str, Any]) -> Any:
    given = query_protocol.request("iam", ACTION, params)
    role_arn = given.get("PolicySourceArn", "")
    if ":role/" not in role_arn or role_arn.rsplit("/", 1)[-1] not in iam._roles:
        return iam._error(404, "NoSuchEntity", f"The local AWS has no role {role_arn}.", ns="iam")
    try:
        context = _context(given.get("ContextEntries", []))
    except ValueError as refused:
        return iam._error(400, "InvalidInput", str(refused), ns="iam")
    results = []
    for action in given.get("ActionNames", []):
        for resource in given.get("ResourceArns", ["*"]):
            _, found = authorization.identity_decision(role_arn, action, resource, context)
            decision = _DECISIONS.get(found.decision, "implicitDeny")
            results.append({"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision})
    answer = query_protocol.answer("iam", ACTION, {"EvaluationResults": results, "IsTruncated": False})
    return iam._xml(200, f"{ACTION}Response", answer, ns="iam")


def install() -> None:
    hooks.original(iam, "_IAM_HANDLERS")[ACTION] = _simulate
