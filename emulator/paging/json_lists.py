"""The lists whose requests and answers are JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import eventbridge, glue, kms, scheduler, stepfunctions

from emulator import hooks
from emulator.paging.page import InvalidToken, page

Json = dict[str, Any]
Handler = Callable[[Json], Any]

EVERYTHING = 10**9
"""Asked of MiniStack, which would cut the list without a token."""


@dataclass(frozen=True)
class Fields:
    """What a service calls the parts of its pages, and the error for a token that it has not given."""

    limit: str = "MaxResults"
    token: str = "NextToken"
    next_token: str = "NextToken"
    truncated: str | None = None
    invalid_token: str = "ValidationException"


KMS = Fields("Limit", "Marker", "NextMarker", "Truncated", "InvalidMarkerException")
GLUE = Fields(invalid_token="InvalidInputException")
STATES = Fields("maxResults", "nextToken", "nextToken", invalid_token="InvalidToken")

LISTS: tuple[tuple[Any, str, Fields, str, str, int, int], ...] = (
    (kms, "_list_keys", KMS, "Keys", "KeyId", 100, 1000),
    (kms, "_list_aliases", KMS, "Aliases", "AliasName", 50, 100),
    (kms, "_list_resource_tags", KMS, "Tags", "TagKey", 50, 50),
    (glue, "_get_databases", GLUE, "DatabaseList", "Name", 100, 100),
    (glue, "_get_tables", GLUE, "TableList", "Name", 100, 100),
    (glue, "_get_partitions", GLUE, "Partitions", "Values", 100, 1000),
    (scheduler, "_list_schedules", Fields(), "Schedules", "Arn", 100, 100),
    (scheduler, "_list_schedule_groups", Fields(), "ScheduleGroups", "Arn", 100, 100),
    (eventbridge, "_list_targets_by_rule", Fields(limit="Limit"), "Targets", "Id", 100, 100),
    (stepfunctions, "_list_state_machines", STATES, "stateMachines", "stateMachineArn", 100, 1000),
)
"""Module and name of the handler, its fields, what it lists, what orders that, rows of a page by default and at most.

Glue documents no defaults: the least of the maximums is taken.
"""


def _paged(fields: Fields, listed: str, key: str, default: int, most: int) -> Callable[[Handler], Handler]:
    def identity(item: Json) -> str:
        return item[key] if isinstance(item[key], str) else json.dumps(item[key])

    def wrap(theirs: Handler) -> Handler:
        def handle(params: Json) -> Any:
            size = int(params.get(fields.limit) or default)
            if not 1 <= size <= most:
                problem = "greater than or equal to 1" if size < 1 else f"less than or equal to {most}"
                message = (
                    f"1 validation error detected: Value '{size}' at '{fields.limit}' failed to satisfy constraint: "
                    f"Member must have value {problem}"
                )
                return error_response_json("ValidationException", message, 400)
            status, headers, body = theirs({**params, fields.limit: EVERYTHING})
            if status != 200:
                return status, headers, body
            answer = json.loads(body)
            try:
                answer[listed], following = page(answer[listed], identity, params.get(fields.token), size)
            except InvalidToken as token:
                return error_response_json(fields.invalid_token, f"{fields.token} {token} is not valid.", 400)
            if fields.truncated:
                answer[fields.truncated] = following is not None
            return json_response({**answer, **({fields.next_token: following} if following else {})})

        return handle

    return wrap


def install() -> None:
    for module, name, fields, listed, key, default, most in LISTS:
        hooks.replace(module, name, _paged(fields, listed, key, default, most))
