"""summary.json: rows read, counted and rejected, and ignored files of a run."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pyspark.sql import Row

from covid_report import __version__
from covid_report.arguments import Arguments
from covid_report.schema import METRICS
from covid_report.sources import Listing, empty_columns, shown
from covid_report.tally import Tally


def render_summary(
    arguments: Arguments, listing: Listing, tally: Tally, report: Sequence[Row], results: dict[str, str]
) -> bytes:
    """The summary as indented JSON in UTF-8.

    `results` has the published files by kind. Dates are yyyy-MM-dd; `period` is null without rows.
    """
    missing = {metric: [source.name for source in listing.sources if metric in source.missing] for metric in METRICS}
    content = {
        "job": {"name": "covid-report", "version": __version__},
        "run_date": arguments.run_date.isoformat(),
        "input": arguments.input,
        "results": results,
        "rows": {"read": tally.read, "counted": tally.counted, "rejected": tally.rejected},
        "rejected_by_reason": tally.reasons,
        "repeated_headers": tally.repeated_headers,
        "report_rows": len(report),
        "period": _period(tally),
        "states": sorted({row["state"] for row in report}),
        "sources": [_source(name, tally) for name in sorted(tally.files)],
        "files_without_column": {metric: names for metric, names in missing.items() if names},
        "ignored_files": list(listing.ignored),
        "notes": [*empty_columns(listing.sources), *_notes(listing, tally)],
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _period(tally: Tally) -> dict[str, str] | None:
    if tally.first_day is None or tally.last_day is None:
        return None
    return {"first_day": tally.first_day.isoformat(), "last_day": tally.last_day.isoformat()}


def _source(name: str, tally: Tally) -> dict[str, str | int]:
    file = tally.files[name]
    return {"file": name, "rows": file.read, "counted": file.counted, "rejected": file.rejected}


def _notes(listing: Listing, tally: Tally) -> list[str]:
    empty = [name for name, file in sorted(tally.files.items()) if file.read == 0]
    notes = [f"{name} has a header and no rows" for name in empty]
    if listing.ignored:
        subject = "1 file was" if len(listing.ignored) == 1 else f"{len(listing.ignored)} files were"
        notes.append(f"{subject} ignored, because of a hidden name or another extension: {shown(listing.ignored)}")
    return notes
