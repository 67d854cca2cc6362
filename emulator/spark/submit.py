"""spark-submit: command line, settings and environment of a job."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from ministack.core.responses import get_region

from emulator import lifecycle
from emulator.authorization import Credentials
from emulator.role_client import endpoint

S3A_JARS = Path(os.environ.get("EMULATOR_S3A_JARS") or Path(__file__).parents[1] / "s3a-jars" / "target" / "jars")
ARCHIVE = S3A_JARS.parent / "spark-classes.jsa"
"""Created by emulator.spark.class_archive; optional."""
DRIVER_MEMORY = os.environ.get("EMULATOR_SPARK_MEMORY", "2g")
"""The JVM's heap, independent of the job's settings for AWS."""
CORES = os.environ.get("EMULATOR_SPARK_CORES", "*")
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Duser.timezone=UTC"
"""C1 and the serial collector reduce the CPU time of a short job's start by a third."""
SIZING = re.compile(
    r"spark\.((driver|executor)\.(cores|memory)|executor\.instances|submit\.deployMode"
    r"|dynamicAllocation\.(min|initial|max)Executors)"
)
"""Settings of the job's placement and size, which do not apply to the local JVM."""
UNSUPPORTED = re.compile(r"spark\.(master|archives|emr-serverless\..*|dynamicAllocation\..*|\w+\.memoryOverhead\w*)")
"""Other such settings, which the workflows do not use."""
OPTIONS = ("--class", "--conf", "--deploy-mode", "--py-files")
"""The options that the workflows use."""
DEPLOY_MODE = "spark.submit.deployMode"
S3A_REGION = "spark.hadoop.fs.s3a.endpoint.region"
FIRST_MINOR = 10
"""EMR 7.10 is the first release with S3A for s3://, as here. Earlier releases have EMRFS, later lines Spark 4."""


class SubmitError(ValueError):
    """The job cannot be submitted."""


@dataclass(frozen=True)
class Submission:
    """The parsed arguments of spark-submit."""

    conf: dict[str, str]
    options: list[tuple[str, str]]
    entry_point: str
    arguments: list[str]

    def localized(self, fetch: Callable[[str], Path]) -> "Submission":
        """The submission with the entry point and the files of --py-files downloaded by `fetch`."""
        options = [
            (name, ",".join(str(fetch(uri)) for uri in value.split(",")) if name == "--py-files" else value)
            for name, value in self.options
        ]
        return replace(self, options=options, entry_point=str(fetch(self.entry_point)))


def unsupported(release: str) -> str | None:
    """Why the release of EMR is not supported, or None."""
    found = re.fullmatch(r"emr-7\.(\d+)\.\d+", release)
    if found and int(found[1]) >= FIRST_MINOR:
        return None
    supported = f"emr-7.{FIRST_MINOR}.0 and later of line 7"
    return f"The local AWS runs jobs with Spark 3.5 and S3A, as {supported}, not as {release}."


def of_parameters(parameters: str, entry_point: str, arguments: list[str]) -> Submission:
    """The submission of an EMR Serverless job. SubmitError when its sparkSubmitParameters are invalid."""
    try:
        found = parse([*shlex.split(parameters), entry_point, *arguments])
    except SubmitError as error:
        raise SubmitError(f"sparkSubmitParameters: {error}") from None
    if found.entry_point != entry_point:
        raise SubmitError(
            f"sparkSubmitParameters: {found.entry_point!r} is not an option. Quote values that contain spaces."
        )
    return found


def parse(words: list[str]) -> Submission:
    """The parsed arguments of spark-submit. SubmitError when they are invalid or not supported."""
    conf: dict[str, str] = {}
    options: list[tuple[str, str]] = []
    rest = list(words)
    while rest and rest[0].startswith("-"):
        name, equals, value = rest.pop(0).partition("=")
        if name not in OPTIONS:
            raise SubmitError(f"The local AWS does not support the option {name}: use {', '.join(OPTIONS)}.")
        if not equals:
            if not rest:
                raise SubmitError(f"{name} needs a value.")
            value = rest.pop(0)
        if name == "--conf":
            key, equals, setting = value.partition("=")
            if not equals:
                raise SubmitError(f"--conf {value!r} is not KEY=VALUE.")
            if UNSUPPORTED.fullmatch(key) and not SIZING.fullmatch(key):
                raise SubmitError(f"The local AWS does not support the setting {key}.")
            conf[key] = setting
        elif name == "--deploy-mode":
            conf[DEPLOY_MODE] = value
        else:
            options.append((name, value))
    if not rest:
        raise SubmitError("Must specify a primary resource (JAR or Python or R file)")
    return Submission(conf, options, rest[0], rest[1:])


def settings(conf: Mapping[str, str], credentials: Credentials, work: Path) -> dict[str, str]:
    """Spark's settings: the job's settings without sizing, and s3:// on the emulator with the job's role.

    SubmitError unless the job sets S3A's region: the default is us-east-2, and no other value by EMR is documented.
    """
    if not any(S3A_JARS.glob("hadoop-aws-*.jar")):
        raise SubmitError(
            f"No hadoop-aws jar in {S3A_JARS}. Run `mvn -q dependency:copy-dependencies` in emulator/s3a-jars, "
            "or set EMULATOR_S3A_JARS to a folder with the S3A jars."
        )
    if conf.get(S3A_REGION) != get_region():
        raise SubmitError(
            f"S3A has {conf.get(S3A_REGION) or 'no'} region, the buckets are in {get_region()}. "
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
        **{name: value for name, value in conf.items() if not SIZING.fullmatch(name)},
        "spark.driver.memory": DRIVER_MEMORY,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraClassPath": f"{S3A_JARS}/*",
        "spark.driver.extraJavaOptions": " ".join([_java_options(), conf.get("spark.driver.extraJavaOptions", "")]),
        "spark.local.dir": str(work),
        "spark.hadoop.fs.s3.impl": s3a["impl"],
        **{f"spark.hadoop.fs.s3a.{key}": value for key, value in s3a.items()},
    }


def _java_options() -> str:
    if not ARCHIVE.exists():
        return QUICK_START
    return f"{QUICK_START} -XX:SharedArchiveFile={ARCHIVE} -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off"


def start(
    submission: Submission,
    credentials: Credentials,
    work: Path,
    out: IO[bytes],
    err: IO[bytes],
    stand_in: list[str] | None = None,
) -> subprocess.Popen[Any]:
    """Start spark-submit, or the command `stand_in`, with its settings in a file, so that `ps` shows no secrets."""
    home = spark_home()
    properties = work / "spark.properties"
    properties.touch(mode=0o600)
    lines = (f"{_escaped(k)}={_escaped(v)}" for k, v in settings(submission.conf, credentials, work).items())
    properties.write_text("\n".join(lines) + "\n")
    command = [
        str(home / "bin" / "spark-submit"),
        *("--master", f"local[{CORES}]", "--properties-file", str(properties)),
        *(word for option in submission.options for word in option),
        submission.entry_point,
        *submission.arguments,
    ]
    return lifecycle.start_child(
        stand_in or command,
        cwd=work,
        env=_environment(home, credentials),
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
    )


def spark_home() -> Path:
    """The Spark in pyspark. SubmitError when pyspark is not installed."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise SubmitError("pyspark is not installed: install requirements.txt in the emulator's venv.")
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
    # Special characters of java.util.Properties.
    return "".join("\\" + c if c in "\\:=#! " else {"\n": "\\n", "\t": "\\t"}.get(c, c) for c in text)
