"""Customer managed keys: access to encrypted data requires permissions on the key."""

from collections.abc import Callable
from typing import Any

import pytest
from account import ACCOUNT, Client, allow, document, rejected, unique
from queues import Queue
from waiting import eventually

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
IAM_DECIDES = {**allow("kms:*"), "Principal": ROOT}


def through(service: str, *actions: str) -> Callable[[str], dict[str, Any]]:
    """A statement that allows the use of a key through a service."""
    condition = {"StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}}
    return lambda key: allow([f"kms:{action}" for action in actions], key, condition)


def for_service(service: str, context: str, value: str, *actions: str) -> dict[str, Any]:
    """A statement of a key policy that allows a service to use the key with this encryption context."""
    condition = {"StringLike": {f"kms:EncryptionContext:{context}": value}}
    return {**allow([f"kms:{action}" for action in actions], "*", condition), "Principal": {"Service": service}}


def create_key(client: Client, *statements: dict[str, Any]) -> str:
    return str(client("kms").create_key(Policy=document(IAM_DECIDES, *statements))["KeyMetadata"]["Arn"])


def encrypted_bucket(client: Client, key: str) -> str:
    bucket = unique("bucket")
    client("s3").create_bucket(Bucket=bucket)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    client("s3").put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    )
    client("s3").put_object(Bucket=bucket, Key="a", Body=b"a")
    return bucket


READ: tuple[str, dict[str, Any]] = ("get_object", {"Key": "a"})
WRITE: tuple[str, dict[str, Any]] = ("put_object", {"Key": "b", "Body": b"b"})
COPY: tuple[str, dict[str, Any]] = ("copy_object", {"Key": "b"})


@pytest.mark.parametrize(
    ("call", "permission", "missing"),
    [
        (READ, through("s3", "Decrypt"), None),
        (READ, through("s3", "GenerateDataKey"), "kms:Decrypt"),
        (READ, through("sqs", "Decrypt"), "kms:Decrypt"),
        (WRITE, through("s3", "GenerateDataKey"), None),
        (WRITE, through("s3", "Decrypt"), "kms:GenerateDataKey"),
        (COPY, through("s3", "Decrypt", "GenerateDataKey"), None),
        (COPY, through("s3", "GenerateDataKey"), "kms:Decrypt"),
    ],
)
def test_access_to_an_encrypted_object_needs_permissions_on_its_key(
    client: Client,
    client_with: Client,
    call: tuple[str, dict[str, Any]],
    permission: Callable[[str], dict[str, Any]],
    missing: str | None,
) -> None:
    key = create_key(client)
    bucket = encrypted_bucket(client, key)
    operation, arguments = call
    source = {"CopySource": f"{bucket}/a"} if operation == "copy_object" else {}
    s3 = client_with("s3", allow("s3:*"), permission(key))
    with rejected(missing and "AccessDenied", f"not authorized to perform: {missing} on resource: {key}"):
        getattr(s3, operation)(Bucket=bucket, **arguments, **source)


def test_iam_permissions_on_a_key_need_a_key_policy_that_allows_them(client: Client, client_with: Client) -> None:
    key = create_key(client)
    bucket = encrypted_bucket(client, key)
    client("kms").put_key_policy(
        KeyId=key, PolicyName="default", Policy=document({**allow("kms:PutKeyPolicy"), "Principal": ROOT})
    )
    with rejected("AccessDenied", "kms:Decrypt"):
        client_with("s3", allow(["s3:*", "kms:*"])).get_object(Bucket=bucket, Key="a")


