"""The clock factor shortens waits (Wait states, provisioning, buffering intervals), not the work.

With EMULATOR_CLOCK_FACTOR=20 a Wait of 60 s takes 3 s. The default is 1, as on AWS.
"""

import os
import time

FACTOR = max(1.0, float(os.environ.get("EMULATOR_CLOCK_FACTOR", "1")))


def shortened(seconds: float) -> float:
    """The duration here, in seconds, of a wait of `seconds` on AWS."""
    return seconds / FACTOR


def wait(seconds: float) -> None:
    """Sleep for a wait of `seconds` on AWS."""
    time.sleep(shortened(seconds))
