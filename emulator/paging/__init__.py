"""Lists of IAM, KMS, Glue, Scheduler, EventBridge, Step Functions and CloudWatch Logs, a page at a time.

MiniStack gives all of them at once, or leaves out what does not fit on the first page.
"""

from emulator.paging import iam_lists, json_lists, log_events


def install() -> None:
    iam_lists.install()
    json_lists.install()
    log_events.install()
