"""Pages of lists; ListSchedules, which MiniStack truncates without a token, returns all schedules."""

import json
import operator
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs, scheduler

from emulator import hooks
from emulator.models import ApiError, Json

Item = TypeVar("Item")
Handler = Callable[[Json], Any]

ALL_ITEMS = 10**9
MAX_LOG_EVENTS = 10_000
"""Maximum and default page size of FilterLogEvents."""
IGNORED = {
    "_describe_log_groups": ("logGroupClass", "logGroupIdentifiers"),
    "_filter_log_events": ("logStreamNamePrefix",),
}
"""Handler of CloudWatch Logs → parameters that MiniStack ignores."""


def page(
    items: Iterable[Item],
    identity: Callable[[Item], str],
    token: str | None,
    size: int,
    rejection: ApiError,
    *,
    descending: bool = False,
) -> tuple[list[Item], str | None]:
    """The next `size` items in the order of `identity`, and the token of the next page or None.

    The token contains the last item of its page, so that items deleted between two requests do not hide others.
    `rejection` is raised when `token` is invalid.
    """
    try:
        after = bytes.fromhex(token).decode() if token else None
    except ValueError:
        raise rejection from None
    is_behind = operator.lt if descending else operator.gt
    behind = (item for item in items if after is None or is_behind(identity(item), after))
    rest = sorted(behind, key=identity, reverse=descending)
    return rest[:size], identity(rest[size - 1]).encode().hex() if len(rest) > size else None


def _reject(names: tuple[str, ...], theirs: Handler, request: Json) -> Any:
    for name in names:
        if request.get(name):
            return error_response_json("InvalidParameterException", f"The local AWS does not support {name}.", 400)
    return theirs(request)


def _filter_log_events(theirs: Handler, request: Json) -> Any:
    """The token is TIME:COUNT: the next page starts after COUNT events of this millisecond."""
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


def install() -> None:
    hooks.wrap(scheduler, "_list_schedules", lambda theirs, request: theirs({**request, "MaxResults": ALL_ITEMS}))
    hooks.wrap(cloudwatch_logs, "_filter_log_events", _filter_log_events)
    for name, ignored in IGNORED.items():
        hooks.wrap(cloudwatch_logs, name, partial(_reject, ignored))
