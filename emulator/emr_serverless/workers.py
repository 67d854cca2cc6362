"""The workers a Spark job asks for: do they exist, do they fit the application, what do they cost."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

FREE_STORAGE_GB = 20
"""Storage of a worker, which AWS does not bill."""
MINIMUM_SECONDS = 60
"""Each worker is billed for at least a minute."""
MEMORY_GB = {1: (2, 8), 2: (4, 16), 4: (8, 30), 8: (16, 60), 16: (32, 120)}
"""vCPUs of a worker -> smallest and largest memory in GB."""


class WorkersError(ValueError):
    """These workers cannot be had; the message is the job run's stateDetails."""


class ExecutorsError(ValueError):
    """Spark refuses the number of executors; the message is what the driver prints before it ends with 1."""


class Worker(NamedTuple):
    cpu: int
    memory_gb: int
    disk_gb: int


@dataclass(frozen=True)
class Workers:
    """One driver and the executors a job starts with."""

    driver: Worker
    executor: Worker
    executors: int

    def total(self) -> Worker:
        return Worker(*(one + self.executors * each for one, each in zip(self.driver, self.executor, strict=True)))


def workers(conf: Mapping[str, str], maximum: Mapping[str, str] | None) -> Workers:
    """What `conf` asks for with EMR Serverless's defaults, no more executors than `maximum` has room for.

    WorkersError when a worker size does not exist or not even the driver and one executor fit.
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
    """The least, the first and the most executors of a job; the first number is the largest of three settings.

    SPARK-13723 for the rule, the Spark job properties of the EMR Serverless guide for the defaults.
    """
    instances = int(conf.get("spark.executor.instances", "3"))
    least = int(conf.get("spark.dynamicAllocation.minExecutors", "0"))
    initial = int(conf.get("spark.dynamicAllocation.initialExecutors", "3"))
    most = float(conf.get("spark.dynamicAllocation.maxExecutors", "infinity"))
    return least, max(instances, initial, least), most


def check_executors(conf: Mapping[str, str]) -> None:
    """ExecutorsError, in Spark's words, when a job begins with more executors than it may have."""
    least, first, most = _executors(conf)
    if first > most:
        raise ExecutorsError(
            'Exception in thread "main" java.lang.IllegalArgumentException: requirement failed: initial executor '
            f"number {first} must between min executor number {least} and max executor number {most:.0f}"
        )


def _worker(conf: Mapping[str, str], kind: str) -> Worker:
    cpu = int(conf.get(f"spark.{kind}.cores", "4"))
    heap = _gigabytes(conf.get(f"spark.{kind}.memory", "14g"))
    # Spark adds 10 %, at least 384 MB, and the worker is the next whole gigabyte.
    memory = math.ceil(heap + max(heap * 0.1, 0.375))
    if cpu not in MEMORY_GB or not MEMORY_GB[cpu][0] <= memory <= MEMORY_GB[cpu][1]:
        sizes = ", ".join(f"{cores} vCPU {low}-{high} GB" for cores, (low, high) in MEMORY_GB.items())
        raise WorkersError(f"Unsupported {kind} worker: {cpu} vCPU, {memory} GB with overhead. Supported: {sizes}")
    return Worker(cpu, memory, FREE_STORAGE_GB)


def _gigabytes(text: str) -> float:
    """Of Spark's "2g", "512m" or "512", which is in MB."""
    digits = text.rstrip("bBkKmMgGtT")
    suffix = (text[len(digits) :] or "m")[0].lower()
    return float(digits) * {"k": 1 / 1024**2, "m": 1 / 1024, "g": 1, "t": 1024}[suffix]


def number(text: str) -> int:
    """The number in "16 vCPU", "64GB" or "20G"."""
    return int("".join(char for char in text if char.isdigit()))


def utilization(used: Workers, seconds: float, *, billed: bool) -> dict[str, float]:
    """vCPU-, GB- and storage-GB-hours of all workers during `seconds`.

    Billed are whole seconds, a minute at least, and no storage.
    """
    cpu, memory, disk = used.total()
    hours = (max(MINIMUM_SECONDS, math.ceil(seconds)) if billed else seconds) / 3600
    amounts = {"vCPUHour": cpu, "memoryGBHour": memory, "storageGBHour": 0 if billed else disk}
    return {name: round(amount * hours, 3) for name, amount in amounts.items()}
