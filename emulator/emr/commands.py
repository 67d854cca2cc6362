"""What a step asks command-runner.jar to run, and whether it can run here."""

from __future__ import annotations

from dataclasses import dataclass, field

from emulator.emr import store
from emulator.emr_serverless import spark_submit

TRIVIAL = ("true", "false", "echo", "sleep")
RUNNER = "command-runner.jar"


class StepError(Exception):
    """The step cannot run; `reason` and the message are those of its FailureDetails."""

    def __init__(self, message: str, reason: str = "Unknown Error.") -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Command:
    """A program with its arguments, or a spark-submit taken apart."""

    words: list[str]
    entry_point: str = ""
    arguments: list[str] = field(default_factory=list)
    conf: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    in_cluster: bool = False
    """--deploy-mode cluster: the driver's output is in the container's logs, not in the step's."""

    @property
    def is_spark(self) -> bool:
        return bool(self.entry_point)


def parse(cluster: store.Record, step: store.Record) -> Command:
    """The step's command; StepError when only a real cluster can run it."""
    jar, words = step["Config"]["Jar"], step["Config"]["Args"]
    program = words[0] if words else ""
    if jar.rsplit("/", 1)[-1] != RUNNER or program not in ("spark-submit", *TRIVIAL):
        raise StepError(
            f"The local AWS runs spark-submit (and {', '.join(TRIVIAL)}) by {RUNNER}, not {' '.join([jar, *words])!r}.",
            "Not supported by the local AWS.",
        )
    if program != "spark-submit":
        return Command(words)
    if "spark" not in {application["Name"].lower() for application in cluster["Applications"]}:
        raise StepError('Cannot run program "spark-submit" (in directory "."): error=2, No such file or directory')
    return _spark(words)


def _spark(words: list[str]) -> Command:
    try:
        conf, options, rest = spark_submit.split(words[1:])
    except spark_submit.SubmitError as error:
        raise StepError(f'Exception in thread "main" org.apache.spark.SparkException: {error}') from None
    if not rest:
        message = "Must specify a primary resource (JAR or Python or R file)"
        raise StepError(f'Exception in thread "main" org.apache.spark.SparkException: {message}')
    given = words[: len(words) - len(rest)]
    mode = conf.get("spark.submit.deployMode", "client")
    for at, word in enumerate(given):
        if word.startswith("--deploy-mode"):
            mode = word.partition("=")[2] or given[at + 1]
    return Command(words, rest[0], rest[1:], conf, options, mode == "cluster")
