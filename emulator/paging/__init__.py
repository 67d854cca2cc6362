"""Lists that MiniStack truncates without a token: they come whole, and FilterLogEvents comes in pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs, eventbridge, glue, kms, scheduler, stepfunctions

from emulator import hooks

Json = dict[str, Any]
Handler = Callable[[Json], Any]

ALL_ITEMS = 10**9
MAX_LOG_EVENTS = 10_000
"""Events of a page, by default too: FilterLogEvents, API reference."""
LISTS = {
    (kms, "Limit"): ("_list_keys", "_list_aliases", "_list_resource_tags"),
    (glue, "MaxResults"): ("_get_databases", "_get_tables", "_get_partitions"),
    (scheduler, "MaxResults"): ("_list_schedules", "_list_schedule_groups"),
    (eventbridge, "Limit"): ("_list_targets_by_rule",),
    (stepfunctions, "maxResults"): ("_list_state_machines",),
}
"""Module and name of the limit → handlers of lists."""


def _whole(limit: str, theirs: Handler) -> Handler:
    return lambda request: theirs({**request, limit: ALL_ITEMS})


def _log_events(theirs: Handler) -> Handler:
    """The token is TIME:COUNT: the next page begins after COUNT events of that millisecond."""

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
    for (module, limit), handlers in LISTS.items():
        for name in handlers:
            hooks.replace(module, name, partial(_whole, limit))
    hooks.replace(cloudwatch_logs, "_filter_log_events", _log_events)
