"""One factor that shortens waiting (Wait states, provisioning, buffering intervals), never the work itself.

EMULATOR_CLOCK_FACTOR=20 makes a Wait of 60 s last 3 s. The default is 1: as slow as AWS.
"""

import os
import time

FACTOR = max(1.0, float(os.environ.get("EMULATOR_CLOCK_FACTOR", "1")))


def shortened(seconds: float) -> float:
    """How long `seconds` of AWS's waiting last here, in seconds."""
    return seconds / FACTOR


def wait(seconds: float) -> None:
    """Sleep for what `seconds` of AWS's waiting last here."""
    time.sleep(shortened(seconds))
