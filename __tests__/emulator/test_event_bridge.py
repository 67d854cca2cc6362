"""EventBridge: delivery to targets, dead-letter queues and rejected requests."""

import json
from typing import Any

import pytest
from account import Client, allow, make_role, put_policy, rejected, set_trust, trusting, unique
from machines import Machines, create_function, jsonata
from queues import Queue
from waiting import eventually

EVENTS = "events.amazonaws.com"
RULES = "arn:aws:events:us-east-1:000000000000:rule/"
PATTERN, BAD_PATTERN = '{"source": ["s"]}', "InvalidEventPatternException"


class Bus:
    """Creates rules that match only events of `publish` with the rule's name."""

    def __init__(self, client: Client) -> None:
        self.client = client("events")
        self.sqs = client("sqs")

    def rule(self, *targets: dict[str, Any], pattern: dict[str, Any] | None = None) -> str:
        name = unique("rule")
        self.client.put_rule(Name=name, EventPattern=json.dumps(pattern or {"source": [name]}))
        self.add(name, *targets)
        return name

    def add(self, name: str, *targets: dict[str, Any]) -> None:
        if targets:
            numbered = [{"Id": f"target-{number}", **target} for number, target in enumerate(targets)]
            self.client.put_targets(Rule=name, Targets=numbered)

    def publish(self, name: str, detail: dict[str, Any] | None = None) -> None:
        entry = {"Source": name, "DetailType": "Test", "Detail": json.dumps(detail or {})}
        assert self.client.put_events(Entries=[entry])["FailedEntryCount"] == 0

    def queue_for(self, rule: str) -> Queue:
        return Queue(self.sqs, EVENTS, RULES + rule)


@pytest.fixture
def bus(client: Client) -> Bus:
    return Bus(client)


def test_a_queue_receives_the_event_with_a_time_in_whole_seconds(bus: Bus) -> None:
    rule = bus.rule()
    queue = bus.queue_for(rule)
    bus.add(rule, {"Arn": queue.arn})
    bus.publish(rule, {"n": 1})
    event = queue.event()
    assert (event["detail"], event["source"], event["detail-type"]) == ({"n": 1}, rule, "Test")
    assert len(event["time"]) == len("2026-11-21T00:00:00Z")


@pytest.mark.parametrize("statements", ["none", "other rule"])
def test_a_queue_without_a_policy_for_the_rule_receives_no_events(bus: Bus, statements: str) -> None:
    rule = bus.rule()
    allowed = bus.queue_for("other") if statements == "other rule" else Queue(bus.sqs)
    dead = bus.queue_for(rule)
    bus.add(rule, {"Arn": allowed.arn, "DeadLetterConfig": {"Arn": dead.arn}})
    bus.publish(rule, {"n": 2})
    letter = dead.next()
    assert json.loads(letter["Body"])["detail"] == {"n": 2}
    assert letter["attributes"].pop("ERROR_MESSAGE").startswith(f"User: {EVENTS} is not authorized to perform: sqs:")
    assert letter["attributes"] == {
        "ERROR_CODE": "NO_PERMISSIONS",
        "RETRY_ATTEMPTS": "0",
        "RULE_ARN": RULES + rule,
        "TARGET_ARN": allowed.arn,
    }
    assert allowed.received() == []


def test_a_function_is_invoked_only_with_its_permission_for_the_rule(bus: Bus, client: Client) -> None:
    source = "export const handler = async (event) => console.log(JSON.stringify(event.detail))"
    logs = [allow("logs:*")]
    name = unique("function")
    client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    arn = create_function(client("lambda"), name, make_role(client, "lambda.amazonaws.com", logs), source)
    rule = bus.rule()
    dead = bus.queue_for(rule)
    bus.add(rule, {"Arn": arn, "DeadLetterConfig": {"Arn": dead.arn}})
    bus.publish(rule, {"n": "denied"})
    assert dead.next()["attributes"]["ERROR_CODE"] == "NO_PERMISSIONS"

    client("lambda").add_permission(
        FunctionName=name, StatementId="r", Action="lambda:InvokeFunction", Principal=EVENTS, SourceArn=RULES + rule
    )
    bus.publish(rule, {"n": "allowed"})
    eventually(lambda: "allowed" in logged(client("logs"), name), "the invocation")
    assert "denied" not in logged(client("logs"), name)


