"""CloudWatch: states and notifications of alarms, and metrics of services."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from account import Client, allow, document, make_role, unique
from botocore.exceptions import ClientError
from machines import Machines, create_function, jsonata, task
from queues import Queue
from running_emulator import RunningEmulator
from streams import Pipeline
from waiting import eventually

PERIOD = 120  # 1.2 s here


class Alarms:
    """Alarms on the metrics of a namespace."""

    def __init__(self, client: Any, namespace: str) -> None:
        self.client = client
        self.namespace = namespace

    def create(self, name: str, **options: Any) -> str:
        members = {
            "AlarmName": name,
            "Namespace": self.namespace,
            "MetricName": "Errors",
            "Statistic": "Sum",
            "Period": PERIOD,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            **options,
        }
        self.client.put_metric_alarm(**{member: given for member, given in members.items() if given is not None})
        return name

    def put(self, metric: str, value: float, **dimensions: str) -> None:
        named = [{"Name": name, "Value": given} for name, given in dimensions.items()]
        data = [{"MetricName": metric, "Value": value, "Dimensions": named}]
        self.client.put_metric_data(Namespace=self.namespace, MetricData=data)

    def state(self, name: str) -> str:
        return str(self.client.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"])

    def becomes(self, name: str, state: str) -> None:
        eventually(lambda: self.state(name) == state, f"{state} of {name}")

    def past_states(self, name: str) -> set[str]:
        """The alarm's current and past states, except the initial one."""
        entries = self.client.describe_alarm_history(AlarmName=name, HistoryItemType="StateUpdate")
        found = [json.loads(entry["HistoryData"])["newState"]["stateValue"] for entry in entries["AlarmHistoryItems"]]
        return set(found)


@pytest.fixture
def alarms(client: Client) -> Alarms:
    return Alarms(client("cloudwatch"), unique("Test/Namespace"))


def test_an_alarm_uses_data_with_its_dimensions_only(alarms: Alarms) -> None:
    quiet = {"TreatMissingData": "notBreaching"}
    alarm = alarms.create("alarm", Dimensions=[{"Name": "d", "Value": "a"}], **quiet)
    other = alarms.create("other", Dimensions=[{"Name": "d", "Value": "b"}], **quiet)
    none = alarms.create("none", **quiet)
    eventually(lambda: [alarms.state(name) for name in (alarm, other, none)] == ["OK"] * 3)
    alarms.put("Errors", 1, d="a")
    eventually(lambda: "ALARM" in alarms.past_states(alarm))
    assert alarms.past_states(other) | alarms.past_states(none) == {"OK", "INSUFFICIENT_DATA"}
    alarms.becomes(alarm, "OK")


@pytest.mark.parametrize(("treatment", "state"), [("notBreaching", "OK"), ("missing", "INSUFFICIENT_DATA")])
def test_the_state_without_data_depends_on_treat_missing_data(alarms: Alarms, treatment: str, state: str) -> None:
    name = alarms.create(f"treats-{treatment}", TreatMissingData=treatment)
    if treatment == "missing":
        alarms.put("Errors", 0)
        eventually(lambda: "OK" in alarms.past_states(name))
    alarms.becomes(name, state)


