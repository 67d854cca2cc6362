"""IAM: what MiniStack's lacks of CreateRole and SimulatePrincipalPolicy, and which trust policies let root in.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.services import iam

from emulator import authorization, hooks, models, query_protocol
from emulator.models import ApiError

Json = dict[str, Any]

SIMULATE = "SimulatePrincipalPolicy"
_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}


def _context(entries: list[Json]) -> dict[str, str]:
    """The only value of each context entry: the matrix of permissions gives no more."""
    for entry in entries:
        if (count := len(entry.get("ContextKeyValues", []))) > 1:
            key = entry["ContextKeyName"]
            message = f"The local AWS does not support {count} values of the context key {key}: give one"
            raise models.invalid(message, "InvalidInput")
    # MiniStack drops parameters that are empty.
    return {entry["ContextKeyName"]: entry.get("ContextKeyValues", [""])[0] for entry in entries}


def _simulate(given: Json) -> str:
    """The decisions with the caller's condition keys, which MiniStack leaves out."""
    role_arn = given["PolicySourceArn"]
    if ":role/" not in role_arn or role_arn.rsplit("/", 1)[-1] not in iam._roles:
        raise ApiError("NoSuchEntity", f"The local AWS has no role {role_arn}.", 404)
    context = _context(given.get("ContextEntries", []))
    results = []
    for action in given["ActionNames"]:
        for resource in given.get("ResourceArns", ["*"]):
            _, found = authorization.identity_decision(role_arn, action, resource, context)
            decision = _DECISIONS.get(found.decision, "implicitDeny")
            results.append({"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision})
    return query_protocol.answer("iam", SIMULATE, {"EvaluationResults": results, "IsTruncated": False})


def _checked(action: str, act: Callable[[Mapping[str, Any], Json], Any]) -> Callable[[Mapping[str, Any]], Any]:
    """A handler that refuses what AWS's model does not allow, and calls `act` with the parameters, flat and nested."""

    def handle(params: Mapping[str, Any]) -> Any:
        given = query_protocol.request("iam", action, params)
        try:
            models.check(models.service_model("iam").operation_model(action), given)
            return act(params, given)
        except ApiError as refused:
            code = "ValidationError" if refused.code == "ValidationException" else refused.code
            return iam._error(refused.status, code, escape(refused.message), ns="iam")

    return handle


def _of_no_service(matches: Callable[..., bool]) -> Callable[..., bool]:
    """The account's root may not assume a role of a service; MiniStack takes it for any that a trust policy names."""

    def trusts(principal: Any, caller: str, federated: bool) -> bool:
        if isinstance(principal, dict):
            principal = {kind: names for kind, names in principal.items() if kind != "Service"}
        return matches(principal, caller, federated)

    return trusts


def install() -> None:
    handlers = hooks.original(iam, "_IAM_HANDLERS")
    create_role = handlers["CreateRole"]
    handlers["CreateRole"] = _checked("CreateRole", lambda params, _: create_role(params))
    handlers[SIMULATE] = _checked(
        SIMULATE, lambda _, given: iam._xml(200, f"{SIMULATE}Response", _simulate(given), ns="iam")
    )
    hooks.replace(iam_evaluator, "_trust_principal_matches", _of_no_service)
