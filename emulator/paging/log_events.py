"""FilterLogEvents of CloudWatch Logs: MiniStack ends after the first page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

from emulator import hooks

Json = dict[str, Any]

MOST_EVENTS = 10_000
"""Events of a page, by default too: FilterLogEvents, API reference."""


def _paged(theirs: Callable[[Json], Any]) -> Callable[[Json], Any]:
    """The token is TIME:COUNT: the next page begins after COUNT events of that millisecond."""

    def handle(request: Json) -> Any:
        token, seen, since = request.get("nextToken"), 0, {}
        if token:
            try:
                since["startTime"], seen = map(int, token.split(":"))
            except ValueError:
                return error_response_json("InvalidParameterException", "The specified nextToken is invalid.", 400)
        status, headers, body = theirs({**request, **since, "limit": MOST_EVENTS})
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        found = answer["events"]
        end = seen + min(int(request.get("limit") or MOST_EVENTS), MOST_EVENTS)
        answer["events"] = found[seen:end]
        if answer["events"] and (end < len(found) or len(found) == MOST_EVENTS):
            last = answer["events"][-1]["timestamp"]
            answer["nextToken"] = f"{last}:{sum(event['timestamp'] == last for event in found[:end])}"
        return json_response(answer)

    return handle


def install() -> None:
    hooks.replace(cloudwatch_logs, "_filter_log_events", _paged)
