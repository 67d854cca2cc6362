"""CloudWatch: when alarms change their state, what they publish, and which metrics services produce."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixture_types import Client, Make, Unique
from machines import Machines, create_function, jsonata, task
from policies import allow, document
from queues import Queue, from_service
from running_emulator import RunningEmulator
from statistics_of import statistic
from waiting import eventually

PERIOD = 120  # 1.2 s here


class Alarms:
    """Alarms on metrics of one namespace of their own."""

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

    def seen_in(self, name: str) -> set[str]:
        """Every state the alarm has ever been in, but the first."""
        entries = self.client.describe_alarm_history(AlarmName=name, HistoryItemType="StateUpdate")
        found = [json.loads(entry["HistoryData"])["newState"]["stateValue"] for entry in entries["AlarmHistoryItems"]]
        return set(found)


@pytest.fixture
def alarms(client: Client, unique: Unique) -> Alarms:
    return Alarms(client("cloudwatch"), unique("Test/Namespace"))


def test_an_alarm_fires_on_its_own_dimensions_only(alarms: Alarms) -> None:
    quiet = {"TreatMissingData": "notBreaching"}
    mine = alarms.create("mine", Dimensions=[{"Name": "d", "Value": "a"}], **quiet)
    other = alarms.create("other", Dimensions=[{"Name": "d", "Value": "b"}], **quiet)
    none = alarms.create("none", **quiet)
    eventually(lambda: [alarms.state(name) for name in (mine, other, none)] == ["OK"] * 3)
    alarms.put("Errors", 1, d="a")
    eventually(lambda: "ALARM" in alarms.seen_in(mine))
    assert alarms.seen_in(other) | alarms.seen_in(none) == {"OK", "INSUFFICIENT_DATA"}
    alarms.becomes(mine, "OK")


@pytest.mark.parametrize(("treatment", "state"), [("notBreaching", "OK"), ("missing", "INSUFFICIENT_DATA")])
def test_missing_data_count_as_the_alarm_says(alarms: Alarms, treatment: str, state: str) -> None:
    name = alarms.create(f"treats-{treatment}", TreatMissingData=treatment)
    if treatment == "missing":
        alarms.put("Errors", 0)
        eventually(lambda: "OK" in alarms.seen_in(name))
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
"""Members with values that no alarm of the stacks has."""


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
def test_a_bad_alarm_is_refused(alarms: Alarms, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        alarms.create("refused", **options)
    assert alarms.client.describe_alarms(AlarmNames=["refused"])["MetricAlarms"] == []


def test_a_composite_alarm_is_refused(alarms: Alarms) -> None:
    with pytest.raises(ClientError, match="The local AWS does not support composite alarms"):
        alarms.client.put_composite_alarm(AlarmName="parent", AlarmRule='ALARM("child")')


class Topic:
    """A topic whose messages arrive in a queue."""

    def __init__(self, client: Client, unique: Unique, **attributes: str) -> None:
        self.sns = client("sns")
        name = unique("queue")
        self.arn: str = self.sns.create_topic(Name=unique("topic"), Attributes=attributes)["TopicArn"]
        self.queue = Queue(client("sqs"), name, from_service("sns.amazonaws.com", name, self.arn))
        self.sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=self.queue.arn)

    def allow(self, service: str) -> None:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish"}
        policy = document({**statement, "Resource": self.arn})
        self.sns.set_topic_attributes(TopicArn=self.arn, AttributeName="Policy", AttributeValue=policy)

    def next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(json.loads(self.queue.next()["Body"])["Message"])
        return message


def test_an_alarm_is_published(alarms: Alarms, client: Client, unique: Unique) -> None:
    topic = Topic(client, unique)
    name = alarms.create("published", AlarmActions=[topic.arn], TreatMissingData="notBreaching")
    alarms.becomes(name, "OK")
    alarms.put("Errors", 1)
    message = topic.next()
    assert (message["AlarmName"], message["OldStateValue"], message["NewStateValue"]) == (name, "OK", "ALARM")
    alarms.becomes(name, "OK")


def test_missing_data_are_reported_after_the_first_data_and_not_before(
    alarms: Alarms, client: Client, unique: Unique
) -> None:
    topic = Topic(client, unique)
    actions = {"AlarmActions": [topic.arn], "InsufficientDataActions": [topic.arn], "TreatMissingData": "missing"}
    name = alarms.create("silence", **actions, ComparisonOperator="LessThanThreshold", Threshold=1)
    marker = alarms.create("evaluated-meanwhile", TreatMissingData="notBreaching", MetricName="Never")
    alarms.becomes(marker, "OK")
    assert (alarms.state(name), topic.queue.received()) == ("INSUFFICIENT_DATA", [])
    alarms.put("Errors", 1)
    message = topic.next()
    assert (message["OldStateValue"], message["NewStateValue"]) == ("OK", "INSUFFICIENT_DATA")


@pytest.mark.parametrize("reason", ["policy", "key"])
def test_a_topic_that_does_not_let_cloudwatch_publish_gets_nothing(
    alarms: Alarms, emulator: RunningEmulator, client: Client, unique: Unique, reason: str
) -> None:
    encrypted = {"KmsMasterKeyId": "alias/aws/sns"} if reason == "key" else {}
    closed, marker = Topic(client, unique, **encrypted), Topic(client, unique)
    closed.allow("cloudwatch.amazonaws.com" if reason == "key" else "events.amazonaws.com")
    marker.allow("cloudwatch.amazonaws.com")
    alarms.create(f"closed-{reason}", AlarmActions=[closed.arn, marker.arn])
    alarms.put("Errors", 1)
    assert marker.next()["NewStateValue"] == "ALARM"
    assert closed.queue.received() == []
    assert f"alarm closed-{reason} could not execute {closed.arn}" in emulator.log()


def test_the_depth_of_a_queue_is_a_metric(alarms: Alarms, client: Client, unique: Unique) -> None:
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


def total(client: Any, namespace: str, metric: str, **dimensions: str) -> float:
    return statistic(client, namespace, metric, **dimensions) or 0


def test_executions_are_counted(machines: Machines, client: Client) -> None:
    good = machines.create(jsonata(Stop={"Type": "Succeed"}))
    bad = machines.create(jsonata(Stop={"Type": "Fail", "Error": "E"}))
    slow = machines.create({**jsonata(Stop={"Type": "Wait", "Seconds": 6000, "End": True}), "TimeoutSeconds": 1})
    stopped = machines.create(jsonata(Stop={"Type": "Wait", "Seconds": 6000, "End": True}))
    running = [
        machines.client.start_execution(stateMachineArn=arn)["executionArn"] for arn in (good, bad, slow, stopped)
    ]
    machines.client.stop_execution(executionArn=running[-1])
    for execution in running:
        machines.end(execution)
    cloudwatch = client("cloudwatch")
    for arn, metric in (
        (good, "ExecutionsSucceeded"),
        (bad, "ExecutionsFailed"),
        (slow, "ExecutionsTimedOut"),
        (stopped, "ExecutionsAborted"),
    ):
        eventually(lambda a=arn, m=metric: total(cloudwatch, "AWS/States", m, StateMachineArn=a) == 1, metric)  # type: ignore[misc]
        assert total(cloudwatch, "AWS/States", "ExecutionsStarted", StateMachineArn=arn) == 1
    assert total(cloudwatch, "AWS/States", "ExecutionsFailed", StateMachineArn=good) == 0


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


def test_invocations_and_embedded_metrics_are_counted_for_every_caller(
    machines: Machines, client: Client, unique: Unique, make_role: Make
) -> None:
    name, namespace, cloudwatch = unique("function"), unique("Embedded"), client("cloudwatch")
    logs = [allow("logs:*")]
    client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    arn = create_function(client("lambda"), name, make_role("lambda.amazonaws.com", logs), SOURCE)
    client("lambda").invoke(FunctionName=name, Payload=json.dumps({"namespace": namespace}))
    client("lambda").invoke(FunctionName=name, Payload='{"fail": true}')
    call = task("lambda:invoke", {"FunctionName": arn, "Payload": "{% $states.input %}"})
    machines.run(jsonata(Call=call), {"namespace": namespace})
    assert total(cloudwatch, "AWS/Lambda", "Invocations", FunctionName=name) == 3
    assert total(cloudwatch, "AWS/Lambda", "Errors", FunctionName=name) == 1
    assert total(cloudwatch, namespace, "Accepted", service="ingestion") == 6

    client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="Rate Exceeded"):
        client("lambda").invoke(FunctionName=name)
    assert total(cloudwatch, "AWS/Lambda", "Throttles", FunctionName=name) == 1
    assert total(cloudwatch, "AWS/Lambda", "Invocations", FunctionName=name) == 3
