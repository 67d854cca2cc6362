"""Evaluates alarms. The clock factor shortens their periods."""

import logging
import operator
import threading
import time
from collections.abc import Callable

from ministack.services import cloudwatch, sns

from emulator import clock
from emulator.cloudwatch import metrics
from emulator.event_bridge.retries import DeliveryError
from emulator.event_bridge.targets import require_policy
from emulator.models import Json
from emulator.scheduler import ticker

LOOK_BACK_PERIODS = 2
"""Periods before the evaluation periods from which CloudWatch uses data points when some are missing."""

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
}
"""The operators of the alarms in the stacks."""
_lock = threading.RLock()
_log = logging.getLogger("emulator.alarms")


def evaluate_all(since: float, until: float) -> None:
    """Evaluate every alarm of every account and Region."""
    for (account, region, _), alarm in list(cloudwatch._alarms._data.items()):
        ticker.run_in(account, region, lambda one=alarm: evaluate(one))  # type: ignore[misc]


def evaluate(alarm: Json) -> None:
    """Set the alarm's state by its data points, and run the actions of a new state."""
    with _lock:
        every = clock.shortened(min(alarm["Period"], 60))
        if time.time() - alarm["StateUpdatedTimestamp"] < every:
            return
        points = _points(alarm)
        state = decide(alarm, points)
        old = alarm["StateValue"]
        if state == old:
            return
        now = time.time()
        reason = _reason(alarm, state, points)
        alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=now, StateTransitionedTimestamp=now)
        cloudwatch._record_history(alarm["AlarmName"], old, state, reason)
        cloudwatch._dispatch_alarm_actions(alarm, old, state, reason)


def decide(alarm: Json, points: list[float]) -> str:
    """The state for the latest data points, at most one per evaluation period."""
    breaches = OPERATORS[alarm["ComparisonOperator"]]
    if not all(breaches(point, alarm["Threshold"]) for point in points):
        return "OK"
    if len(points) >= alarm["EvaluationPeriods"]:
        return "ALARM"
    if (alarm.get("TreatMissingData") or "missing") == "notBreaching":
        return "OK"
    return "ALARM" if points else "INSUFFICIENT_DATA"


def _points(alarm: Json) -> list[float]:
    """The values of the latest periods with data points, oldest first."""
    length = clock.shortened(alarm["Period"])
    current = int(time.time() // length)
    count, found = alarm["EvaluationPeriods"], []
    # The value of the current period may still increase, which matters for "less than".
    first = current if alarm["ComparisonOperator"].startswith("Greater") else current - 1
    for index in range(first, first - count - LOOK_BACK_PERIODS - 1, -1):
        value = _value(alarm, index * length, (index + 1) * length)
        if value is not None:
            found.append(value)
    return found[:count][::-1]


def _value(alarm: Json, start: float, end: float) -> float | None:
    """The alarm's statistic in [start, end), in seconds since 1970; None without data points."""
    namespace, name = alarm["Namespace"], alarm["MetricName"]
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []}
    if (namespace, name) == ("AWS/SQS", metrics.QUEUE_DEPTH):
        metrics.sample_queue(dimensions)
    stored = cloudwatch._metrics.get((namespace, name, cloudwatch._dims_key(dimensions))) or []
    points = [point for point in stored if start <= point["Timestamp"] < end]
    value = cloudwatch._stat_value(cloudwatch._calc_stats(points), alarm["Statistic"], points) if points else None
    return None if value is None else float(value)


def _reason(alarm: Json, state: str, points: list[float]) -> str:
    if not points:
        return f"No datapoints were received, and missing data is treated as {alarm.get('TreatMissingData')}."
    relation = "greater than" if alarm["ComparisonOperator"].startswith("Greater") else "less than"
    was = "were" if state == "ALARM" else "were not all"
    return f"Threshold Crossed: the last datapoints {points} {was} {relation} the threshold ({alarm['Threshold']})."


def dispatch_actions(theirs: Callable[..., None], alarm: Json, old: str, new: str, reason: str) -> None:
    """Publish to the topics whose policy and key allow it to CloudWatch; log why other topics are skipped."""
    kind = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(new, "InsufficientDataActions")
    rejections = {topic: _rejection(topic, alarm) for topic in alarm.get(kind) or []}
    for topic, rejection in rejections.items():
        if rejection:
            _log.warning("alarm %s could not execute %s: %s", alarm["AlarmName"], topic, rejection)
    theirs({**alarm, kind: [topic for topic, rejection in rejections.items() if not rejection]}, old, new, reason)


def _rejection(topic: str, alarm: Json) -> str | None:
    if not topic.startswith("arn:aws:sns:"):
        return "the local AWS supports only SNS topics as actions"
    if sns._topic_by_arn_any_scope(topic) is None:
        return "the topic does not exist"
    try:
        require_policy("sns:Publish", topic, alarm["AlarmArn"], service="cloudwatch.amazonaws.com")
    except DeliveryError as denied:
        return denied.message
    return None
