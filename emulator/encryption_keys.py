"""The customer managed key of the data that a request reads or writes.

MiniStack stores the keys of buckets, objects, topics and queues.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ministack.core.responses import get_account_id, get_region
from ministack.services import kms, s3, sns, sqs

KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
READ, WRITE, EXCHANGE = ("kms:Decrypt",), ("kms:GenerateDataKey",), ("kms:Decrypt", "kms:GenerateDataKey")
AWS_MANAGED = "alias/aws/"
"""AWS managed keys can be used by every caller of the account, and not by other services."""


@dataclass(frozen=True)
class Use:
    """The use of a key by an action: the key, the actions of KMS, and the encryption context's condition keys."""

    key: str
    actions: tuple[str, ...]
    context: dict[str, str]


def use_of(action: str, resource: str) -> Use | None:
    """The key that an action on a resource uses; None when the resource has no key."""
    if action not in _USES or not resource.startswith("arn:"):
        return None
    find, actions, name = _USES[action]
    key = find(resource)
    return Use(key, actions, {f"kms:EncryptionContext:{name}": resource.partition("/")[0]}) if key else None


def _bucket_key(resource: str) -> str | None:
    found: str | None = s3._bucket_default_sse_headers(resource.split(":::")[-1].split("/")[0]).get(KEY_HEADER)
    return found


def _object_key(resource: str) -> str | None:
    bucket, _, key = resource.split(":::")[-1].partition("/")
    stored = s3._buckets.get(bucket, {}).get("objects", {}).get(key)
    found: str | None = s3._stored_sse_headers(stored).get(KEY_HEADER) if stored else None
    return found


def _topic_key(resource: str) -> str | None:
    topic = sns._topic_by_arn_any_scope(resource)
    return topic["attributes"].get("KmsMasterKeyId") if topic else None


def _queue_key(resource: str) -> str | None:
    queue = sqs._queue_by_arn(resource)
    return queue["attributes"].get("KmsMasterKeyId") if queue else None


_USES: dict[str, tuple[Callable[[str], str | None], tuple[str, ...], str]] = {
    "s3:GetObject": (_object_key, READ, "aws:s3:arn"),
    "s3:PutObject": (_bucket_key, WRITE, "aws:s3:arn"),
    "sns:Publish": (_topic_key, EXCHANGE, "aws:sns:topicArn"),
    "sqs:SendMessage": (_queue_key, EXCHANGE, "aws:sqs:arn"),
    "sqs:ReceiveMessage": (_queue_key, READ, "aws:sqs:arn"),
}


def key_arn(key: str) -> str:
    found = kms._resolve_key(key)
    return str(found["Arn"]) if found else f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{key}"


def calls(action: str, resource: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The calls of KMS by a service on behalf of its caller, as (action, key, condition keys)."""
    use, service = use_of(action, resource), action.split(":")[0]
    if use is None or use.key.startswith(AWS_MANAGED):
        return
    for needed in use.actions:
        yield needed, key_arn(use.key), {**use.context, "kms:ViaService": f"{service}.{get_region()}.amazonaws.com"}
