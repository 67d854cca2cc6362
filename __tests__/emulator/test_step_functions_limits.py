"""Limits of executions: sizes, names, and the deletion of the state machine."""

import json
from typing import Any

import pytest
from account import Client, rejected
from botocore.exceptions import ClientError
from machines import Machines, jsonata, task
from queues import Queue
from waiting import TooLate, eventually, in_time

LIMIT = 262_144
END = {"Type": "Pass", "End": True}
LONG = {"Type": "Wait", "Seconds": 999_999, "End": True}
CATCH_ALL = [
    {"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"},
    {"ErrorEquals": ["States.ALL"], "Next": "Caught"},
]


class TestSizes:
    """256 KiB of JSON in UTF-8: Step Functions quotas."""

    @pytest.mark.parametrize(("letter", "most"), [("x", LIMIT - 2), ("ü", LIMIT // 2 - 1)])
    def test_an_input_has_at_most_256_kib(self, machines: Machines, letter: str, most: int) -> None:
        machine = machines.create(jsonata(S={"Type": "Pass", "Output": 1, "End": True}))
        fits = json.dumps(letter * most, ensure_ascii=False)
        started = machines.client.start_execution(stateMachineArn=machine, input=fits)["executionArn"]
        assert machines.end(started)["output"] == 1
        with pytest.raises(ClientError, match="'input' failed to satisfy constraint: Member must have length less"):
            machines.client.start_execution(stateMachineArn=machine, input=fits + " ")

    @pytest.mark.parametrize(
        "state",
        [
            {"Output": "{% $pad('', 262143, 'x') %}"},
            {"Output": {"a": "{% $pad('', 200000, 'x') %}", "b": "{% $pad('', 100000, 'x') %}"}},
            {"Assign": {"a": "{% $pad('', 200000, 'x') %}", "b": "{% $pad('', 100000, 'x') %}"}},
        ],
    )
    def test_a_larger_output_or_assign_fails_the_state(self, machines: Machines, state: dict[str, Any]) -> None:
        ended = machines.run(jsonata(Big={**END, **state}))
        assert (ended["status"], ended["error"]) == ("FAILED", "States.DataLimitExceeded")
        assert ended["cause"] == (
            "The state/task 'Big' returned a result with a size exceeding the maximum number of bytes service limit."
        )
        assert machines.run(jsonata(Big={**END, "Output": "{% $pad('', 262142, 'x') %}"}))["status"] == "SUCCEEDED"

    def test_a_larger_result_fails_the_task(self, machines: Machines, client: Client, bucket: str) -> None:
        client("s3").put_object(Bucket=bucket, Key="big", Body=b"x" * LIMIT)
        work = task("aws-sdk:s3:getObject", {"Bucket": bucket, "Key": "big"}, Output=1, Catch=CATCH_ALL)
        execution = machines.start(jsonata(Work=work, Caught=END))
        ended = machines.end(execution)
        assert (ended["status"], ended["error"]) == ("FAILED", "States.DataLimitExceeded")
        assert ended["cause"].startswith("The state/task 'aws-sdk:s3' returned a result with a size exceeding")
        assert machines.kinds(execution)[-2:] == ["TaskFailed", "ExecutionFailed"]

    def test_only_its_name_catches_the_error(self, machines: Machines) -> None:
        def run(*catch: dict[str, Any]) -> dict[str, Any]:
            work = task("aws-sdk:s3:listBuckets", {}, Output="{% $pad('', 262143, 'x') %}", Catch=list(catch))
            return machines.run(jsonata(Work=work, Caught={"Type": "Succeed", "Output": "caught"}))

        assert run(*CATCH_ALL)["error"] == "States.DataLimitExceeded"
        assert run({"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Caught"})["output"] == "caught"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("two words", "InvalidName"),
        *((f"a{character}b", "InvalidName") for character in '<>{}[]?*"#%\\^|~`$&,;:/\t\x7f'),
        ("n" * 81, "ValidationException"),
        ("n" * 80, None),
        ("Größe_1.2-3+(a)=@!'", None),
    ],
)
def test_the_name_of_an_execution_has_limits(machines: Machines, name: str, error: str | None) -> None:
    machine = machines.create(jsonata(S=END))
    with rejected(error):
        started = machines.client.start_execution(stateMachineArn=machine, name=name)
        assert started["executionArn"].endswith(f":{name}")


class TestDeletion:
    def test_a_machine_without_running_executions_is_deleted_immediately(self, machines: Machines) -> None:
        machine = machines.create(jsonata(S=END))
        execution = machines.client.start_execution(stateMachineArn=machine)["executionArn"]
        machines.end(execution)
        for _ in range(2):  # on AWS a missing machine is not an error
            machines.client.delete_state_machine(stateMachineArn=machine)
        with pytest.raises(machines.client.exceptions.StateMachineDoesNotExist):
            machines.client.start_execution(stateMachineArn=machine)
        with pytest.raises(machines.client.exceptions.ExecutionDoesNotExist):
            machines.client.describe_execution(executionArn=execution)

    def test_a_machine_is_deleting_until_its_executions_have_ended(self, machines: Machines) -> None:
        sfn, exceptions = machines.client, machines.client.exceptions
        machine = machines.create(jsonata(Long=LONG))
        execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
        sfn.delete_state_machine(stateMachineArn=machine)
        described = sfn.describe_state_machine(stateMachineArn=machine)
        assert described["status"] == "DELETING"
        again = {key: described[key] for key in ("name", "definition", "roleArn")}
        for call, arguments in (
            (sfn.start_execution, {"stateMachineArn": machine}),
            (sfn.update_state_machine, {"stateMachineArn": machine, "roleArn": machines.role}),
            (sfn.create_state_machine, again),
        ):
            with pytest.raises(exceptions.StateMachineDeleting):
                call(**arguments)
        assert sfn.describe_execution(executionArn=execution)["status"] == "RUNNING"
        sfn.stop_execution(executionArn=execution)
        with pytest.raises(exceptions.StateMachineDoesNotExist):
            sfn.describe_state_machine(stateMachineArn=machine)
        sfn.create_state_machine(**again)

    def test_an_execution_ends_at_its_next_transition(self, machines: Machines, client: Client) -> None:
        queue = Queue(client("sqs"))
        send = task("aws-sdk:sqs:sendMessage", {"QueueUrl": queue.url, "MessageBody": "ghost"})
        choice = {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.stay %}", "Next": "Long"}],
            "Default": "Soon",
        }

        def delete_while_it_waits(seconds: int) -> tuple[str, str]:
            wait = {"Type": "Wait", "Seconds": seconds * 100, "Next": "Send"}
            machine = machines.create(jsonata(Which=choice, Long=LONG, Soon=wait, Send=send))
            start = machines.client.start_execution
            staying = start(stateMachineArn=machine, input='{"stay": true}')["executionArn"]
            ending = start(stateMachineArn=machine, input='{"stay": false}')["executionArn"]
            machines.client.delete_state_machine(stateMachineArn=machine)
            if "TaskStateEntered" in machines.kinds(ending):
                machines.client.stop_execution(executionArn=staying)
                client("sqs").purge_queue(QueueUrl=queue.url)
                raise TooLate
            return staying, ending

        staying, ending = in_time(delete_while_it_waits)
        ended = machines.end(ending)
        name = ending.split(":")[-2]
        assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
        assert ended["cause"] == f"State machine {name} has been deleted."
        assert queue.received() == []
        machines.client.stop_execution(executionArn=staying)
        listed = machines.client.list_state_machines
        assert eventually(lambda: all(machine["name"] != name for machine in listed()["stateMachines"]))
