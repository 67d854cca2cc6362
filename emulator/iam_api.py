"""IAM: checks of CreateRole, SimulatePrincipalPolicy with condition keys, and trust policies with root as caller.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.services import iam

from emulator import authorization, hooks, models, query_protocol
from emulator.models import ApiError, Json

SIMULATE = "SimulatePrincipalPolicy"
_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}


def _context(entries: list[Json]) -> dict[str, str]:
    """The value of each context entry; the permission matrix uses one value."""
    for entry in entries:
        if (count := len(entry.get("ContextKeyValues", []))) > 1:
            key = entry["ContextKeyName"]
            message = f"The local AWS does not support {count} values of the context key {key}: give one"
            raise models.invalid(message, "InvalidInput")
    # MiniStack drops empty parameters.
    return {entry["ContextKeyName"]: entry.get("ContextKeyValues", [""])[0] for entry in entries}


def _simulate(given: Json) -> str:
    """The decisions with the request's condition keys, which MiniStack ignores."""
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


def _checked(action: str, act: Callable[[Mapping[str, Any], Json], Any], params: Mapping[str, Any]) -> Any:
    """The answer of `act(params, nested params)`, when AWS's model allows the request."""
    given = query_protocol.request("iam", action, params)
    try:
        models.check(models.service_model("iam").operation_model(action), given)
        return act(params, given)
    except ApiError as rejected:
        code = "ValidationError" if rejected.code == "ValidationException" else rejected.code
        return iam._error(rejected.status, code, escape(rejected.message), ns="iam")


def _trusts(matches: Callable[..., bool], principal: Any, caller: str, federated: bool) -> bool:
    """A service in a trust policy does not match the account's root, as it does in MiniStack."""
    if isinstance(principal, dict):
        principal = {kind: names for kind, names in principal.items() if kind != "Service"}
    return matches(principal, caller, federated)


def install() -> None:
    handlers = hooks.original(iam, "_IAM_HANDLERS")
    create_role = handlers["CreateRole"]
    handlers["CreateRole"] = partial(_checked, "CreateRole", lambda params, _: create_role(params))
    handlers[SIMULATE] = partial(
        _checked, SIMULATE, lambda _, given: iam._xml(200, f"{SIMULATE}Response", _simulate(given), ns="iam")
    )
    hooks.wrap(iam_evaluator, "_trust_principal_matches", _trusts)
