"""EventBridge: rules with permissions, retries and dead-letter queues."""
