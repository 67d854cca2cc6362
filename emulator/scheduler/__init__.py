"""EventBridge Scheduler: schedules that fire in their time zone, under their role, with retries."""

from emulator.scheduler.api import install

__all__ = ["install"]
