"""What CloudWatch has of a metric."""

from datetime import datetime, timedelta, timezone
from typing import Any


def statistic(cloudwatch: Any, namespace: str, metric: str, kind: str = "Sum", **dimensions: str) -> float | None:
    """The statistic of all that was measured since an hour ago; None without data."""
    now = datetime.now(timezone.utc)
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=[kind],
    )["Datapoints"]
    values = [point[kind] for point in found]
    return (sum(values) if kind == "Sum" else max(values)) if values else None
