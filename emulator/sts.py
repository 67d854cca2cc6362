"""AssumeRole: how long a session may last, and that a role which trusts a service is not for the account's root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.router import extract_access_key_id
from ministack.services import iam, sts

from emulator import hooks, models, query_protocol
from emulator.models import ApiError, Params

DEFAULT_SECONDS = 3600
CHAINED_SECONDS = 3600
"""A session of a role gets no longer session of another one, whatever that role allows."""

TOO_LONG = "The requested DurationSeconds exceeds the"


def _checked(theirs: Callable[..., Any]) -> Callable[..., Any]:
    async def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> Any:
        params = {**query, **parse_qs(body.decode("utf-8", "replace"))}
        if iam._p(params, "Action") == "AssumeRole":
            caller = sts._sessions.get(extract_access_key_id(headers, query)) or {}
            try:
                _check_duration(_checked_input("sts", "AssumeRole", params), caller.get("PrincipalType"))
            except ApiError as refused:
                return _error(refused, "sts")
        return await theirs(method, path, headers, body, query)

    return handle


def _checked_role(operation: str, theirs: Callable[[Params], Any]) -> Callable[[Params], Any]:
    def handle(params: Params) -> Any:
        try:
            _checked_input("iam", operation, params)
        except ApiError as refused:
            return _error(refused, "iam")
        return theirs(params)

    return handle


def _checked_input(service: str, operation: str, params: Params) -> Params:
    """What a request in the query protocol gives; ApiError when the model does not allow it."""
    given = query_protocol.request(service, operation, params)
    models.check(models.service_model(service).operation_model(operation), given)
    return given


def _check_duration(given: Params, principal: str | None) -> None:
    seconds = given.get("DurationSeconds", DEFAULT_SECONDS)
    role = iam._roles.get(given["RoleArn"].rsplit("/", 1)[-1])
    if principal == "AssumedRole" and seconds > CHAINED_SECONDS:
        raise ApiError("ValidationError", f"{TOO_LONG} 1 hour session limit for roles assumed by role chaining")
    if role is not None and seconds > role.get("MaxSessionDuration", DEFAULT_SECONDS):
        raise ApiError("ValidationError", f"{TOO_LONG} MaxSessionDuration set for this role.")


def _error(refused: ApiError, service: str) -> Any:
    return iam._error(400, "ValidationError", escape(refused.message), ns=service)


def _of_no_service(matches: Callable[..., bool]) -> Callable[..., bool]:
    """MiniStack takes the root for any service that a trust policy names."""

    def trusts(principal: Any, caller: str, federated: bool) -> bool:
        if isinstance(principal, dict):
            principal = {kind: names for kind, names in principal.items() if kind != "Service"}
        return matches(principal, caller, federated)

    return trusts


def install() -> None:
    hooks.replace(sts, "handle_request", _checked)
    hooks.replace(iam_evaluator, "_trust_principal_matches", _of_no_service)
    handlers = hooks.original(iam, "_IAM_HANDLERS")
    for operation in ("CreateRole", "UpdateRole"):
        handlers[operation] = _checked_role(operation, handlers[operation])
    hooks.original(sts, "_sessions")
