"""Hooks into MiniStack's CloudWatch API: checks and evaluation of alarms."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.services import cloudwatch

from emulator import hooks, models, persistence, query_protocol
from emulator.cloudwatch import alarms, metrics
from emulator.models import ApiError, Json, invalid, members
from emulator.scheduler import ticker

NEEDED = "Namespace MetricName Statistic Period Threshold ComparisonOperator EvaluationPeriods"
ALARM = members(
    f"{NEEDED} AlarmName AlarmDescription Dimensions Tags AlarmActions InsufficientDataActions",
    ActionsEnabled=(True,),
    ComparisonOperator=tuple(alarms.OPERATORS),
    TreatMissingData=("missing", "notBreaching"),
)
"""The members of alarms in the stacks."""
NARROWING = members("AlarmNames AlarmNamePrefix AlarmTypes StateValue MaxRecords NextToken")
"""The parameters of DescribeAlarms that MiniStack supports."""


def _check_alarm(given: Json) -> None:
    models.supported("an alarm", given, ALARM)
    if missing := [name for name in NEEDED.split() if given.get(name) is None]:
        raise invalid(f"An alarm needs {', '.join(missing)}.")
    if given["Period"] not in (10, 20, 30) and given["Period"] % 60:
        raise invalid(f"Invalid value for parameter Period: {given['Period']} is not 10, 20, 30 or a multiple of 60.")


def _reject_composite(given: Json) -> None:
    raise invalid("The local AWS does not support composite alarms.")


def _complete(given: Json) -> None:
    """Correct members of the alarm that MiniStack omits or adds."""
    alarm = cloudwatch._alarms[given["AlarmName"]]
    for member in ("Dimensions", "AlarmDescription"):
        if member not in given:
            alarm.pop(member, None)
    alarm["InsufficientDataActions"] = given.get("InsufficientDataActions", [])


def _serve(
    action: str,
    check: Callable[[Json], None],
    theirs: Callable[..., Any],
    params: Json,
    decoded: Json,
    is_cbor: bool = False,
    is_json: bool = False,
) -> Any:
    """Check a request in any protocol, and answer in the Query protocol, which Terraform uses, with all members."""
    is_query = not (is_cbor or is_json)
    given = query_protocol.request("cloudwatch", action, params) if is_query else decoded
    without_tags = {name: value for name, value in given.items() if name != "Tags"}  # MiniStack checks them
    try:
        models.check(models.service_model("cloudwatch").operation_model(action), without_tags)
        check(given)
    except ApiError as rejected:
        code = "ValidationError" if rejected.code == "ValidationException" else rejected.code
        return cloudwatch._error(code, rejected.message, 400, use_json=is_json, use_cbor=is_cbor)
    status, headers, body = theirs({}, given, is_cbor, not is_cbor)
    if status == 200 and action == "PutMetricAlarm":
        _complete(given)
    if not is_query:
        return status, headers, body
    content = json.loads(body)
    if status != 200:
        return cloudwatch._error(content["__type"], content["message"], status)
    return cloudwatch._xml(200, f"{action}Response", query_protocol.answer("cloudwatch", action, content))


def install() -> None:
    narrowed = partial(models.supported, "DescribeAlarms", allowed=NARROWING)
    hooks.wrap(cloudwatch, "_put_metric_alarm", partial(_serve, "PutMetricAlarm", _check_alarm))
    hooks.wrap(cloudwatch, "_put_composite_alarm", partial(_serve, "PutCompositeAlarm", _reject_composite))
    hooks.wrap(cloudwatch, "_describe_alarms", partial(_serve, "DescribeAlarms", narrowed))
    hooks.replace(cloudwatch, "_evaluate_alarm", lambda _: alarms.evaluate)
    hooks.wrap(cloudwatch, "_dispatch_alarm_actions", alarms.dispatch_actions)
    hooks.require(cloudwatch, "_metrics _alarms _record_history _calc_stats _stat_value _error _xml record_metric")
    metrics.install()
    persistence.after_load(lambda: ticker.start("alarms", alarms.evaluate_all))
