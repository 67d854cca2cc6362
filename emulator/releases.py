"""Which EMR releases the local AWS can stand for."""

from __future__ import annotations

import re

FIRST_MINOR = 10
"""EMR 7.10 is the first release whose s3:// is S3A, as it is here; earlier ones have EMRFS, later lines Spark 4."""


def refusal(label: str) -> str | None:
    """Why jobs cannot run here as they would on the release `label`; None when they can."""
    found = re.fullmatch(r"emr-7\.(\d+)\.\d+", label)
    if found and int(found[1]) >= FIRST_MINOR:
        return None
    return (
        f"The local AWS runs jobs with Spark 3.5 and S3A, as emr-7.{FIRST_MINOR}.0 and later of line 7, not as {label}."
    )
