"""Security configurations: JSON documents that a cluster names; here they are kept, and have no effect."""

import json
import time

from emulator.emr.store import Record, configurations
from emulator.linked_roles import Require
from emulator.models import Params, invalid

REFUSED = "InvalidRequestException"


def create(params: Params, _: Require) -> Params:
    name = params["Name"]
    if name in configurations:
        raise invalid(f"Security configuration with name '{name}' already exists.", REFUSED)
    try:
        json.loads(params["SecurityConfiguration"])
    except ValueError as error:
        raise invalid(f"SecurityConfiguration is not valid JSON: {error}", REFUSED) from None
    configurations[name] = {**params, "CreationDateTime": time.time()}
    return describe(params)


def describe(params: Params, *_: Require) -> Params:
    found: Record | None = configurations.get(params["Name"])
    if found is None:
        raise invalid(f"Security configuration with name '{params['Name']}' does not exist.", REFUSED)
    return found


def delete(params: Params, _: Require) -> None:
    describe(params)
    del configurations[params["Name"]]
