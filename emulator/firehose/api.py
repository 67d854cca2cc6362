"""MiniStack's Firehose API with buffers: requests are checked, records are buffered and delivered when due."""

from __future__ import annotations

import base64
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
from emulator.firehose import buffers, checks, delivery
from emulator.models import ApiError

_log = logging.getLogger("emulator.firehose")
TICK_SECONDS = 0.1
MAX_RECORD_BYTES = 1000 * 1024
MAX_BATCH_BYTES = 4 * 1024 * 1024
MAX_BATCH_RECORDS = 500
READ_BACK = ("CustomTimeZone", "FileExtension")
"""What MiniStack stores but does not describe; without it every plan shows a change."""
Data = dict[str, Any]
Handler = Callable[[Data], Any]


def _buffer(name: str) -> buffers.Buffer:
    return buffers.buffer((get_account_id(), get_region(), name))


def _put_record(theirs: Handler) -> Handler:
    def put(data: Data) -> Any:
        ids = _take(data, [data.get("Record") or {}])
        return json_response({"RecordId": ids[0], "Encrypted": False}) if ids else theirs(data)

    return put


def _put_record_batch(theirs: Handler) -> Handler:
    def put(data: Data) -> Any:
        records = data.get("Records") or []
        if not 1 <= len(records) <= MAX_BATCH_RECORDS:
            raise _constraint("records", f"between 1 and {MAX_BATCH_RECORDS}; it has {len(records)}")
        ids = _take(data, records)
        answers = [{"RecordId": id_} for id_ in ids]
        whole = {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": answers}
        return json_response(whole) if ids else theirs(data)

    return put


def _take(data: Data, records: list[Data]) -> list[str]:
    """An id for each record, once all are in the stream's buffer; none when there is no such stream."""
    taken = [_decoded(record) for record in records]
    size = sum(map(len, taken))
    if size > MAX_BATCH_BYTES:
        message = f"Records size exceeds 4 MB limit: the batch has {size} bytes."
        raise ApiError("InvalidArgumentException", message)
    stream = firehose._streams.get(data.get("DeliveryStreamName"))
    if stream is None:
        return []
    _buffer(stream["name"]).append(taken)
    delivery.count(stream, "IncomingRecords", len(taken))
    return [firehose._record_id() for _ in taken]


def _decoded(record: Data) -> bytes:
    try:
        data = base64.b64decode(record.get("Data") or "", validate=True)
    except ValueError:
        raise ApiError("SerializationException", "Record.Data is not base64.") from None
    if len(data) > MAX_RECORD_BYTES:
        raise _constraint("record.data", f"less than or equal to {MAX_RECORD_BYTES}; it has {len(data)}")
    return data


def _constraint(member: str, length: str) -> ApiError:
    begin = f"1 validation error detected: Value at '{member}' failed to satisfy constraint"
    return ApiError("ValidationException", f"{begin}: Member must have length {length}")


def _create(theirs: Handler) -> Handler:
    def create(data: Data) -> Any:
        checks.request(data)
        checks.destination(data[checks.DESTINATION[0]])
        if data["DeliveryStreamName"] not in firehose._streams:  # an earlier stream of that name may have left records
            _buffer(data["DeliveryStreamName"]).erase()
        return theirs(data)

    return create


def _update(theirs: Handler) -> Handler:
    def update(data: Data) -> Any:
        checks.request(data)
        stream = firehose._streams.get(data["DeliveryStreamName"])
        if stream is not None:
            checks.destination({**delivery.config(stream), **data[checks.DESTINATION[1]]})
        return theirs(data)

    return update


def _delete(theirs: Handler) -> Handler:
    def delete(data: Data) -> Any:
        stream = firehose._streams.get(data.get("DeliveryStreamName"))
        answer = theirs(data)
        if stream is not None:
            delivery.drain(stream, _buffer(stream["name"]))
        return answer

    return delete


def _checked(theirs: Callable[..., Any]) -> Callable[..., Any]:
    """Our refusals as answers, and the caller's permission to pass the roles that a request names."""

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
        stored = {key: destination["config"][key] for key in READ_BACK if key in destination.get("config", {})}
        for part in described.values():
            if isinstance(part, dict):
                part.update(stored)
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
