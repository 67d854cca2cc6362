"""Step Functions: executions with the rules of AWS on top of MiniStack's state machine API."""

from __future__ import annotations


def install() -> None:
    """Put our interpreter, validation and integrations in the place of MiniStack's."""
    from emulator.step_functions import api, expressions, listing, status_event, tasks

    expressions.install()
    tasks.install()
    status_event.install()
    listing.install()
    api.install()
