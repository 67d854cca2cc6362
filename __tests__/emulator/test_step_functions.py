"""Executions: data flow, errors, retries, time limits, stops, permissions, history and logs."""

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from account import Client, allow, make_role, unique
from machines import Machines, create_function, jsonata, task

from emulator.step_functions import sdk

MakeFunction = Callable[[str], str]
SLOW = "export const handler = () => new Promise(done => setTimeout(done, 8000))"


@pytest.fixture
def function(client: Client) -> MakeFunction:
    """`function(source)`: the ARN of a Lambda function."""
    role = make_role(client, "lambda.amazonaws.com")
    return lambda source: create_function(client("lambda"), unique("function"), role, source)


def invoke(arn: str, **state: Any) -> dict[str, Any]:
    arguments = {"FunctionName": arn, "Payload": "{% $states.input %}"}
    return task("lambda:invoke", arguments, Output="{% $states.result.Payload %}", **state)


class TestJsonata:
    def test_output_and_assign_read_the_previous_variables(self, machines: Machines) -> None:
        ended = machines.run(
            jsonata(
                First={
                    "Type": "Pass",
                    "Assign": {"a": "{% $states.input.n %}", "b": 2},
                    "Output": {"kept": "{% $states.input.n %}"},
                    "Next": "Second",
                },
                Second={
                    "Type": "Pass",
                    "Assign": {"a": "{% $b %}", "b": "{% $a %}"},
                    "Output": {"a": "{% $a %}", "b": "{% $b %}", "input": "{% $states.input %}"},
                    "Next": "Third",
                },
                Third={"Type": "Succeed", "Output": {"a": "{% $a %}", "b": "{% $b %}", "was": "{% $states.input %}"}},
            ),
            {"n": 1},
        )
        assert ended["output"] == {"a": 2, "b": 1, "was": {"a": 1, "b": 2, "input": {"kept": 1}}}

    def test_the_context_object_contains_the_execution_the_machine_and_the_state(self, machines: Machines) -> None:
        ended = machines.run(jsonata(Look={"Type": "Succeed", "Output": "{% $states.context %}"}), {"a": 1})
        context, machine = ended["output"], ended["stateMachineArn"]
        assert context["Execution"].pop("StartTime").endswith("Z")
        assert context["Execution"] == {
            "Id": ended["executionArn"],
            "Name": ended["name"],
            "Input": {"a": 1},
            "RoleArn": machines.role,
            "RedriveCount": 0,
        }
        assert context["StateMachine"] == {"Id": machine, "Name": machine.rsplit(":", 1)[1]}
        assert context["State"]["Name"] == "Look"
        assert set(context["State"]) == {"Name", "EnteredTime"}

    def test_a_choice_assigns_with_the_matching_rule_or_with_its_default(self, machines: Machines) -> None:
        definition = jsonata(
            Decide={
                "Type": "Choice",
                "Choices": [
                    {
                        "Condition": "{% $states.input.n > 10 %}",
                        "Assign": {"way": "high"},
                        "Output": {"n": "{% $states.input.n * 2 %}"},
                        "Next": "Show",
                    }
                ],
                "Assign": {"way": "low"},
                "Default": "Show",
            },
            Show={"Type": "Succeed", "Output": {"way": "{% $way %}", "in": "{% $states.input %}"}},
        )
        assert machines.run(definition, {"n": 11})["output"] == {"way": "high", "in": {"n": 22}}
        assert machines.run(definition, {"n": 1})["output"] == {"way": "low", "in": {"n": 1}}

    def test_a_wait_accepts_an_expression_and_rejects_fractions(self, machines: Machines) -> None:
        state = {"Type": "Wait", "Seconds": "{% $states.input.s %}", "Assign": {"x": 1}, "Output": 5, "Next": "End"}
        definition = jsonata(Wait=state, End={"Type": "Succeed", "Output": "{% $states.input + $x %}"})
        assert machines.run(definition, {"s": 60})["output"] == 6
        assert machines.run(definition, {"s": 1.5})["error"] == "States.QueryEvaluationError"


