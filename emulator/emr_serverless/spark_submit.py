"""The real spark-submit: its command line, settings and environment for one attempt of a job."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from ministack.core.responses import get_region

from emulator import lifecycle
from emulator.authorization import Credentials
from emulator.role_client import endpoint

S3A_JARS = Path(os.environ.get("EMULATOR_S3A_JARS") or Path(__file__).parents[1] / "s3a-jars" / "target" / "jars")
ARCHIVE = S3A_JARS.parent / "spark-classes.jsa"
"""Made by emulator.emr_serverless.class_archive, used when it is there."""
DRIVER_MEMORY = os.environ.get("EMULATOR_SPARK_MEMORY", "2g")
"""The one JVM's heap: a laptop does not have what the job asks AWS for."""
CORES = os.environ.get("EMULATOR_SPARK_CORES", "*")
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Duser.timezone=UTC"
"""C1 and the serial collector: a short job starts in two thirds of the CPU time."""
SIZING = frozenset(
    f"spark.{name}"
    for name in (
        *(f"{kind}.{size}" for kind in ("driver", "executor") for size in ("cores", "memory", "memoryOverhead")),
        *("executor.instances", "master", "submit.deployMode", "archives"),
    )
)
SIZING_PREFIXES = ("spark.dynamicAllocation.", "spark.emr-serverless.")
SIZING_OPTIONS = frozenset(
    f"--{name}"
    for name in (
        *("master", "deploy-mode", "properties-file", "queue", "num-executors", "total-executor-cores"),
        *(f"{kind}-{size}" for kind in ("driver", "executor") for size in ("cores", "memory")),
    )
)
S3A_REGION = "spark.hadoop.fs.s3a.endpoint.region"
FILE_OPTIONS = ("--jars", "--py-files", "--files")


class SubmitError(ValueError):
    """The job cannot be submitted; the message says why and what to do."""


def parse(parameters: str) -> tuple[dict[str, str], list[str]]:
    """sparkSubmitParameters as (configuration, other options); SubmitError on an option without its value."""
    try:
        conf, options, rest = split(shlex.split(parameters))
    except SubmitError as error:
        raise SubmitError(f"sparkSubmitParameters: {error}") from None
    if rest:
        raise SubmitError(f"sparkSubmitParameters: {rest[0]!r} is not an option. Quote values that hold spaces.")
    return conf, options


