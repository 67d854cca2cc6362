"""Lists of IAM, KMS, Glue, Scheduler, EventBridge, Step Functions and CloudWatch Logs, a page at a time.

MiniStack returns all items at once, or omits what does not fit on the first page.
"""

from emulator.paging.lists import install

__all__ = ["install"]