class TestErrors:
    def test_a_catch_receives_the_error_class_of_a_function(self, machines: Machines, function: MakeFunction) -> None:
        arn = function(
            "class BadThing extends Error { constructor(m) { super(m); this.name = 'BadThing' } }\n"
            "export const handler = async () => { throw new BadThing('no') }"
        )
        catch = {
            "ErrorEquals": ["BadThing"],
            "Assign": {"caught": "{% $states.errorOutput.Error %}"},
            "Output": "{% $states.errorOutput.Cause %}",
            "Next": "Caught",
        }
        shown = {"Type": "Succeed", "Output": {"error": "{% $caught %}", "cause": "{% $states.input %}"}}
        output = machines.run(jsonata(Work=invoke(arn, Catch=[catch]), Caught=shown))["output"]
        assert output["error"] == "BadThing"
        assert output["cause"].startswith('{"errorType":"BadThing","errorMessage":"no","trace":["')

    def test_the_retry_count_is_available_in_the_catch(self, machines: Machines, function: MakeFunction) -> None:
        arn = function("export const handler = async () => { throw new Error('again') }")
        retry = {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 1, "MaxAttempts": 2, "MaxDelaySeconds": 2}
        catch = {"ErrorEquals": ["States.ALL"], "Output": "{% $states.context.State.RetryCount %}", "Next": "Caught"}
        execution = machines.start(jsonata(Work=invoke(arn, Retry=[retry], Catch=[catch]), Caught={"Type": "Succeed"}))
        assert machines.end(execution)["output"] == 2
        assert machines.kinds(execution).count("TaskFailed") == 3

    def test_states_runtime_cannot_be_caught(self, machines: Machines) -> None:
        catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
        work = task("lambda:invoke", {"FunctionName": "{% 1 %}"}, Catch=catch)
        ended = machines.run(jsonata(Work=work, Caught={"Type": "Succeed"}))
        assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


class TestTime:
    def test_the_timeout_of_a_state_can_be_caught(self, machines: Machines, function: MakeFunction) -> None:
        arn = function(SLOW)
        catch = {"ErrorEquals": ["States.Timeout"], "Output": "{% $states.errorOutput %}", "Next": "Caught"}
        work = invoke(arn, TimeoutSeconds="{% $states.input.limit %}", Catch=[catch])
        execution = machines.start(jsonata(Work=work, Caught={"Type": "Succeed"}), {"limit": 1})
        assert machines.end(execution)["output"] == {"Error": "States.Timeout", "Cause": ""}
        assert "TaskTimedOut" in machines.kinds(execution)

    def test_no_catch_applies_to_the_timeout_of_a_machine(self, machines: Machines, function: MakeFunction) -> None:
        work = invoke(function(SLOW), Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}])
        definition = {**jsonata(Work=work, Caught={"Type": "Succeed"}), "TimeoutSeconds": 1}
        execution = machines.start(definition)
        assert machines.end(execution)["status"] == "TIMED_OUT"
        assert machines.kinds(execution)[-1] == "ExecutionTimedOut"
        assert "SucceedStateEntered" not in machines.kinds(execution)


class TestStop:
    def test_a_stopped_execution_remains_aborted(self, machines: Machines, function: MakeFunction) -> None:
        arn = function("export const handler = () => new Promise((_, no) => setTimeout(() => no(new Error()), 1500))")
        execution = machines.start(jsonata(Work=invoke(arn, Next="After"), After={"Type": "Succeed"}))
        machines.wait_for_event(execution, "TaskStarted")
        machines.client.stop_execution(executionArn=execution, error="Mine", cause="enough")
        kinds = machines.kinds(execution)
        assert kinds[-1] == "ExecutionAborted"
        machines.run(jsonata(Later={"Type": "Wait", "Seconds": 200, "End": True}))
        ended = machines.end(execution)
        assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Mine", "enough")
        assert machines.kinds(execution) == kinds


class TestPermissions:
    def test_an_invocation_needs_a_permission(self, machines: Machines, function: MakeFunction, client: Client) -> None:
        arn = function("export const handler = async () => 1")
        machines.role = make_role(client, "states.amazonaws.com", [])
        ended = machines.run(jsonata(Work=invoke(arn)))
        assert ended["error"] == "Lambda.AWSLambdaException"
        assert f"is not authorized to perform: lambda:InvokeFunction on resource: {arn}" in ended["cause"]
        assert "Error Code: AccessDeniedException" in ended["cause"]

    def test_sdk_calls_obey_conditions(self, machines: Machines, bucket: str, client: Client) -> None:
        listed = allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"StringLike": {"s3:prefix": "mine/*"}})
        machines.role = make_role(client, "states.amazonaws.com", [listed])

        def listing(prefix: str) -> dict[str, Any]:
            return machines.run(jsonata(Work=task("aws-sdk:s3:listObjectsV2", {"Bucket": bucket, "Prefix": prefix})))

        assert listing("mine/x")["status"] == "SUCCEEDED"
        assert listing("other/x")["error"] == "S3.S3Exception"


