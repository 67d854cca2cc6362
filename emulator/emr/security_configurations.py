"""Security configurations: JSON documents that a cluster names; here they are kept, and have no effect."""

from __future__ import annotations

import json
import time

from emulator.emr.store import Record, configurations
from emulator.models import ApiError, Params


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidRequestException", message)


def create(params: Params) -> Params:
    name = params["Name"]
    if name in configurations:
        raise _invalid(f"Security configuration with name '{name}' already exists.")
    try:
        json.loads(params["SecurityConfiguration"])
    except ValueError as error:
        raise _invalid(f"SecurityConfiguration is not valid JSON: {error}") from None
    configurations[name] = {**params, "CreationDateTime": time.time()}
    return describe(params)


def describe(params: Params) -> Params:
    found: Record | None = configurations.get(params["Name"])
    if found is None:
        raise _invalid(f"Security configuration with name '{params['Name']}' does not exist.")
    return found


def summaries() -> list[Params]:
    """What lists show of each: without the document."""
    shown = ("Name", "CreationDateTime")
    return [{name: found[name] for name in shown} for found in configurations.values()]


def delete(params: Params) -> None:
    describe(params)
    del configurations[params["Name"]]
