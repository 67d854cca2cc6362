"""What Lake Formation keeps, by account and region."""

from __future__ import annotations

import copy

from ministack.core.responses import AccountRegionScopedDict

from emulator.models import Params

locations = AccountRegionScopedDict()
"""ARN of an S3 path → ResourceInfo."""
grants = AccountRegionScopedDict()
"""`grant_key` → PrincipalResourcePermissions of a resource as it was granted, SELECT among the others."""

_STORES = {"locations": locations, "grants": grants}


def get_state() -> Params:
    """Everything, for saving."""
    return {name: [[*key, copy.deepcopy(value)] for key, value in kept.all_items()] for name, kept in _STORES.items()}


def load_state(state: Params) -> None:
    """Put back what `get_state` gave."""
    for name, kept in _STORES.items():
        for account, region, key, value in state.get(name, []):
            kept.set_scoped(account, region, key, value)