@pytest.mark.parametrize(
    ("service", "actions", "missing"),
    [
        ("sqs", ("Decrypt", "GenerateDataKey"), None),
        ("sqs", ("GenerateDataKey",), "kms:Decrypt"),
        ("sns", ("Decrypt", "GenerateDataKey"), None),
        ("sns", ("Decrypt",), "kms:GenerateDataKey"),
    ],
)
def test_a_message_to_an_encrypted_queue_or_topic_needs_permissions_on_its_key(
    client: Client, client_with: Client, service: str, actions: tuple[str, ...], missing: str | None
) -> None:
    key, name = create_key(client), unique(service)
    encrypted = {"KmsMasterKeyId": key}
    url = client("sqs").create_queue(QueueName=name, Attributes=encrypted)["QueueUrl"]
    topic = client("sns").create_topic(Name=name, Attributes=encrypted)["TopicArn"]
    sender = client_with(service, allow(["sqs:SendMessage", "sns:Publish"]), through(service, *actions)(key))
    with rejected(missing and r"\S+", str(missing)):
        if service == "sqs":
            sender.send_message(QueueUrl=url, MessageBody="m")
        else:
            sender.publish(TopicArn=topic, Message="m")


@pytest.mark.parametrize(
    ("statement", "arrives"),
    [
        (("events.amazonaws.com", "{queue}", "Decrypt", "GenerateDataKey"), True),
        (("events.amazonaws.com", "{queue}", "GenerateDataKey"), False),
        (("events.amazonaws.com", "arn:aws:sqs:us-east-1:000000000000:other", "Decrypt", "GenerateDataKey"), False),
        (("cloudwatch.amazonaws.com", "{queue}", "Decrypt", "GenerateDataKey"), False),
    ],
)
def test_the_key_of_a_queue_must_allow_the_event(client: Client, statement: tuple[str, ...], arrives: bool) -> None:
    service, value, *actions = statement
    name, rule = unique("queue"), unique("rule")
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
    key = create_key(client, for_service(service, "aws:sqs:arn", value.format(queue=arn), *actions))
    events, source = client("events"), unique("source")
    rule_arn = events.put_rule(Name=rule, EventPattern=f'{{"source": ["{source}"]}}')["RuleArn"]
    queue = Queue(client("sqs"), "events.amazonaws.com", rule_arn, name)
    client("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"KmsMasterKeyId": key})
    marker = Queue(client("sqs"), "events.amazonaws.com", rule_arn)
    targets = [{"Id": "encrypted", "Arn": queue.arn}, {"Id": "marker", "Arn": marker.arn}]
    events.put_targets(Rule=rule, Targets=targets)
    events.put_events(Entries=[{"Source": source, "DetailType": "t", "Detail": "{}"}])
    marker.next()
    if arrives:
        queue.next()
    else:
        assert queue.received() == []


def test_the_key_policy_of_a_log_group_must_allow_cloudwatch_logs(client: Client) -> None:
    logs, name = client("logs"), unique("group")
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{name}"
    actions = ("Decrypt", "Encrypt", "GenerateDataKey")
    right = create_key(client, for_service("logs.us-east-1.amazonaws.com", "aws:logs:arn", arn, *actions))
    other = create_key(client, for_service("logs.us-east-1.amazonaws.com", "aws:logs:arn", f"{arn}-other", *actions))
    for wrong in (other, create_key(client), right.replace("key/", "key/0")):
        with rejected("InvalidParameterException", "does not exist or is not allowed to be used"):
            logs.create_log_group(logGroupName=name, kmsKeyId=wrong)
    logs.create_log_group(logGroupName=name, kmsKeyId=right)

    def key_of_group() -> str | None:
        [group] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        found: str | None = group.get("kmsKeyId")
        return found

    with rejected("InvalidParameterException", "is not allowed to be used"):
        logs.associate_kms_key(logGroupName=name, kmsKeyId=other)
    assert key_of_group() == right
    logs.disassociate_kms_key(logGroupName=name)
    assert key_of_group() is None
    logs.associate_kms_key(logGroupName=name, kmsKeyId=right)
    assert eventually(key_of_group) == right


def test_responses_to_spark_do_not_contain_encryption_headers(client: Client) -> None:
    key = create_key(client)
    bucket = encrypted_bucket(client, key)
    assert client("s3").head_object(Bucket=bucket, Key="a")["SSEKMSKeyId"] == key
    spark = client("s3", user_agent="Hadoop 3.3.4, aws-sdk-java/1.12.797")
    assert "ServerSideEncryption" not in spark.head_object(Bucket=bucket, Key="a")