def split(words: list[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """spark-submit's arguments as (configuration, other options, entry point and its arguments).

    Left out are options that place or size the job: here it has one JVM. SubmitError on an option without its value.
    """
    conf: dict[str, str] = {}
    options: list[str] = []
    rest = list(words)
    while rest and rest[0].startswith("-"):
        name, equals, value = rest.pop(0).partition("=")
        if name in ("--verbose", "-v", "--supervise"):
            continue
        if not equals:
            if not rest:
                raise SubmitError(f"{name} needs a value.")
            value = rest.pop(0)
        if name in ("--conf", "-c"):
            key, equals, setting = value.partition("=")
            if not equals:
                raise SubmitError(f"--conf {value!r} is not KEY=VALUE.")
            conf[key] = setting
        elif name not in SIZING_OPTIONS:
            options += [name, value]
    return conf, options, rest


def settings(conf: Mapping[str, str], credentials: Credentials, work: Path) -> dict[str, str]:
    """Spark's settings: the job's own, less those that size workers, with s3:// on the emulator as the job's role.

    SubmitError unless the job gives S3A the region of its buckets: the connector itself falls back to us-east-2, and it
    is not documented that EMR sets another.
    """
    if not any(S3A_JARS.glob("hadoop-aws-*.jar")):
        raise SubmitError(
            f"No hadoop-aws jar in {S3A_JARS}. Run `mvn -q dependency:copy-dependencies` in emulator/s3a-jars, "
            "or set EMULATOR_S3A_JARS to a folder with the S3A jars."
        )
    kept = {k: v for k, v in conf.items() if k not in SIZING and not k.startswith(SIZING_PREFIXES)}
    if kept.get(S3A_REGION) != get_region():
        raise SubmitError(
            f"S3A has {kept.get(S3A_REGION) or 'no'} region, the buckets are in {get_region()}. "
            f"Pass --conf {S3A_REGION}={get_region()}."
        )
    s3a = {
        "impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "endpoint": endpoint(),
        "path.style.access": "true",
        "connection.ssl.enabled": "false",
        "aws.credentials.provider": "org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider",
        "access.key": credentials.access_key_id,
        "secret.key": credentials.secret_access_key,
        "session.token": credentials.session_token,
        "buffer.dir": str(work),
    }
    return {
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": f"file:{work}/spark-warehouse",
        **kept,
        "spark.driver.memory": DRIVER_MEMORY,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraClassPath": f"{S3A_JARS}/*",
        "spark.driver.extraJavaOptions": " ".join([_java_options(), kept.get("spark.driver.extraJavaOptions", "")]),
        "spark.local.dir": str(work),
        "spark.hadoop.fs.s3.impl": s3a["impl"],
        **{f"spark.hadoop.fs.s3a.{key}": value for key, value in s3a.items()},
    }


def _java_options() -> str:
    if not ARCHIVE.exists():
        return QUICK_START
    return f"{QUICK_START} -XX:SharedArchiveFile={ARCHIVE} -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off"


def start(
    options: list[str],
    conf: Mapping[str, str],
    entry_point: Path,
    arguments: list[str],
    credentials: Credentials,
    work: Path,
    out: IO[bytes],
    err: IO[bytes],
) -> subprocess.Popen[Any]:
    """Start spark-submit in its own process group; its settings go by file, so that no secret is on a command line."""
    home = spark_home()
    properties = work / "spark.properties"
    properties.touch(mode=0o600)
    lines = (f"{_escaped(k)}={_escaped(v)}" for k, v in settings(conf, credentials, work).items())
    properties.write_text("\n".join(lines) + "\n")
    command = [
        str(home / "bin" / "spark-submit"),
        *("--master", f"local[{CORES}]", "--properties-file", str(properties)),
        *options,
        str(entry_point),
        *arguments,
    ]
    return lifecycle.start_child(
        command, cwd=work, env=_environment(home, credentials), stdin=subprocess.DEVNULL, stdout=out, stderr=err
    )


def spark_home() -> Path:
    """The Spark that pyspark carries; SubmitError when it is not installed."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise SubmitError("pyspark is not installed beside the emulator. Install requirements.txt into its venv.")
    return Path(spec.origin).parent


def _environment(home: Path, credentials: Credentials) -> dict[str, str]:
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_HOME", "LANG") if name in os.environ}
    return {
        **passed,
        "TZ": "UTC",
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": str(Path(__file__).with_name("driver_python.py")),
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_ENDPOINT_URL": endpoint(),
        "AWS_REGION": get_region(),
        "AWS_DEFAULT_REGION": get_region(),
    }


def _escaped(text: str) -> str:
    # java.util.Properties: these end a key, start a comment or continue a line.
    return "".join("\\" + c if c in "\\:=#! " else {"\n": "\\n", "\t": "\\t"}.get(c, c) for c in text)


def kill(process: subprocess.Popen[Any], grace: float) -> None:
    """End the whole process group: SIGTERM, and SIGKILL when it is still there after `grace` seconds."""
    lifecycle.stop_child(process, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=grace)
    lifecycle.stop_child(process, signal.SIGKILL)


def localized(options: list[str], fetch: Callable[[str], Path]) -> list[str]:
    """`options` with every s3:// file of --jars, --py-files and --files replaced by what `fetch` made of it."""
    result = []
    for name, value in zip(options[::2], options[1::2], strict=True):
        if name in FILE_OPTIONS:
            value = ",".join(str(fetch(uri)) if uri.startswith("s3") else uri for uri in value.split(","))
        result += [name, value]
    return result
