"""SQS queues as places where the contract tests see what arrived."""

from typing import Any

from policies import document
from waiting import eventually


class Queue:
    """A queue whose policy has `statements`."""

    def __init__(self, client: Any, name: str, *statements: dict[str, Any]) -> None:
        self.client = client
        policy = document(*statements)
        attributes = {"Policy": policy} if statements else {}
        self.url: str = client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        answer = client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        self.arn: str = answer["Attributes"]["QueueArn"]

    def received(self, most: int = 10) -> list[dict[str, Any]]:
        """What is in the queue now; it is deleted from there."""
        answer = self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=most, MessageAttributeNames=["All"])
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        for message in messages:
            self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def next(self) -> dict[str, Any]:
        """The next message, with its attributes as a plain mapping under "attributes"."""
        message = eventually(lambda: self.received(1), f"a message in {self.url}")[0]
        named = message.get("MessageAttributes", {})
        return {**message, "attributes": {name: value["StringValue"] for name, value in named.items()}}


def from_service(service: str, queue_name: str, source_arn: str) -> dict[str, Any]:
    """A statement that lets `service` send to the queue for `source_arn` only."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": f"arn:aws:sqs:us-east-1:000000000000:{queue_name}",
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }
