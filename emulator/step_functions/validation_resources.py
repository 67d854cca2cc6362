"""Which Resource a Task may name, and which Arguments it then takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from emulator.step_functions import integrations, sdk, tasks
from emulator.step_functions.errors import TaskError

OPTIMIZED = (
    *("apigateway", "athena", "batch", "bedrock", "codebuild", "databrew", "dynamodb", "ecs", "eks"),
    *("elasticmapreduce", "emr-containers", "emr-serverless", "events", "glue", "http", "lambda"),
    *("mediaconvert", "sagemaker", "sns", "sqs", "states"),
)
"""Services that AWS has optimized integrations with."""

_ELSEWHERE = re.compile(
    rf"arn:aws:(states:::({'|'.join(OPTIMIZED)}):.*|states:[^:]*:\d*:activity:.*|lambda:[^:]*:\d*:function:.*)"
)


def problems(resource: str, arguments: Any) -> Iterator[tuple[str, str]]:
    """What is wrong, each as the field ("Resource" or "Arguments") and a message; nothing when AWS would take it."""
    prefix, action, pattern = integrations.split(resource)
    service, by_pattern = _actions(prefix, action)
    if action in by_pattern.get(pattern, ()):
        if service:
            yield from _arguments(service, action, arguments)
    elif _is_elsewhere(resource):
        yield "Resource", f"The local AWS does not support the resource {resource}."
    else:
        yield (
            "Resource",
            f"The resource provided {resource} is not recognized. The value is not a valid resource ARN, or the "
            "resource is not available in this region.",
        )


def _is_elsewhere(resource: str) -> bool:
    """Whether AWS has the integration, which is not here."""
    prefix, action, pattern = integrations.split(resource)
    by_pattern = _actions(prefix, action)[1]
    if not by_pattern:
        return _ELSEWHERE.fullmatch(resource) is not None
    integration = integrations.find(prefix)
    named = integration is not None and resource.removeprefix(prefix) in integration.unsupported
    return named or (pattern == "waitForTaskToken" and action in by_pattern[""])


def _actions(prefix: str, action: str) -> tuple[str, dict[str, frozenset[str]]]:
    """botocore's service for the arguments ("" for none), and what there is by pattern, {} for what is not here."""
    if prefix.startswith(tasks.AWS_SDK):
        service = sdk.botocore_name(prefix[len(tasks.AWS_SDK) : -1]) or ""
        known = bool(service) and sdk.operation(service, action) is not None
        return service, {"": frozenset({action} if known else ())}
    integration = integrations.find(prefix)
    if integration is None:
        return "", {}
    return integration.model, {"": integration.actions, "sync": integration.sync_actions}


def _arguments(service: str, action: str, given: Any) -> Iterator[tuple[str, str]]:
    model = sdk.operation(service, action)
    if not isinstance(given, dict) or model is None or model.input_shape is None:
        return
    try:
        wire = sdk.to_wire(given, model.input_shape, service, action)
    except TaskError as unknown:
        yield "Arguments", unknown.cause
        return
    for name in sorted(set(model.input_shape.required_members) - set(wire) - set(model.idempotent_members)):
        yield "Arguments", f"The field '{name[0].upper()}{name[1:]}' is required but was missing"
