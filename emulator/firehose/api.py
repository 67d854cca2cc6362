"""Hooks into MiniStack's Firehose API: checks of requests, buffering and delivery of records."""

import base64
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import firehose

from emulator import clock, hooks, json_protocol, persistence, roles
from emulator.firehose import buffers, checks, delivery
from emulator.models import ApiError
from emulator.scheduler import ticker

_log = logging.getLogger("emulator.firehose")
TICK_SECONDS = 0.1
MAX_RECORD_BYTES = 1000 * 1024
MAX_BATCH_BYTES = 4 * 1024 * 1024
MAX_BATCH_RECORDS = 500
Data = dict[str, Any]


def _buffer(name: str) -> buffers.Buffer:
    return buffers.buffer((get_account_id(), get_region(), name))


def _put_record(data: Data) -> Data:
    [record_id] = _take(data, [data.get("Record") or {}])
    return {"RecordId": record_id, "Encrypted": False}


def _put_record_batch(data: Data) -> Data:
    records = data.get("Records") or []
    if not 1 <= len(records) <= MAX_BATCH_RECORDS:
        raise _constraint("records", f"between 1 and {MAX_BATCH_RECORDS}; it has {len(records)}")
    answers = [{"RecordId": record_id} for record_id in _take(data, records)]
    return {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": answers}


def _take(data: Data, records: list[Data]) -> list[str]:
    """Append the records to the stream's buffer; returns their ids."""
    taken = [_decoded(record) for record in records]
    size = sum(map(len, taken))
    if size > MAX_BATCH_BYTES:
        message = f"Records size exceeds 4 MB limit: the batch has {size} bytes."
        raise ApiError("InvalidArgumentException", message)
    name = data.get("DeliveryStreamName")
    stream = firehose._streams.get(name)
    if stream is None:
        message = f"Firehose {name} under account {get_account_id()} not found."
        raise ApiError("ResourceNotFoundException", message)
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


def _check_creation(given: Data, headers: Data, query: Data) -> None:
    _may_pass(given, headers, query)
    checks.request(given)
    checks.destination(given[checks.DESTINATION[0]])
    if given["DeliveryStreamName"] not in firehose._streams:  # records of an earlier stream with this name
        _buffer(given["DeliveryStreamName"]).erase()


def _check_update(given: Data, headers: Data, query: Data) -> None:
    _may_pass(given, headers, query)
    checks.request(given)
    stream = firehose._streams.get(given["DeliveryStreamName"])
    if stream is not None:
        checks.destination({**delivery.config(stream), **given[checks.DESTINATION[1]]})


def _may_pass(given: Data, headers: Data, query: Data) -> None:
    for role in _roles_in(given):
        roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": checks.PRINCIPAL})


def _delete(theirs: Callable[[Data], Any], data: Data) -> Any:
    stream = firehose._streams.get(data.get("DeliveryStreamName"))
    answer = theirs(data)
    if stream is not None:
        delivery.drain(stream, _buffer(stream["name"]))
    return answer


def _roles_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["RoleARN"]} if isinstance(value.get("RoleARN"), str) else set()
        return own.union(*map(_roles_in, value.values()))
    return set().union(*map(_roles_in, value)) if isinstance(value, list) else set()


def _describe_destination(theirs: Callable[[Data], Data], destination: Data) -> Data:
    """MiniStack stores the time zone and omits it here; without it, every plan shows a change."""
    described, zone = theirs(destination), destination["config"].get("CustomTimeZone")
    if zone:
        described["ExtendedS3DestinationDescription"]["CustomTimeZone"] = zone
    return described


def _flush_forever() -> None:
    while True:
        time.sleep(TICK_SECONDS)
        for waiting in buffers.all_buffers():
            try:
                account, region, _ = waiting.key
                ticker.run_in(account, region, partial(_flush_if_due, waiting))
            except Exception:
                _log.exception("stream %s: the delivery failed and will be retried", waiting.key[2])
                waiting.retry_at = time.time() + clock.shortened(delivery.RETRY_SECONDS)


def _flush_if_due(waiting: buffers.Buffer) -> None:
    stream = firehose._streams.get(waiting.key[2])
    if stream is not None and delivery.is_due(stream, waiting):
        delivery.flush(stream, waiting)


def install() -> None:
    json_protocol.guard(
        firehose, "firehose", {"CreateDeliveryStream": _check_creation, "UpdateDestination": _check_update}
    )
    handlers = hooks.original(firehose, "_HANDLERS")
    handlers["PutRecord"] = json_protocol.answering(_put_record)
    handlers["PutRecordBatch"] = json_protocol.answering(_put_record_batch)
    handlers["DeleteDeliveryStream"] = partial(_delete, handlers["DeleteDeliveryStream"])
    hooks.wrap(firehose, "_dest_description", _describe_destination)
    buffers.install()
    persistence.after_load(threading.Thread(target=_flush_forever, name="firehose-flush", daemon=True).start)
