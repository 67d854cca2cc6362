"""EventBridge Scheduler: schedules with time zones, roles and retries."""
