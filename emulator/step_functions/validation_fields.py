"""Which fields each state type has in JSONata, and which of AWS's fields the local AWS does not support."""

from dataclasses import dataclass
from numbers import Number

COMMON = frozenset({"Type", "Comment", "QueryLanguage"})
TRANSITION = frozenset({"Next", "End"})
ERRORS = frozenset({"Retry", "Catch"})
TERMINAL = ("Succeed", "Fail")
DATA_FLOW = frozenset({"Output", "Assign"})

UNSUPPORTED = frozenset(
    {
        *("InputPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector", "Result", "ItemsPath"),
        *("TimeoutSecondsPath", "HeartbeatSecondsPath", "SecondsPath", "TimestampPath", "ErrorPath", "CausePath"),
        *("HeartbeatSeconds", "Credentials", "Iterator", "ItemReader", "ItemBatcher", "ResultWriter", "Label"),
        *("ToleratedFailureCount", "ToleratedFailurePercentage"),
    }
)
"""AWS has these, in JSONPath or for features that no workflow uses."""


@dataclass(frozen=True)
class Fields:
    """The fields of a state type, without those in COMMON."""

    known: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    """Exactly one of these is required."""


STATE_TYPES = {
    "Task": Fields(
        TRANSITION | ERRORS | DATA_FLOW | {"Resource", "Arguments", "TimeoutSeconds"}, required=("Resource",)
    ),
    "Pass": Fields(TRANSITION | DATA_FLOW),
    "Wait": Fields(TRANSITION | DATA_FLOW | {"Seconds", "Timestamp"}, one_of=("Seconds", "Timestamp")),
    "Choice": Fields(DATA_FLOW | {"Choices", "Default"}, required=("Choices",)),
    "Succeed": Fields(DATA_FLOW - {"Assign"}),
    "Fail": Fields(frozenset({"Error", "Cause"})),
    "Map": Fields(
        TRANSITION | ERRORS | DATA_FLOW | {"Items", "ItemProcessor", "ItemSelector", "MaxConcurrency"},
        required=("ItemProcessor",),
    ),
}

LITERALS = {
    "Items": list,
    "Seconds": int,
    "TimeoutSeconds": int,
    "MaxConcurrency": int,
    "Timestamp": str,
    "Error": str,
    "Cause": str,
    "Condition": bool,
    "IntervalSeconds": int,
    "MaxAttempts": int,
    "MaxDelaySeconds": int,
    "BackoffRate": Number,
}
"""The type of a field whose value is not an expression."""
LEAST = {
    **{"TimeoutSeconds": 1, "Seconds": 0, "MaxConcurrency": 0},
    **{"IntervalSeconds": 1, "MaxAttempts": 0, "MaxDelaySeconds": 1, "BackoffRate": 1},
}

MACHINE = Fields(
    frozenset({"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"}), ("States", "StartAt")
)
PART = Fields(frozenset({"Comment", "StartAt", "States", "ProcessorConfig"}), ("States", "StartAt"))
"""Of a Map's processor."""

RETRIER = Fields(
    frozenset(
        {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"}
    ),
    ("ErrorEquals",),
)
CATCHER = Fields(DATA_FLOW | {"ErrorEquals", "Next", "Comment"}, ("ErrorEquals", "Next"))
RULE = Fields(DATA_FLOW | {"Condition", "Next", "Comment"}, ("Condition", "Next"))
