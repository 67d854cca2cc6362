"""Checks of definitions, roles and logging when a state machine is created."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from account import Client, allow, make_role, unique
from botocore.exceptions import ClientError
from machines import Machines, jsonata, part, task

Diagnose = Callable[[Any], list[dict[str, Any]]]
PASS = {"Type": "Pass", "End": True}
SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
NOT_JSONATA = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED = "UNSUPPORTED_JSONATA_EXPRESSION"


@pytest.fixture
def diagnose(client: Client) -> Diagnose:
    def validate(definition: Any) -> list[dict[str, Any]]:
        text = definition if isinstance(definition, str) else json.dumps(definition)
        answer = client("stepfunctions").validate_state_machine_definition(definition=text)
        diagnostics: list[dict[str, Any]] = answer["diagnostics"]
        assert answer["result"] == ("FAIL" if diagnostics else "OK")
        return diagnostics

    return validate


RETRY = {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "MaxDelaySeconds": 30, "JitterStrategy": "FULL"}
GOOD = [
    jsonata(S={"Type": "Pass", "Output": "{% $states.input %}", "Assign": {"a": 1}, "End": True}),
    {**part(S={**PASS, "QueryLanguage": "JSONata"}), "QueryLanguage": "JSONPath"},
    jsonata(
        Work=task(
            "aws-sdk:s3:listObjectsV2",
            Arguments={"Bucket": "b", "Prefix": "{% $states.input.p %}"},
            TimeoutSeconds="{% 5 %}",
            Retry=[RETRY, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}],
            Catch=[{"ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput %}", "Next": "Stop"}],
        ),
        Stop={"Type": "Fail", "Error": "{% $states.input.Error %}"},
    ),
    jsonata(
        Ask={"Type": "Choice", "Choices": [{"Condition": "{% $states.input.a > 1 %}", "Next": "Yes"}], "Default": "No"},
        Yes={"Type": "Wait", "Seconds": "{% $states.input.a %}", "Next": "No"},
        No={"Type": "Succeed"},
    ),
    jsonata(All={"Type": "Map", "Items": [1], "ItemProcessor": part(Each=PASS), "End": True}),
    jsonata(S={"Type": "Wait", "Timestamp": "2016-12-05T21:29:29.123456789+01:00", "End": True}),
    jsonata(S={**PASS, "Output": "{% $states.input.list[price > 1].(name & unit) %}"}),
]


@pytest.mark.parametrize("definition", GOOD)
def test_a_valid_definition_is_accepted(diagnose: Diagnose, machines: Machines, definition: dict[str, Any]) -> None:
    assert diagnose(definition) == []
    machines.create(definition)


WORK = task("lambda:invoke", Arguments={"FunctionName": "f"})
MAP = {"Type": "Map", "End": True}
ON_X = {"ErrorEquals": ["X"]}
DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}
BAD_MACHINES: list[tuple[Any, str, str | None, str]] = [
    ("{not json", "INVALID_JSON_DESCRIPTION", None, "Expecting"),
    ("[]", SCHEMA, None, "Definition must be a valid JSON object"),
    ({}, SCHEMA, "/", "These fields are required: [States, StartAt]"),
    ({**jsonata(S=PASS), "Coment": "x"}, SCHEMA, "/", "Field 'Coment' is not supported"),
    ({**jsonata(S=PASS), "TimeoutSeconds": 0}, SCHEMA, "/TimeoutSeconds", "a number from 1"),
    ({**jsonata(S=PASS), "QueryLanguage": "XPath"}, SCHEMA, "/QueryLanguage", "XPath"),
    ({**jsonata(S=PASS), "StartAt": "T"}, TARGET, "/StartAt", "Missing 'StartAt' target: T"),
    (jsonata(S=PASS, Lost=PASS), TARGET, "/States/Lost", 'State "Lost" is not reachable.'),
    (jsonata(A={"Type": "Pass", "Next": "A"}), "MISSING_END_STATE", None, "Workflow has no terminal state"),
    (part(S=PASS), SCHEMA, "/States/S", "The local AWS does not support JSONPath"),
]
BAD_STATES: list[tuple[dict[str, Any], str, str, str]] = [
    ({"Type": "Pass", "Next": "T"}, TARGET, "/Next", "Missing 'Next' target: T"),
    ({"Type": "Sleep", "End": True}, SCHEMA, "", "Sleep"),
    ({"Type": "Pass"}, SCHEMA, "", "Next"),
    ({**PASS, "Seconds": 1}, SCHEMA, "", "Field 'Seconds' is not supported"),
    ({"Type": "Wait", "End": True}, SCHEMA, "", "Seconds"),
    ({"Type": "Wait", "Seconds": -1, "End": True}, SCHEMA, "/Seconds", "a number from 0"),
    *(
        ({"Type": "Wait", "Timestamp": time, "End": True}, SCHEMA, "/Timestamp", "does not match RFC3339 timestamp")
        for time in ("2016-12-05 21:29:29Z", "2016-12-05T21:29:29", "2016-13-05T21:29:29Z", "2016-12-05T25:29:29Z")
    ),
    ({"Type": "Task", "End": True}, SCHEMA, "", "These fields are required: [Resource]"),
    ({**PASS, "Output": "{% phone %}"}, UNSUPPORTED, "/Output", "Reference to 'phone' at the top"),
    ({**PASS, "Output": ["{% $$.a %}"]}, UNSUPPORTED, "/Output[0]", "Reference to '$$'"),
    ({**PASS, "Output": "{% $a ?? 1 %}"}, NOT_JSONATA, "/Output", 'symbol "?" cannot be used'),
    ({**PASS, "Output": "{% 1 + %}"}, NOT_JSONATA, "/Output", "Unexpected end of expression"),
    ({**WORK, "HeartbeatSeconds": 5}, SCHEMA, "", "The local AWS does not support the field 'HeartbeatSeconds'"),
    ({**PASS, "Parameters": {}}, SCHEMA, "", "does not support the field 'Parameters'"),
    ({**PASS, "QueryLanguage": "JSONPath"}, SCHEMA, "", "does not support JSONPath"),
    ({"Type": "Choice", "Choices": []}, SCHEMA, "/Choices", "at least one rule"),
    ({"Type": "Choice", "Choices": [{"Next": "S"}]}, SCHEMA, "/Choices[0]", "These fields are required: [Condition]"),
    ({**WORK, "Catch": [{**ON_X, "Next": "T"}]}, TARGET, "/Catch[0]/Next", "Missing 'Next' target: T"),
    ({**WORK, "Retry": [{**ON_X, "Max": 1}]}, SCHEMA, "/Retry[0]", "Field 'Max' is not supported"),
    ({**WORK, "Retry": [{**ON_X, "MaxAttempts": "{% 1 %}"}]}, SCHEMA, "/Retry[0]/MaxAttempts", "be of type int, not"),
    ({**WORK, "Retry": [{**ON_X, "BackoffRate": 0.5}]}, SCHEMA, "/Retry[0]/BackoffRate", "number from 1"),
    ({**WORK, "Retry": [{"ErrorEquals": ["States.ALL", "X"]}]}, SCHEMA, "/Retry[0]/ErrorEquals", "alone"),
    ({"Type": "Parallel", "End": True}, SCHEMA, "", "The local AWS does not support the state type Parallel"),
    ({**MAP, "ItemProcessor": {**part(E=PASS), "StartAt": "X"}}, TARGET, "/ItemProcessor/StartAt", "target: X"),
    ({**MAP, "ItemProcessor": {**part(E=PASS), **DISTRIBUTED}}, SCHEMA, "/ItemProcessor/ProcessorConfig", "local AWS"),
]


@pytest.mark.parametrize(
    ("definition", "code", "location", "message"),
    [*BAD_MACHINES, *((jsonata(S=state), code, f"/States/S{at}", message) for state, code, at, message in BAD_STATES)],
)
def test_a_diagnostic_contains_the_problem_and_its_location(
    diagnose: Diagnose, definition: Any, code: str, location: str | None, message: str
) -> None:
    found = diagnose(definition)
    assert [(d["code"], d.get("location"), d["severity"]) for d in found if message in d["message"]] == [
        (code, location, "ERROR")
    ], found


@pytest.mark.parametrize(
    "resource",
    [
        *("aws-sdk:s3:listEverything", "aws-sdk:s4:listObjects", "aws-sdk:s3:listObjectsV2.sync"),
        *("lambda:call", "lambda:invoke.waitForTaskToken", "sqs:sendMessage", "states:startExecution.sync:2"),
        *("emr-serverless:startJobRun.sync", "emr-serverless:stopApplication", "elasticmapreduce:cancelStep"),
    ],
)
def test_an_unsupported_resource_is_rejected(diagnose: Diagnose, resource: str) -> None:
    (found,) = diagnose(jsonata(S=task(resource)))
    assert found["location"] == "/States/S/Resource"
    assert found["message"].startswith(f"The resource provided arn:aws:states:::{resource} is not recognized.")
    assert found["message"].endswith("or the local AWS does not support the resource.")


@pytest.mark.parametrize(
    ("resource", "arguments", "message"),
    [
        ("aws-sdk:s3:listObjectsV2", {"Bucket": "b", "prefix": "p"}, 'The field "prefix" is not supported'),
        ("aws-sdk:s3:listObjectsV2", {"Prefix": "p"}, "The field 'Bucket' is required but was missing"),
        ("lambda:invoke", {"FunctionName": "f", "Input": {}}, 'The field "Input" is not supported'),
        ("lambda:invoke", {"Payload": {}}, "The field 'FunctionName' is required but was missing"),
    ],
)
def test_invalid_arguments_are_rejected(
    diagnose: Diagnose, resource: str, arguments: dict[str, Any], message: str
) -> None:
    (found,) = diagnose(jsonata(S=task(resource, Arguments=arguments)))
    assert found["location"] == "/States/S/Arguments"
    assert message in found["message"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"type": "EXPRESS"}, "The local AWS does not support state machines of type EXPRESS"),
        ({"publish": True}, "The local AWS does not support versions"),
        ({"name": "a b"}, "Invalid Name: 'a b'"),
        ({"name": "n" * 81}, "Member must have length less than or equal to 80"),
    ],
)
def test_an_invalid_machine_is_rejected(machines: Machines, options: dict[str, Any], message: str) -> None:
    given = {"name": "good", "definition": json.dumps(jsonata(S=PASS)), "roleArn": machines.role, **options}
    with pytest.raises(ClientError, match=message):
        machines.client.create_state_machine(**given)


def test_unsupported_actions_are_rejected(machines: Machines) -> None:
    for action, request in (
        ("create_activity", {"name": "a"}),
        ("send_task_success", {"taskToken": "t", "output": "{}"}),
        ("redrive_execution", {"executionArn": "arn:aws:states:us-east-1:000000000000:execution:m:e"}),
    ):
        with pytest.raises(ClientError, match="The local AWS does not support"):
            getattr(machines.client, action)(**request)


class TestCreation:
    def test_create_and_update_reject_invalid_definitions(self, machines: Machines) -> None:
        bad = jsonata(A={"Type": "Pass", "Next": "C"}, B=PASS)
        expected = (
            r"Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: C at "
            r"/States/A/Next, MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B'"
        )
        with pytest.raises(machines.client.exceptions.InvalidDefinition, match=expected):
            machines.create(bad)
        machine = machines.create(jsonata(S=PASS))
        with pytest.raises(machines.client.exceptions.InvalidDefinition, match="not reachable"):
            machines.client.update_state_machine(stateMachineArn=machine, definition=json.dumps(bad))
        kept = machines.client.describe_state_machine(stateMachineArn=machine)["definition"]
        assert json.loads(kept) == jsonata(S=PASS)

    def test_the_role_must_trust_step_functions(self, machines: Machines, client: Client) -> None:
        machines.role = make_role(client, "lambda.amazonaws.com")
        with pytest.raises(ClientError, match="Neither the global service principal"):
            machines.create(jsonata(S=PASS))

    def test_creation_needs_pass_role(self, machines: Machines, client_with: Client) -> None:
        machines.client = client_with("stepfunctions", allow("states:CreateStateMachine"))
        with pytest.raises(ClientError, match="is not authorized to perform: iam:PassRole on resource: "):
            machines.create(jsonata(S=PASS))

    def test_logging_needs_delivery_permissions_and_a_group(self, machines: Machines, client: Client) -> None:
        group = unique("/aws/vendedlogs/states/group")
        arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}:*"
        logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}]}
        machines.role = make_role(client, "states.amazonaws.com")
        with pytest.raises(ClientError, match="not authorized to access the Log Destination"):
            machines.create(jsonata(S=PASS), loggingConfiguration=logging)
        machines.role = make_role(client, "states.amazonaws.com", [allow("logs:*")])
        with pytest.raises(ClientError, match="does not exist"):
            machines.create(jsonata(S=PASS), loggingConfiguration=logging)
        client("logs").create_log_group(logGroupName=group)
        machines.create(jsonata(S=PASS), loggingConfiguration=logging)

    def test_the_tracing_configuration_is_stored(self, machines: Machines) -> None:
        machine = machines.create(jsonata(S=PASS), tracingConfiguration={"enabled": True})
        read = machines.client.describe_state_machine(stateMachineArn=machine)
        assert read["tracingConfiguration"] == {"enabled": True}
