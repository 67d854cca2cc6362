"""Compares the local AWS with published responses of AWS; docs/emulator.md contains the results.

The facts are in fixtures/recorded/, with our values. They were recorded by LocalStack (Apache-2.0: event patterns,
schedules, the size of SNS messages; tests/aws/services, 2024-05 to 2025-01), floci (floci-io/floci: Firehose, 2026-09)
and AWS's tests of its SDK examples (the ARN of a topic). The subject of SNS messages is from the API reference; the
facts of SQS are common to tests of several clients and emulators. A fact is a mapping with its name in "fact", the
request, and AWS's response.
"""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from account import Client, make_role, unique
from botocore.exceptions import ClientError
from streams import Pipeline, objects, rows

Fact = dict[str, Any]
HERE = Path(__file__).parent
EVENT = {
    "id": "1",
    "account": "000000000000",
    "source": "test",
    "time": "2026-11-21T10:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail-type": "Test",
    "detail": {},
}


def facts(name: str, key: str = "fact") -> list[Fact]:
    """The facts of a file that have `key`."""
    found: list[Fact] = [*map(json.loads, (HERE / f"fixtures/recorded/{name}.jsonl").read_text().splitlines())]
    assert len({fact["fact"] for fact in found}) == len(found)
    return [fact for fact in found if key in fact]


def score(name: str, same: Callable[[Fact], bool]) -> None:
    """Check every fact of the file, and their number in the documentation."""
    recorded = facts(name)
    assert [fact["fact"] for fact in recorded if not same(fact)] == []
    documented = (HERE.parents[1] / "docs/emulator.md").read_text()
    assert re.search(rf"^\| `{name}` .*\| {len(recorded)} of {len(recorded)} ", documented, re.MULTILINE)


def error(call: Callable[..., Any], **arguments: Any) -> list[str] | None:
    """Code and message of the error, or None."""
    try:
        call(**arguments)
    except ClientError as raised:
        return [raised.response["Error"]["Code"], raised.response["Error"]["Message"]]
    return None


def rejection(call: Callable[..., Any], **arguments: Any) -> str | None:
    """The message of the error, or None."""
    raised = error(call, **arguments)
    return raised[1] if raised else None


def test_event_patterns_match_as_recorded(client: Client) -> None:
    events, name = client("events"), unique("rule")

    def same(fact: Fact) -> bool:
        pattern = json.dumps(fact["pattern"])
        if "refused" in fact:
            message = rejection(events.put_rule, Name=name, EventPattern=pattern)
            return bool(message == f"Event pattern is not valid. Reason: {fact['refused']}")
        event = json.dumps({**EVENT, **fact["event"]})
        return bool(events.test_event_pattern(EventPattern=pattern, Event=event)["Result"] == fact["matches"])

    score("event-patterns", same)


def test_rules_accept_the_same_schedules_as_on_aws(client: Client) -> None:
    events, name, bus = client("events"), unique("rule"), unique("bus")
    events.create_event_bus(Name=bus)

    def same(fact: Fact) -> bool:
        other = {"EventBusName": bus} if "bus" in fact else {}
        message = rejection(events.put_rule, Name=name, ScheduleExpression=fact["expression"], **other)
        return bool((message is not None) == fact["refused"])

    score("rule-schedules", same)


def test_schedules_reject_the_same_expressions_as_on_aws(client: Client) -> None:
    target = {"Arn": "arn:aws:sqs:us-east-1:000000000000:any", "RoleArn": make_role(client, "scheduler.amazonaws.com")}

    def same(fact: Fact) -> bool:
        message = rejection(
            client("scheduler").create_schedule,
            Name=unique("schedule"),
            ScheduleExpression=fact["expression"],
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=target,
        )
        return bool(message == fact["refused"])

    score("scheduler-expressions", same)


def test_sns_rejects_the_same_messages_as_on_aws(client: Client) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]

    def same(fact: Fact) -> bool:
        given = {"TopicArn": topic, "Message": "text", **fact["publish"]}
        given["Message"] *= given.pop("times", 1)
        return bool(error(sns.publish, **given) == fact["refused"])

    score("sns", same)


def test_sqs_rejects_the_same_requests_as_on_aws(client: Client) -> None:
    sqs = client("sqs")
    queue = {"QueueUrl": sqs.create_queue(QueueName=unique("queue"))["QueueUrl"]}

    def same(fact: Fact) -> bool:
        existing = {} if fact["call"] == "create_queue" else queue
        return bool(error(getattr(sqs, fact["call"]), **existing, **fact["with"]) == fact["refused"])

    score("sqs", same)


def merged(given: Any, change: Any) -> Any:
    """A JSON merge patch: null removes a member."""
    if not isinstance(change, dict) or not isinstance(given, dict):
        return change
    together = {**given, **{key: merged(given.get(key, {}), value) for key, value in change.items()}}
    return {key: value for key, value in together.items() if value is not None}


def test_firehose_converts_and_rejects_as_recorded(pipeline: Pipeline) -> None:
    given = {fact["fact"]: fact["record"] for fact in facts("firehose", "record")}
    texts = {
        name: item if isinstance(item, str) else json.dumps({**item, "fact": name}) for name, item in given.items()
    }
    pipeline.set_columns(id="string", fact="string")
    pipeline.create(pipeline.configuration())
    pipeline.put(*texts.values())
    names = {text: name for name, text in texts.items()}
    [(_, parquet)] = objects(pipeline.s3, pipeline.bucket, "clicks/")
    [(_, errors)] = objects(pipeline.s3, pipeline.bucket, "errors/")
    answers: dict[str, Any] = {row["fact"]: row["id"] for row in rows(parquet)}
    for document in map(json.loads, errors.splitlines()):
        name = names[base64.b64decode(document["rawData"]).decode()]
        answers[name] = [document["lastErrorCode"], document["lastErrorMessage"]]

    def same(fact: Fact) -> bool:
        if "change" in fact:
            configuration = merged(pipeline.configuration(), fact["change"])
            create = pipeline.firehose.create_delivery_stream
            name = unique("stream")
            message = rejection(create, DeliveryStreamName=name, ExtendedS3DestinationConfiguration=configuration)
            return bool(message == fact["refused"])
        answer = answers[fact["fact"]]
        if "row" in fact:
            return bool(answer == fact["row"])
        code, beginning = fact["error"]
        return bool(answer[0] == code and answer[1].startswith(beginning))

    score("firehose", same)
