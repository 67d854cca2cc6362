"""Lambda: Node functions with AWS's environment, errors, limits and logs on top of MiniStack's Lambda API."""

from emulator.lambda_functions.api import install

__all__ = ["install"]