UNUSED: dict[str, Any] = {
    "ComparisonOperator": "LessThanOrEqualToThreshold",
    "TreatMissingData": "ignore",
    "DatapointsToAlarm": 1,
    "OKActions": ["arn:aws:sns:us-east-1:000000000000:topic"],
    "ActionsEnabled": False,
    "ExtendedStatistic": "p99",
    "ThresholdMetricId": "band",
}
"""Unsupported members or values."""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"Statistic": "Total"}, "enum value set"),
        *(({member: value}, rf"does not support {member}( \S+)? of an alarm") for member, value in UNUSED.items()),
        ({"Period": 45}, "45 is not 10, 20, 30 or a multiple of 60"),
        ({"Statistic": None}, "An alarm needs Statistic"),
        (
            {"Metrics": [{"Id": "m", "Expression": "1"}], "Unit": "Count"},
            "does not support Metrics of an alarm, Unit of an alarm",
        ),
    ],
)
def test_an_invalid_alarm_is_rejected(alarms: Alarms, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        alarms.create("refused", **options)
    assert alarms.client.describe_alarms(AlarmNames=["refused"])["MetricAlarms"] == []


def test_a_composite_alarm_is_rejected(alarms: Alarms) -> None:
    with pytest.raises(ClientError, match="The local AWS does not support composite alarms"):
        alarms.client.put_composite_alarm(AlarmName="parent", AlarmRule='ALARM("child")')


class Topic:
    """A topic and a queue that receives its messages."""

    def __init__(self, client: Client, **attributes: str) -> None:
        self.sns = client("sns")
        self.arn: str = self.sns.create_topic(Name=unique("topic"), Attributes=attributes)["TopicArn"]
        self.queue = Queue(client("sqs"), "sns.amazonaws.com", self.arn)
        self.sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=self.queue.arn)

    def allow(self, service: str) -> None:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish"}
        policy = document({**statement, "Resource": self.arn})
        self.sns.set_topic_attributes(TopicArn=self.arn, AttributeName="Policy", AttributeValue=policy)

    def next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.queue.event()["Message"])
        return message


def test_an_alarm_is_published(alarms: Alarms, client: Client) -> None:
    topic = Topic(client)
    name = alarms.create("published", AlarmActions=[topic.arn], TreatMissingData="notBreaching")
    alarms.becomes(name, "OK")
    alarms.put("Errors", 1)
    message = topic.next()
    assert (message["AlarmName"], message["OldStateValue"], message["NewStateValue"]) == (name, "OK", "ALARM")
    alarms.becomes(name, "OK")


def test_missing_data_are_reported_only_after_the_first_data(alarms: Alarms, client: Client) -> None:
    topic = Topic(client)
    actions = {"AlarmActions": [topic.arn], "InsufficientDataActions": [topic.arn], "TreatMissingData": "missing"}
    name = alarms.create("silence", **actions, ComparisonOperator="LessThanThreshold", Threshold=1)
    marker = alarms.create("evaluated-meanwhile", TreatMissingData="notBreaching", MetricName="Never")
    alarms.becomes(marker, "OK")
    assert (alarms.state(name), topic.queue.received()) == ("INSUFFICIENT_DATA", [])
    alarms.put("Errors", 1)
    message = topic.next()
    assert (message["OldStateValue"], message["NewStateValue"]) == ("OK", "INSUFFICIENT_DATA")


@pytest.mark.parametrize("reason", ["policy", "key"])
def test_a_topic_can_deny_cloudwatch(alarms: Alarms, emulator: RunningEmulator, client: Client, reason: str) -> None:
    encrypted = {"KmsMasterKeyId": "alias/aws/sns"} if reason == "key" else {}
    closed, marker = Topic(client, **encrypted), Topic(client)
    closed.allow("cloudwatch.amazonaws.com" if reason == "key" else "events.amazonaws.com")
    marker.allow("cloudwatch.amazonaws.com")
    alarms.create(f"closed-{reason}", AlarmActions=[closed.arn, marker.arn])
    alarms.put("Errors", 1)
    assert marker.next()["NewStateValue"] == "ALARM"
    assert closed.queue.received() == []
    assert f"alarm closed-{reason} could not execute {closed.arn}" in emulator.log()


def test_the_depth_of_a_queue_is_a_metric(alarms: Alarms, client: Client) -> None:
    queue, name = unique("queue"), unique("depth")
    url = client("sqs").create_queue(QueueName=queue)["QueueUrl"]
    dimensions = [{"Name": "QueueName", "Value": queue}]
    metric = {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible", "Statistic": "Maximum"}
    alarms.create(name, **metric, Dimensions=dimensions)
    alarms.becomes(name, "OK")
    client("sqs").send_message(QueueUrl=url, MessageBody="dead letter")
    alarms.becomes(name, "ALARM")
    client("sqs").purge_queue(QueueUrl=url)
    alarms.becomes(name, "OK")


def statistic(cloudwatch: Any, namespace: str, metric: str, kind: str = "Sum", **dimensions: str) -> float:
    """The statistic of the metric since an hour ago; 0 without data."""
    now = datetime.now(timezone.utc)
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=[kind],
    )["Datapoints"]
    values = [point[kind] for point in found]
    return float(sum(values) if kind == "Sum" else max(values, default=0))