def logged(client: Any, function: str) -> str:
    events = client.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    return "".join(event["message"] for event in events)


def test_an_execution_is_started_with_the_target_s_role(bus: Bus, client: Client, machines: Machines) -> None:
    machine = machines.create(jsonata(Stop={"Type": "Succeed"}))
    role = make_role(client, EVENTS)
    rule = bus.rule()
    dead = bus.queue_for(rule)
    bus.add(rule, {"Arn": machine, "RoleArn": role, "DeadLetterConfig": {"Arn": dead.arn}})
    bus.publish(rule, {"n": 4})
    letter = dead.next()["attributes"]
    assert letter["ERROR_CODE"] == "NO_PERMISSIONS"
    assert "states:StartExecution" in letter["ERROR_MESSAGE"]

    put_policy(client, role, "start", allow("states:StartExecution", machine))
    bus.publish(rule, {"n": 5})
    found = eventually(lambda: machines.client.list_executions(stateMachineArn=machine)["executions"], "an execution")
    event = machines.end(found[0]["executionArn"])["output"]
    assert (event["source"], event["detail"]) == (rule, {"n": 5})


def test_an_event_for_a_deleted_target_is_not_retried(bus: Bus, client: Client) -> None:
    role = make_role(client, EVENTS, [allow("*")])
    for target in (
        {"Arn": "arn:aws:states:us-east-1:000000000000:stateMachine:gone", "RoleArn": role},
        {"Arn": "arn:aws:sqs:us-east-1:000000000000:gone", "RoleArn": role},
        {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:gone"},
    ):
        rule = bus.rule()
        dead = bus.queue_for(rule)
        bus.add(rule, {**target, "DeadLetterConfig": {"Arn": dead.arn}})
        bus.publish(rule)
        letter = dead.next()["attributes"]
        assert (letter["ERROR_CODE"], letter["RETRY_ATTEMPTS"]) == ("NO_RESOURCE", "0"), letter
        assert "EXHAUSTED_RETRY_CONDITION" not in letter


def test_a_role_that_stops_trusting_eventbridge_is_not_used(bus: Bus, client: Client) -> None:
    role = make_role(client, EVENTS, [allow("sqs:SendMessage")])
    rule = bus.rule()
    queue, dead = Queue(bus.sqs), bus.queue_for(rule)
    bus.add(rule, {"Arn": queue.arn, "RoleArn": role, "DeadLetterConfig": {"Arn": dead.arn}})
    bus.publish(rule, {"n": 6})
    assert queue.event()["detail"] == {"n": 6}

    set_trust(client, role, trusting({"Service": "lambda.amazonaws.com"}))
    bus.publish(rule)
    assert dead.next()["attributes"]["ERROR_CODE"] == "FAILED_TO_ASSUME_ROLE"


def test_a_scheduled_rule_starts_after_the_shortened_interval(bus: Bus) -> None:
    name = unique("rule")
    queue = bus.queue_for(name)
    bus.client.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    bus.add(name, {"Arn": queue.arn})
    events = [queue.event() for _ in range(2)]
    bus.client.disable_rule(Name=name)
    assert {event["detail-type"] for event in events} == {"Scheduled Event"}
    assert events[0]["resources"] == [RULES + name]


QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:any"
MACHINE_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:any"
MISSING = ("ResourceNotFoundException", "missing does not exist")


@pytest.mark.parametrize(
    ("action", "given", "code", "message"),
    [
        ("put_rule", {}, "ValidationException", "EventPattern or ScheduleExpression must be specified"),
        ("put_rule", {"EventPattern": "{"}, BAD_PATTERN, "Event pattern is not valid"),
        ("put_rule", {"EventPattern": '{"source": [{"wildcard": "a*"}]}'}, BAD_PATTERN, "not support wildcard"),
        ("put_rule", {"EventPattern": '{"source": [{"anything-but": {"prefix": "a"}}]}'}, BAD_PATTERN, "-but with"),
        ("put_rule", {"EventPattern": PATTERN, "EventBusName": "b"}, "ValidationException", "EventBusName b"),
        ("put_rule", {"ScheduleExpression": "at(2030-01-01T00:00:00)"}, "ValidationException", "not valid"),
        ("put_rule", {"EventPattern": PATTERN, "Name": "a b"}, "ValidationException", "regular expression"),
        *((action, {}, *MISSING) for action in ("enable_rule", "disable_rule", "describe_rule")),
        ("list_targets_by_rule", {"Rule": "missing"}, *MISSING),
        ("remove_targets", {"Rule": "missing", "Ids": ["1"]}, *MISSING),
    ],
)
def test_an_invalid_request_is_rejected(bus: Bus, action: str, given: dict[str, Any], code: str, message: str) -> None:
    with rejected(code, message):
        getattr(bus.client, action)(**(given if "Rule" in given else {"Name": "missing", **given}))


def test_a_rule_with_targets_cannot_be_deleted(bus: Bus) -> None:
    rule = bus.rule({"Arn": QUEUE_ARN})
    with rejected("ValidationException", "has targets"):
        bus.client.delete_rule(Name=rule)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"Arn": "not-an-arn"}, "not in correct format"),
        ({"Arn": "arn:aws:ecs:us-east-1:000000000000:cluster/c"}, "The local AWS does not support the target .*ecs"),
        ({"Arn": QUEUE_ARN + ".fifo"}, "The local AWS does not support the target .*fifo"),
        ({"Arn": MACHINE_ARN}, "RoleArn is required"),
        ({"Arn": MACHINE_ARN, "RoleArn": "arn:aws:iam::000000000000:role/missing"}, "cannot be assumed by principal"),
        ({"Arn": QUEUE_ARN, "Input": "{}"}, "The local AWS does not support Input of target"),
        ({"Arn": QUEUE_ARN, "SqsParameters": {"MessageGroupId": "g"}}, "does not support SqsParameters of target"),
        ({"Arn": QUEUE_ARN, "DeadLetterConfig": {"Arn": QUEUE_ARN + ".fifo"}}, "standard SQS queue"),
        ({"Arn": QUEUE_ARN, "RetryPolicy": {"MaximumRetryAttempts": 186}}, "less than or equal to 185"),
    ],
)
def test_an_invalid_target_is_rejected(bus: Bus, target: dict[str, Any], message: str) -> None:
    rule = bus.rule()
    with rejected("ValidationException", message):
        bus.add(rule, target)
    assert bus.client.list_targets_by_rule(Rule=rule)["Targets"] == []


