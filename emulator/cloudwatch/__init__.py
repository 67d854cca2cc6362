"""CloudWatch: alarms, and metrics of the services that the pipelines use."""
