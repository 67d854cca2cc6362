"""MiniStack's list operations with pages and tokens, named as botocore's paginators name them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import botocore.session
from botocore import xform_name
from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs, eventbridge, glue, iam, kms, scheduler, stepfunctions

from emulator import hooks
from emulator.paging.page import InvalidToken, page

Json = dict[str, Any]
Handler = Callable[[Json], Any]
Paginator = dict[str, Any]

ALL_ITEMS = 10**9
"""The limit passed to MiniStack, which would truncate the list without a token."""
MAX_LOG_EVENTS = 10_000
"""Events of a page, by default too: FilterLogEvents, API reference."""
MAX_IAM_ITEMS = 1000
NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
IDENTIFYING = ("Name", "Arn", "Id", "Key", "SerialNumber")
"""Ends of the names of the fields that tell the members of a list apart."""

LISTS: tuple[tuple[Any, str, str, str, int, int], ...] = (
    (kms, "kms", "ListKeys", "KeyId", 100, 1000),
    (kms, "kms", "ListAliases", "AliasName", 50, 100),
    (kms, "kms", "ListResourceTags", "TagKey", 50, 50),
    (glue, "glue", "GetDatabases", "Name", 100, 100),
    (glue, "glue", "GetTables", "Name", 100, 100),
    (glue, "glue", "GetPartitions", "Values", 100, 1000),
    (scheduler, "scheduler", "ListSchedules", "Arn", 100, 100),
    (scheduler, "scheduler", "ListScheduleGroups", "Arn", 100, 100),
    (eventbridge, "events", "ListTargetsByRule", "Id", 100, 100),
    (stepfunctions, "stepfunctions", "ListStateMachines", "stateMachineArn", 100, 1000),
)
"""Module, service, operation, what orders the items, and the items of a page by default and at most.

Glue documents no defaults: the smallest of the maximums is used.
"""
INVALID_TOKEN = {"kms": "InvalidMarkerException", "glue": "InvalidInputException", "stepfunctions": "InvalidToken"}
"""Error code of a service for a token that it has not issued, where it is not ValidationException."""


def _size_problem(size: int, name: str, most: int) -> str | None:
    if 1 <= size <= most:
        return None
    bound = "greater than or equal to 1" if size < 1 else f"less than or equal to {most}"
    return (
        f"1 validation error detected: Value '{size}' at '{name}' failed to satisfy constraint: "
        f"Member must have value {bound}"
    )


def _json_list(service: str, names: Paginator, key: str, default: int, most: int, theirs: Handler) -> Handler:
    limit, listed = names["limit_key"], names["result_key"]

    def identity(item: Json) -> str:
        return item[key] if isinstance(item[key], str) else json.dumps(item[key])

    def handle(params: Json) -> Any:
        size = int(params.get(limit) or default)
        if problem := _size_problem(size, limit, most):
            return error_response_json("ValidationException", problem, 400)
        status, headers, body = theirs({**params, limit: ALL_ITEMS})
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        try:
            answer[listed], following = page(answer[listed], identity, params.get(names["input_token"]), size)
        except InvalidToken as token:
            code = INVALID_TOKEN.get(service, "ValidationException")
            return error_response_json(code, f"{names['input_token']} {token} is not valid.", 400)
        if "more_results" in names:
            answer[names["more_results"]] = following is not None
        return json_response({**answer, **({names["output_token"]: following} if following else {})})

    return handle


def _iam_list(theirs: Handler, listed: str) -> Handler:
    def handle(params: Json) -> Any:
        size = int(iam._p(params, "MaxItems") or 100)
        if problem := _size_problem(size, "maxItems", MAX_IAM_ITEMS):
            return iam._error(400, "ValidationError", problem, ns="iam")
        status, headers, body = theirs(params)
        if status != 200:
            return status, headers, body
        root = ElementTree.fromstring(body)
        members = root[0].find(f"{{{NAMESPACE}}}{listed}")
        if members is None:
            return status, headers, body
        try:
            members[:], following = page(list(members), _identity, iam._p(params, "Marker"), size)
        except InvalidToken as marker:
            return iam._error(400, "ValidationError", f"Marker {marker} is not valid.", ns="iam")
        for name, text in (("IsTruncated", str(following is not None).lower()), ("Marker", following)):
            for present in root[0].findall(f"{{{NAMESPACE}}}{name}"):
                root[0].remove(present)
            if text:
                SubElement(root[0], f"{{{NAMESPACE}}}{name}").text = text
        return status, headers, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)

    return handle


def _identity(member: Element) -> str:
    if not len(member):
        return member.text or ""
    return "\n".join(field.text or "" for field in member if field.tag.endswith(IDENTIFYING))


def _log_events(theirs: Handler) -> Handler:
    """FilterLogEvents. The token is TIME:COUNT: the next page begins after COUNT events of that millisecond."""

    def handle(request: Json) -> Any:
        token, seen, since = request.get("nextToken"), 0, {}
        if token:
            try:
                since["startTime"], seen = map(int, token.split(":"))
            except ValueError:
                return error_response_json("InvalidParameterException", "The specified nextToken is invalid.", 400)
        status, headers, body = theirs({**request, **since, "limit": MAX_LOG_EVENTS})
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        found = answer["events"]
        end = seen + min(int(request.get("limit") or MAX_LOG_EVENTS), MAX_LOG_EVENTS)
        answer["events"] = found[seen:end]
        if answer["events"] and (end < len(found) or len(found) == MAX_LOG_EVENTS):
            last = answer["events"][-1]["timestamp"]
            answer["nextToken"] = f"{last}:{sum(event['timestamp'] == last for event in found[:end])}"
        return json_response(answer)

    return handle


def install() -> None:
    models = botocore.session.get_session()
    for module, service, operation, key, default, most in LISTS:
        names = models.get_paginator_model(service).get_paginator(operation)
        hooks.replace(module, f"_{xform_name(operation)}", partial(_json_list, service, names, key, default, most))
    hooks.replace(cloudwatch_logs, "_filter_log_events", _log_events)
    ElementTree.register_namespace("", NAMESPACE)
    handlers = hooks.original(iam, "_IAM_HANDLERS")
    paginators = models.get_paginator_model("iam")
    for name in [name for name in handlers if name.startswith(("List", "Get"))]:
        try:
            listed = paginators.get_paginator(name)["result_key"]
        except ValueError:
            continue
        if isinstance(listed, str):
            handlers[name] = _iam_list(handlers[name], listed)