def test_a_sixth_target_is_rejected(bus: Bus) -> None:
    rule = bus.rule(*[{"Arn": QUEUE_ARN}] * 5)
    with pytest.raises(bus.client.exceptions.LimitExceededException):
        bus.client.put_targets(Rule=rule, Targets=[{"Id": "sixth", "Arn": QUEUE_ARN}])


def test_a_target_with_a_role_needs_pass_role(bus: Bus, client: Client, client_with: Client) -> None:
    target = {"Id": "1", "Arn": MACHINE_ARN, "RoleArn": make_role(client, EVENTS)}
    rule = bus.rule()
    with rejected("AccessDeniedException", "iam:PassRole"):
        client_with("events", allow("events:*")).put_targets(Rule=rule, Targets=[target])


def test_a_bucket_sends_events_only_after_they_are_enabled(bus: Bus, client: Client) -> None:
    s3, bucket = client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    rule = bus.rule(
        pattern={"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": [bucket]}}}
    )
    queue = bus.queue_for(rule)
    bus.add(rule, {"Arn": queue.arn})
    s3.put_object(Bucket=bucket, Key="silent", Body=b"")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    key = "raw/a b+ü.csv"
    s3.put_object(Bucket=bucket, Key=key, Body=b"abc")
    event = queue.event()
    detail = event["detail"]
    assert (detail["object"]["key"], detail["object"]["size"]) == (key, 3)
    assert (detail["reason"], event["resources"]) == ("PutObject", [f"arn:aws:s3:::{bucket}"])

    upload = s3.create_multipart_upload(Bucket=bucket, Key="large")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="large", UploadId=upload, PartNumber=1, Body=b"x")
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="large",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert queue.event()["detail"]["reason"] == "CompleteMultipartUpload"
