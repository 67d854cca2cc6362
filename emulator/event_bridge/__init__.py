"""EventBridge: rules that deliver only where they may, retry, and bury what cannot be delivered."""

from emulator.event_bridge.api import install

__all__ = ["install"]
