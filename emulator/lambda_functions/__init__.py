"""Lambda: Node functions with AWS's environment, errors, limits and logs on top of MiniStack's Lambda API."""

from __future__ import annotations


def install() -> None:
    """Put our workers and checks in the place of MiniStack's."""
    from emulator.lambda_functions import api, destinations

    api.install()
    destinations.install()
