"""What Lake Formation keeps, by account and region."""

from __future__ import annotations

from ministack.core.responses import AccountRegionScopedDict

locations = AccountRegionScopedDict()
"""ARN of an S3 path → ResourceInfo."""
grants = AccountRegionScopedDict()
"""`grant_key` → PrincipalResourcePermissions of a resource as it was granted, SELECT among the others."""

STORES = {"locations": locations, "grants": grants}
