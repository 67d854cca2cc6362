"""EventBridge: rules that deliver only where they may, retry, and send what cannot be delivered to a queue."""

from emulator.event_bridge.api import install

__all__ = ["install"]
