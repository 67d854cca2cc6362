"""CloudWatch: alarms that evaluate what they say, metrics of the services our pipelines use."""

from emulator.cloudwatch.api import install

__all__ = ["install"]
