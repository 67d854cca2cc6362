"""Which fields each state type has in JSONata, and which of AWS's the local AWS does not support."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Number

BOTH = frozenset({"Type", "Comment", "QueryLanguage"})
TRANSITION = frozenset({"Next", "End"})
IN_BOTH_LANGUAGES = BOTH | TRANSITION | {"Seconds", "Timestamp", "Error", "Cause"}
"""Fields that say the same in JSONPath as in JSONata, as long as their values are not expressions."""
ERRORS = frozenset({"Retry", "Catch"})
TERMINAL = ("Succeed", "Fail")
DATA_FLOW = frozenset({"Output", "Assign"})

JSONPATH = frozenset(
    {
        *("InputPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector", "Result", "ItemsPath"),
        *("TimeoutSecondsPath", "HeartbeatSecondsPath", "SecondsPath", "TimestampPath", "ErrorPath", "CausePath"),
        *("MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"),
    }
)
"""AWS has these in JSONPath states only."""


@dataclass(frozen=True)
class Fields:
    """The fields of a state type, without those in BOTH."""

    known: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    """Exactly one of these has to be there."""
    unsupported: frozenset[str] = field(default=frozenset())
    """AWS has them, the local AWS does not."""


STATE_TYPES = {
    "Task": Fields(
        TRANSITION | ERRORS | DATA_FLOW | {"Resource", "Arguments", "TimeoutSeconds"},
        required=("Resource",),
        unsupported=frozenset({"HeartbeatSeconds", "Credentials"}),
    ),
    "Pass": Fields(TRANSITION | DATA_FLOW),
    "Wait": Fields(TRANSITION | DATA_FLOW | {"Seconds", "Timestamp"}, one_of=("Seconds", "Timestamp")),
    "Choice": Fields(DATA_FLOW | {"Choices", "Default"}, required=("Choices",)),
    "Succeed": Fields(DATA_FLOW - {"Assign"}),
    "Fail": Fields(frozenset({"Error", "Cause"})),
    "Parallel": Fields(TRANSITION | ERRORS | DATA_FLOW | {"Arguments", "Branches"}, required=("Branches",)),
    "Map": Fields(
        TRANSITION
        | ERRORS
        | DATA_FLOW
        | {"Items", "ItemProcessor", "ItemSelector", "MaxConcurrency"}
        | {"ToleratedFailureCount", "ToleratedFailurePercentage"},
        required=("ItemProcessor",),
        unsupported=frozenset({"Iterator", "ItemReader", "ItemBatcher", "ResultWriter", "Label"}),
    ),
}

LITERALS = {
    "Items": list,
    "Seconds": int,
    "TimeoutSeconds": int,
    "MaxConcurrency": int,
    "ToleratedFailureCount": int,
    "ToleratedFailurePercentage": Number,
    "Timestamp": str,
    "Error": str,
    "Cause": str,
    "Condition": bool,
}
"""The type of a field whose value is not an expression."""
LEAST = {"TimeoutSeconds": 1, "Seconds": 0, "MaxConcurrency": 0, "ToleratedFailureCount": 0}

MACHINE = Fields(
    frozenset({"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"}), ("States", "StartAt")
)
PART = Fields(frozenset({"Comment", "StartAt", "States", "ProcessorConfig"}), ("States", "StartAt"))
"""Of a Parallel branch or a Map's processor."""

RETRIER = Fields(
    frozenset(
        {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"}
    ),
    ("ErrorEquals",),
)
CATCHER = Fields(DATA_FLOW | {"ErrorEquals", "Next", "Comment"}, ("ErrorEquals", "Next"))
RULE = Fields(DATA_FLOW | {"Condition", "Next", "Comment"}, ("Condition", "Next"))

MINIMA = {"IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1, "MaxDelaySeconds": 1}
"""The smallest number a retrier's field may hold."""