class TestSdkIntegrations:
    def run(self, machines: Machines, action: str, **arguments: Any) -> dict[str, Any]:
        return machines.run(jsonata(Work=task(f"aws-sdk:{action}", arguments)))

    def test_a_list_contains_numbers_and_times(self, machines: Machines, client: Client, bucket: str) -> None:
        assert self.run(machines, "s3:listObjectsV2", Bucket=bucket)["output"]["KeyCount"] == 0
        client("s3").put_object(Bucket=bucket, Key="a", Body=b"123")
        listed = self.run(machines, "s3:listObjectsV2", Bucket=bucket, MaxKeys=1)["output"]
        assert (listed["KeyCount"], listed["Contents"][0]["Size"]) == (1, 3)
        assert listed["Contents"][0]["LastModified"].endswith("Z")

    @pytest.mark.parametrize(("microsecond", "text"), [(0, "06Z"), (60_000, "06.060Z"), (734_567, "06.734Z")])
    def test_times_have_the_format_of_java(self, microsecond: int, text: str) -> None:
        moment = datetime(2026, 3, 4, 5, 6, 6, microsecond, tzinfo=timezone.utc)
        assert sdk.instant(moment) == f"2026-03-04T05:06:{text}"

    def test_errors_have_the_names_of_the_sdk_for_java(self, machines: Machines, bucket: str) -> None:
        missing = {"Bucket": bucket, "Key": "none"}
        assert self.run(machines, "s3:headObject", **missing)["error"] == "S3.NoSuchKeyException"
        assert self.run(machines, "s3:getObject", **missing)["error"] == "S3.NoSuchKeyException"
        assert self.run(machines, "s3:listObjectsV2", Bucket="no-such-bucket")["error"] == "S3.NoSuchBucketException"
        none = "arn:aws:states:us-east-1:000000000000:stateMachine:none"
        failed = self.run(machines, "sfn:describeStateMachine", StateMachineArn=none)
        assert failed["error"] == "Sfn.StateMachineDoesNotExistException"


class TestHistoryAndLogs:
    def test_the_history_contains_the_call_and_its_parameters(self, machines: Machines, bucket: str) -> None:
        work = task("aws-sdk:s3:listObjectsV2", {"Bucket": bucket}, TimeoutSeconds=60)
        execution = machines.start(jsonata(Work=work))
        machines.end(execution)
        history = machines.history(execution)
        assert [event["type"] for event in history] == [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSucceeded",
            "TaskStateExited",
            "ExecutionSucceeded",
        ]
        assert [event["previousEventId"] for event in history] == [0, 0, 2, 3, 4, 5, 6]
        scheduled = history[2]["taskScheduledEventDetails"]
        assert (scheduled["resourceType"], scheduled["resource"]) == ("aws-sdk:s3", "listObjectsV2")
        assert (scheduled["region"], scheduled["timeoutInSeconds"]) == ("us-east-1", 60)
        assert json.loads(scheduled["parameters"]) == {"Bucket": bucket}

    def test_the_same_name_and_input_start_one_execution(self, machines: Machines) -> None:
        machine = machines.create(jsonata(Long={"Type": "Wait", "Seconds": 999_999, "End": True}))
        first = machines.client.start_execution(stateMachineArn=machine, name="once", input='{"a": 1}')
        again = machines.client.start_execution(stateMachineArn=machine, name="once", input='{"a": 1}')
        assert first["executionArn"] == again["executionArn"]
        with pytest.raises(machines.client.exceptions.ExecutionAlreadyExists):
            machines.client.start_execution(stateMachineArn=machine, name="once", input='{"a": 2}')
        machines.client.stop_execution(executionArn=first["executionArn"])

    @pytest.mark.parametrize("given", ["{not json", "NaN", '{"a": Infinity}'])
    def test_an_input_that_is_not_json_is_rejected(self, machines: Machines, given: str) -> None:
        machine = machines.create(jsonata(S={"Type": "Succeed"}))
        with pytest.raises(machines.client.exceptions.InvalidExecutionInput):
            machines.client.start_execution(stateMachineArn=machine, input=given)

    @pytest.mark.parametrize(("level", "expected"), [("ALL", 4), ("ERROR", 1), ("OFF", 0)])
    def test_the_level_selects_the_logged_events(
        self, machines: Machines, client: Client, level: str, expected: int
    ) -> None:
        logs, group = client("logs"), unique("/aws/vendedlogs/states/group")
        logs.create_log_group(logGroupName=group)
        arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}:*"
        configuration = {
            "level": level,
            "includeExecutionData": False,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}] if level != "OFF" else [],
        }
        definition = jsonata(First={"Type": "Pass", "Next": "Stop"}, Stop={"Type": "Fail", "Error": "E", "Cause": "c"})
        machines.run(definition, {"secret": 1}, loggingConfiguration=configuration)
        lines = [json.loads(line["message"]) for line in logs.filter_log_events(logGroupName=group)["events"]]
        assert len(lines) == expected
        assert all("secret" not in json.dumps(line) for line in lines)
        if lines:
            assert lines[-1]["type"] == "ExecutionFailed"
            assert lines[-1]["details"] == {"error": "E", "cause": "c"}
