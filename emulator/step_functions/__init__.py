"""Step Functions: an interpreter of state machines behind MiniStack's API."""
