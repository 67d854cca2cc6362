"""State machines and Lambda functions for the contract tests."""

import io
import json
import subprocess
import zipfile
from collections.abc import Mapping
from typing import Any

from account import unique
from running_emulator import REPOSITORY
from waiting import eventually, until_state

ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
ENDINGS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")


class Machines:
    """Creates and runs state machines with `role`."""

    def __init__(self, client: Any, role: str) -> None:
        self.client = client
        self.role = role

    def create(self, definition: dict[str, Any], **options: Any) -> str:
        machine = {"name": unique("machine"), "definition": json.dumps(definition), "roleArn": self.role, **options}
        return str(self.client.create_state_machine(**machine)["stateMachineArn"])

    def start(self, definition: dict[str, Any], given: Any = None, **options: Any) -> str:
        machine = self.create(definition, **options)
        text = json.dumps({} if given is None else given)
        return str(self.client.start_execution(stateMachineArn=machine, input=text)["executionArn"])

    def run(self, definition: dict[str, Any], given: Any = None, **options: Any) -> dict[str, Any]:
        """DescribeExecution of the ended execution, with parsed output."""
        return self.end(self.start(definition, given, **options))

    def end(self, execution: str) -> dict[str, Any]:
        def describe() -> dict[str, Any]:
            seen: dict[str, Any] = self.client.describe_execution(executionArn=execution)
            return seen

        seen = until_state(describe, lambda seen: str(seen["status"]), ENDED)
        if "output" in seen:
            seen["output"] = json.loads(seen["output"])
        return seen

    def history(self, execution: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.client.get_execution_history(executionArn=execution)["events"]
        return events

    def kinds(self, execution: str) -> list[str]:
        return [event["type"] for event in self.history(execution)]

    def wait_for_event(self, execution: str, kind: str) -> None:
        """AssertionError when the execution ends without an event of this type."""

        def has_event() -> bool:
            kinds = self.kinds(execution)
            assert kind in kinds or kinds[-1] not in ENDINGS, kinds
            return kind in kinds

        eventually(has_event, kind)


def jsonata(**states: Any) -> dict[str, Any]:
    """A JSONata machine, which starts with its first state."""
    return {"QueryLanguage": "JSONata", **part(**states)}


def task(resource: str, arguments: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A Task with a resource such as "lambda:invoke", which ends the machine unless it has a Next."""
    given = {} if arguments is None else {"Arguments": arguments}
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", **given, **end, **fields}


def part(**states: Any) -> dict[str, Any]:
    """The processor of a Map, which starts with its first state."""
    return {"StartAt": next(iter(states)), "States": states}


def workflow_part(name: str, about: str) -> dict[str, Any]:
    """A part of a workflow as a state machine: see fixtures/workflow-part.ts."""
    program = REPOSITORY / "__tests__" / "emulator" / "fixtures" / "workflow-part.ts"
    command = [str(REPOSITORY / "node_modules" / ".bin" / "tsx"), str(program), name, about]
    printed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    definition: dict[str, Any] = json.loads(printed.stdout)
    return definition


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def create_function(client: Any, name: str, role: str, source: str, **options: Any) -> str:
    """The ARN of a new Node function with one ES module."""
    arn: str = client.create_function(
        **{
            "FunctionName": name,
            "Role": role,
            "Runtime": "nodejs22.x",
            "Handler": "index.handler",
            "Code": {"ZipFile": zipped({"index.mjs": source})},
            "Timeout": 10,
            **options,
        }
    )["FunctionArn"]
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.05})
    return arn