def test_executions_are_counted(machines: Machines, client: Client) -> None:
    good = machines.create(jsonata(Stop={"Type": "Succeed"}))
    bad = machines.create(jsonata(Stop={"Type": "Fail", "Error": "E"}))
    slow = machines.create({**jsonata(Stop={"Type": "Wait", "Seconds": 6000, "End": True}), "TimeoutSeconds": 1})
    stopped = machines.create(jsonata(Stop={"Type": "Wait", "Seconds": 6000, "End": True}))
    arns = (good, bad, slow, stopped)
    running = [machines.client.start_execution(stateMachineArn=arn)["executionArn"] for arn in arns]
    machines.client.stop_execution(executionArn=running[-1])
    for execution in running:
        machines.end(execution)

    def counted(kind: str, arn: str) -> float:
        return statistic(client("cloudwatch"), "AWS/States", f"Executions{kind}", StateMachineArn=arn)

    for arn, kind in zip(arns, ("Succeeded", "Failed", "TimedOut", "Aborted"), strict=True):
        eventually(partial(counted, kind, arn), kind)
        assert (counted(kind, arn), counted("Started", arn)) == (1, 1)
    assert counted("Failed", good) == 0


SOURCE = """
export const handler = async (event) => {
  if (event.fail) throw new Error('no');
  process.stdout.write(`${JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: event.namespace, Dimensions: [['service']],
      Metrics: [{ Name: 'Accepted', Unit: 'Count' }] }] },
    service: 'ingestion', Accepted: 3,
  })}\\n`);
};
"""


def test_invocations_of_all_callers_and_embedded_metrics_are_counted(machines: Machines, client: Client) -> None:
    name, namespace = unique("function"), unique("Embedded")
    counted = partial(statistic, client("cloudwatch"), "AWS/Lambda", FunctionName=name)
    logs = [allow("logs:*")]
    client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    arn = create_function(client("lambda"), name, make_role(client, "lambda.amazonaws.com", logs), SOURCE)
    client("lambda").invoke(FunctionName=name, Payload=json.dumps({"namespace": namespace}))
    client("lambda").invoke(FunctionName=name, Payload='{"fail": true}')
    call = task("lambda:invoke", {"FunctionName": arn, "Payload": "{% $states.input %}"})
    machines.run(jsonata(Call=call), {"namespace": namespace})
    assert (counted("Invocations"), counted("Errors")) == (3, 1)
    assert statistic(client("cloudwatch"), namespace, "Accepted", service="ingestion") == 6

    client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="Rate Exceeded"):
        client("lambda").invoke(FunctionName=name)
    assert (counted("Throttles"), counted("Invocations")) == (1, 3)


@pytest.fixture
def of_stream(client: Client, pipeline: Pipeline) -> Callable[..., float]:
    return partial(statistic, client("cloudwatch"), "AWS/Firehose", DeliveryStreamName=pipeline.name)


def test_records_of_a_stream_are_counted(pipeline: Pipeline, of_stream: Callable[..., float]) -> None:
    pipeline.create(pipeline.configuration())
    pipeline.put('{"id": "1"}', '{"id": "2"}', "no json")
    pipeline.firehose.put_record(DeliveryStreamName=pipeline.name, Record={"Data": b'{"id": "3"}'})
    assert of_stream("IncomingRecords") == 4
    eventually(lambda: of_stream("DeliveryToS3.Records") == 4, "the delivery")
    assert (of_stream("SucceedConversion.Records"), of_stream("FailedConversion.Records")) == (3, 1)


def test_the_age_of_records_increases(pipeline: Pipeline, client: Client, of_stream: Callable[..., float]) -> None:
    pipeline.create(pipeline.plain(Prefix="raw/"))
    client("iam").delete_role_policy(RoleName=pipeline.role.rsplit("/", 1)[-1], PolicyName="inline")
    pipeline.put("kept")
    # The buffering interval is 60 s; the age increases with each attempt.
    eventually(lambda: of_stream("DeliveryToS3.DataFreshness", "Maximum") > 90, "the record's age")
    assert of_stream("DeliveryToS3.Records") == 0
