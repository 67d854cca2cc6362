"""Which fields each state type has, in each query language."""

from __future__ import annotations

from dataclasses import dataclass, field

BOTH = frozenset({"Type", "Comment", "QueryLanguage"})
TRANSITION = frozenset({"Next", "End"})
ERRORS = frozenset({"Retry", "Catch"})
TERMINAL = ("Succeed", "Fail")

_PATHS = frozenset({"InputPath", "OutputPath"})
_RESULT = frozenset({"Parameters", "ResultPath", "ResultSelector"})
_JSONATA = frozenset({"Output", "Assign"})


@dataclass(frozen=True)
class Fields:
    """The fields of a state type besides BOTH."""

    both: frozenset[str] = frozenset()
    jsonpath: frozenset[str] = frozenset()
    jsonata: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = field(default=())
    """Exactly one of these has to be there."""


STATE_TYPES = {
    "Task": Fields(
        TRANSITION | ERRORS | {"Resource", "TimeoutSeconds", "HeartbeatSeconds"},
        _PATHS | _RESULT | {"TimeoutSecondsPath", "HeartbeatSecondsPath"},
        _JSONATA | {"Arguments"},
        required=("Resource",),
    ),
    "Pass": Fields(TRANSITION, _PATHS | _RESULT | {"Result"}, _JSONATA),
    "Wait": Fields(
        TRANSITION | {"Seconds", "Timestamp"},
        _PATHS | {"SecondsPath", "TimestampPath"},
        _JSONATA,
        one_of=("Seconds", "Timestamp", "SecondsPath", "TimestampPath"),
    ),
    "Choice": Fields(frozenset({"Choices", "Default"}), _PATHS, _JSONATA, required=("Choices",)),
    "Succeed": Fields(frozenset(), _PATHS, _JSONATA),
    "Fail": Fields(frozenset({"Error", "Cause"}), frozenset({"ErrorPath", "CausePath"})),
    "Parallel": Fields(
        TRANSITION | ERRORS | {"Branches"}, _PATHS | _RESULT, _JSONATA | {"Arguments"}, required=("Branches",)
    ),
    "Map": Fields(
        TRANSITION | ERRORS | {"ItemProcessor", "Iterator", "ItemSelector", "MaxConcurrency"},
        _PATHS | _RESULT | {"ItemsPath"},
        _JSONATA | {"Items"},
        one_of=("ItemProcessor", "Iterator"),
    ),
}

MACHINE = frozenset({"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"})
PART = frozenset({"Comment", "StartAt", "States", "ProcessorConfig"})
"""Of a Parallel branch or a Map's processor."""

RETRIER = frozenset(
    {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"}
)
CATCHER = Fields(
    frozenset({"ErrorEquals", "Next", "Comment"}), frozenset({"ResultPath"}), _JSONATA, required=("ErrorEquals", "Next")
)
JSONATA_RULE = frozenset({"Condition", "Next", "Comment"}) | _JSONATA

MINIMA = {"IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1, "MaxDelaySeconds": 1}
"""The smallest number a retrier's field may hold."""
