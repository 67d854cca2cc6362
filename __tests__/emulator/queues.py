"""SQS queues that receive messages for the contract tests."""

import json
from typing import Any

from account import ACCOUNT, allow, document, unique
from waiting import eventually


class Queue:
    """A queue; with `service`, its policy allows the service to send messages for the source ARN `source`."""

    def __init__(self, client: Any, service: str = "", source: str = "", name: str = "") -> None:
        self.client = client
        name = name or unique("queue")
        self.arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
        allowed = allow("sqs:SendMessage", self.arn, {"ArnEquals": {"aws:SourceArn": source}})
        policy = {"Policy": document({**allowed, "Principal": {"Service": service}})} if service else {}
        self.url: str = client.create_queue(QueueName=name, Attributes=policy)["QueueUrl"]

    def received(self, most: int = 10) -> list[dict[str, Any]]:
        """Receive and delete the current messages."""
        answer = self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=most, MessageAttributeNames=["All"])
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        for message in messages:
            self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def next(self) -> dict[str, Any]:
        """Wait for the next message; returns it with a mapping of its attributes in "attributes"."""
        message = eventually(lambda: self.received(1), f"a message in {self.url}")[0]
        named = message.get("MessageAttributes", {})
        return {**message, "attributes": {name: value["StringValue"] for name, value in named.items()}}

    def event(self) -> dict[str, Any]:
        """Wait for the next message; returns its parsed body."""
        body: dict[str, Any] = json.loads(self.next()["Body"])
        return body
