"""MiniStack's Firehose API with buffering put in: checks on the way in, records into buffers, flushes in time."""

from __future__ import annotations

import contextvars
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import (
    get_account_id,
    get_region,
    json_response,
    set_request_account_id,
    set_request_region,
)
from ministack.services import firehose

from emulator import clock, hooks, models, persistence, roles
from emulator.firehose import buffers, checks, delivery, metrics, records
from emulator.models import ApiError

_log = logging.getLogger("emulator.firehose")
TICK_SECONDS = 0.1
READ_BACK = ("CustomTimeZone", "FileExtension")
"""What MiniStack keeps but does not describe; without it every plan shows a change."""
Data = dict[str, Any]
Handler = Callable[[Data], Any]


def _key(name: str) -> buffers.Key:
    return get_account_id(), get_region(), name


def _take(theirs: Handler, read: Callable[[Data], list[bytes]], answer: Callable[[list[str]], Data]) -> Handler:
    """A handler that puts what `read` finds in a request into the stream's buffer; `answer` gets an id for each."""

    def put(data: Data) -> Any:
        stream = firehose._streams.get(data.get("DeliveryStreamName"))
        taken = read(data)
        if stream is None:
            return theirs(data)
        buffers.buffer(_key(stream["name"])).append(taken)
        metrics.incoming(stream["name"], len(taken))
        return json_response(answer([firehose._record_id() for _ in taken]))

    return put


def _put_record_batch(theirs: Handler) -> Handler:
    def answer(ids: list[str]) -> Data:
        return {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": [{"RecordId": id_} for id_ in ids]}

    return _take(theirs, lambda data: records.batch(data.get("Records") or []), answer)


def _put_record(theirs: Handler) -> Handler:
    return _take(
        theirs,
        lambda data: [records.record(data.get("Record") or {})],
        lambda ids: {"RecordId": ids[0], "Encrypted": False},
    )


def _create(theirs: Handler) -> Handler:
    def create(data: Data) -> Any:
        checks.request(data)
        name = data["DeliveryStreamName"]
        checks.destination(data[checks.DESTINATION[0]])
        if firehose._streams.get(name) is None:  # what a stream of that name has left behind is not this one's
            buffers.buffer(_key(name)).erase()
        return theirs(data)

    return create


def _update(theirs: Handler) -> Handler:
    def update(data: Data) -> Any:
        checks.request(data)
        stream = firehose._streams.get(data["DeliveryStreamName"])
        if stream is not None:
            change = data[checks.DESTINATION[1]]
            checks.destination({**stream["destinations"][0]["config"], **change})
        return theirs(data)

    return update


def _delete(theirs: Handler) -> Handler:
    def delete(data: Data) -> Any:
        stream = firehose._streams.get(data.get("DeliveryStreamName"))
        answer = theirs(data)
        if stream is not None:
            delivery.drain(stream, buffers.buffer(_key(stream["name"])))
        return answer

    return delete


def _checked(theirs: Callable[..., Any]) -> Callable[..., Any]:
    """Our refusals as answers, and the caller's right to pass the roles that a request names."""

    def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> Any:
        try:
            action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
            if action in ("CreateDeliveryStream", "UpdateDestination"):
                given = json.loads(body or b"{}")
                models.check(models.service_model("firehose").operation_model(action), given)
                for role in _roles_in(given):
                    roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": checks.PRINCIPAL})
            return theirs(method, path, headers, body, query)
        except ApiError as error:
            content = {"Content-Type": "application/x-amz-json-1.1"}
            return error.status, content, json.dumps({"__type": error.code, "message": error.message}).encode()

    return handle


def _roles_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["RoleARN"]} if isinstance(value.get("RoleARN"), str) else set()
        return own.union(*map(_roles_in, value.values()))
    return set().union(*map(_roles_in, value)) if isinstance(value, list) else set()


def _describe(theirs: Callable[[Data], Data]) -> Callable[[Data], Data]:
    def describe(destination: Data) -> Data:
        described = theirs(destination)
        kept = {key: destination["config"][key] for key in READ_BACK if key in destination.get("config", {})}
        for part in described.values():
            if isinstance(part, dict):
                part.update(kept)
        return described

    return describe


def _flush_forever() -> None:
    while True:
        time.sleep(TICK_SECONDS)
        for waiting in buffers.all_buffers():
            try:
                contextvars.copy_context().run(_flush_if_due, waiting)
            except Exception:
                _log.exception("stream %s: its delivery failed and is tried again", waiting.key[2])
                waiting.retry_at = time.time() + clock.shortened(delivery.RETRY_SECONDS)


def _flush_if_due(waiting: buffers.Buffer) -> None:
    account, region, name = waiting.key
    set_request_account_id(account)
    set_request_region(region)
    stream = firehose._streams.get(name)
    if stream is not None and delivery.is_due(stream, waiting):
        delivery.flush(stream, waiting)


def _start() -> None:
    buffers.load()
    threading.Thread(target=_flush_forever, name="firehose-flush", daemon=True).start()


def install() -> None:
    handlers = hooks.original(firehose, "_HANDLERS")
    for action, make in {
        "PutRecord": _put_record,
        "PutRecordBatch": _put_record_batch,
        "CreateDeliveryStream": _create,
        "UpdateDestination": _update,
        "DeleteDeliveryStream": _delete,
    }.items():
        handlers[action] = make(handlers[action])
    hooks.replace(firehose, "_handle_request_sync", _checked)
    hooks.replace(firehose, "_dest_description", _describe)
    persistence.after_load(_start)
