"""The workers of a Spark job: supported sizes, capacity of the application, and utilization."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

FREE_STORAGE_GB = 20
"""Storage of a worker that is not billed."""
MINIMUM_SECONDS = 60
"""Minimum billed time of a worker."""
MEMORY_GB = {1: (2, 8), 2: (4, 16), 4: (8, 30), 8: (16, 60), 16: (32, 120)}
"""vCPUs of a worker → minimum and maximum memory in GB."""


class WorkersError(ValueError):
    """The workers are not supported or not available; the message is the job run's stateDetails."""


class ExecutorsError(ValueError):
    """The number of executors is invalid in Spark; the message is the driver's output."""


class Worker(NamedTuple):
    cpu: int
    memory_gb: int
    disk_gb: int


@dataclass(frozen=True)
class Workers:
    """The driver and the initial executors of a job."""

    driver: Worker
    executor: Worker
    executors: int

    def total(self) -> Worker:
        return Worker(*(one + self.executors * each for one, each in zip(self.driver, self.executor, strict=True)))


def workers(conf: Mapping[str, str], maximum: Mapping[str, str] | None) -> Workers:
    """The workers of a job with the settings `conf`, limited to the capacity `maximum`.

    WorkersError when a worker size is not supported, or the driver and one executor exceed the capacity.
    """
    driver, executor = _worker(conf, "driver"), _worker(conf, "executor")
    room = wanted = _executors(conf)[1]
    if maximum:
        limits = (maximum["cpu"], maximum["memory"], maximum.get("disk", "2000000 GB"))
        for limit, first, each in zip(map(number, limits), driver, executor, strict=True):
            room = min(room, (limit - first) // each)
        if room < min(1, wanted):
            raise WorkersError(
                "Job failed as application has exceeded maximumCapacity settings. Worker could not be allocated: "
                f"driver {driver.cpu} vCPU {driver.memory_gb} GB, executor {executor.cpu} vCPU "
                f"{executor.memory_gb} GB; maximumCapacity {maximum['cpu']} {maximum['memory']}"
            )
    return Workers(driver, executor, max(0, room))


def _executors(conf: Mapping[str, str]) -> tuple[int, int, float]:
    """The minimum, initial and maximum number of executors; the initial number is the largest of three settings.

    SPARK-13723; the defaults are in the Spark job properties of the EMR Serverless guide.
    """
    instances = int(conf.get("spark.executor.instances", "3"))
    least = int(conf.get("spark.dynamicAllocation.minExecutors", "0"))
    initial = int(conf.get("spark.dynamicAllocation.initialExecutors", "3"))
    most = float(conf.get("spark.dynamicAllocation.maxExecutors", "infinity"))
    return least, max(instances, initial, least), most


def check_executors(conf: Mapping[str, str]) -> None:
    """ExecutorsError with Spark's message when the initial number of executors exceeds the maximum."""
    least, first, most = _executors(conf)
    if first > most:
        raise ExecutorsError(
            'Exception in thread "main" java.lang.IllegalArgumentException: requirement failed: initial executor '
            f"number {first} must between min executor number {least} and max executor number {most:.0f}"
        )


def _worker(conf: Mapping[str, str], kind: str) -> Worker:
    cpu = int(conf.get(f"spark.{kind}.cores", "4"))
    heap = _gigabytes(conf.get(f"spark.{kind}.memory", "14g"))
    # Spark adds 10 %, at least 384 MB; workers have whole gigabytes.
    memory = math.ceil(heap + max(heap * 0.1, 0.375))
    if cpu not in MEMORY_GB or not MEMORY_GB[cpu][0] <= memory <= MEMORY_GB[cpu][1]:
        sizes = ", ".join(f"{cores} vCPU {low}-{high} GB" for cores, (low, high) in MEMORY_GB.items())
        raise WorkersError(f"Unsupported {kind} worker: {cpu} vCPU, {memory} GB with overhead. Supported: {sizes}")
    return Worker(cpu, memory, FREE_STORAGE_GB)


def _gigabytes(text: str) -> float:
    """The gigabytes of Spark's sizes "2g", "512m" or "512" (MB)."""
    digits = text.rstrip("bBkKmMgGtT")
    suffix = (text[len(digits) :] or "m")[0].lower()
    return float(digits) * {"k": 1 / 1024**2, "m": 1 / 1024, "g": 1, "t": 1024}[suffix]


def number(text: str) -> int:
    """The number in "16 vCPU", "64GB" or "20G"."""
    return int("".join(char for char in text if char.isdigit()))


def utilization(used: Workers, seconds: float, *, billed: bool) -> dict[str, float]:
    """vCPU-, GB- and storage-GB-hours of all workers; whole seconds, at least a minute, and no storage are billed."""
    cpu, memory, disk = used.total()
    hours = (max(MINIMUM_SECONDS, math.ceil(seconds)) if billed else seconds) / 3600
    amounts = {"vCPUHour": cpu, "memoryGBHour": memory, "storageGBHour": 0 if billed else disk}
    return {name: round(amount * hours, 3) for name, amount in amounts.items()}
