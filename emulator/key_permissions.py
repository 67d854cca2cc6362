"""Customer managed keys: access to encrypted data requires permissions on the key.

S3, SNS and SQS use a key with their caller's permissions (`kms:ViaService`), AWS services without a role with the
permissions in the key policy; both send the encryption context (`kms:EncryptionContext:…`). Here HEAD requires
kms:Decrypt, which it does not on AWS.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_region, json_response
from ministack.services import cloudwatch_logs, kms, s3, sqs

from emulator import encryption_keys, hooks, roles
from emulator.json_protocol import action_of
from emulator.models import Json


def _enforce(
    theirs: Callable[..., Any],
    access_key: str,
    action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: Any = None,
) -> Any:
    denied = theirs(access_key, action, service, region, resource_arn, service_context)
    if denied is not None:
        return denied
    for needed, key, context in encryption_keys.calls(action, resource_arn):
        if (rejected := theirs(access_key, needed, "kms", region, key, context)) is not None:
            return iam_evaluator.AuthError("AccessDenied", _rejection(rejected.principal_arn, needed, key))
    return None


def _rejection(caller: str, action: str, key: str) -> str:
    return f"User: {caller} is not authorized to perform: {action} on resource: {key}"


def service_rejection(service: str, action: str, resource: str) -> str | None:
    """Why an AWS service without a role is denied `action` on an encrypted resource; None when it is allowed."""
    use = encryption_keys.use_of(action, resource)
    if use is None:
        return None
    if use.key.startswith(encryption_keys.AWS_MANAGED):
        return f"the key {use.key} does not let {service} encrypt; use a customer managed key"
    return _key_rejection(service, use.actions, encryption_keys.key_arn(use.key), use.context)


def _key_rejection(service: str, actions: tuple[str, ...], key: str, context: dict[str, str]) -> str | None:
    policy = (kms.key_policy_for_arn(key) or ("",))[0]
    for action in actions:
        if not roles.service_may(service, action, key, policy, context):
            return _rejection(service, action, key)
    return None


def _log_group_rejection(data: Json) -> Any:
    """The key policy must allow CloudWatch Logs to encrypt the group's events."""
    key, name = data.get("kmsKeyId"), data.get("logGroupName")
    if not key:
        return None
    arn = cloudwatch_logs._make_group_arn(name).removesuffix(":*")
    context = {"kms:EncryptionContext:aws:logs:arn": arn}
    service, actions = f"logs.{get_region()}.amazonaws.com", (*encryption_keys.EXCHANGE, "kms:Encrypt")
    if _key_rejection(service, actions, encryption_keys.key_arn(key), context) is None:
        return None
    message = f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"
    return error_response_json("InvalidParameterException", message, 400)


async def _handle_request(
    theirs: Callable[..., Any], method: str, path: str, headers: Json, body: bytes, query: Json
) -> Any:
    """Add AssociateKmsKey and DisassociateKmsKey."""
    if action_of(headers) not in ("AssociateKmsKey", "DisassociateKmsKey"):
        return await theirs(method, path, headers, body, query)
    data = json.loads(body)
    group = cloudwatch_logs._log_groups.get(data.get("logGroupName"))
    if group is None:
        return error_response_json("ResourceNotFoundException", "The specified log group does not exist.", 400)
    if rejected := _log_group_rejection(data):
        return rejected
    group["kmsKeyId"] = data.get("kmsKeyId")
    return json_response({})


def install() -> None:
    hooks.wrap(iam_evaluator, "enforce", _enforce)
    hooks.wrap(cloudwatch_logs, "_create_log_group", lambda theirs, data: _log_group_rejection(data) or theirs(data))
    hooks.wrap(cloudwatch_logs, "handle_request", _handle_request)
    hooks.require(s3, "_bucket_default_sse_headers _buckets _stored_sse_headers")
    hooks.require(sqs, "_queue_by_arn")
    hooks.require(kms, "_resolve_key key_policy_for_arn")
