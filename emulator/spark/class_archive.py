"""`python -m emulator.spark.class_archive`: make Spark start in two thirds of its CPU time.

An archive of the classes that every job loads (AppCDS, 140 MB, made in about half a minute by scripts/bootstrap.mjs)
is in the folder of the S3A jars. Jobs use it when it is there; a JVM that it was not made for ignores it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from emulator.spark.submit import ARCHIVE, QUICK_START, S3A_JARS, SubmitError, spark_home

TYPICAL_JOB = """
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.range(1000).selectExpr("id", "id % 7 as day").write.partitionBy("day").parquet(sys.argv[1])
spark.read.parquet(sys.argv[1]).groupBy("day").count().orderBy("day").collect()
"""


def make() -> None:
    """Run a typical job once and keep what it loaded; SubmitError with Spark's last lines when it fails."""
    home = spark_home()
    with tempfile.TemporaryDirectory() as folder:
        job, unfinished = Path(folder, "job.py"), Path(folder, ARCHIVE.name)
        job.write_text(TYPICAL_JOB)
        # The class path must be the one that jobs have: the JVM refuses the archive on any other.
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.extraClassPath": f"{S3A_JARS}/*",
            "spark.driver.extraJavaOptions": f"{QUICK_START} -XX:ArchiveClassesAtExit={unfinished}",
        }
        options = [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
        command = [str(home / "bin" / "spark-submit"), *options, str(job), f"file://{folder}/numbers"]
        own = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        run = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, check=False)
        if run.returncode != 0 or not unfinished.exists():
            last = "\n".join((run.stdout + run.stderr).splitlines()[-5:])
            raise SubmitError(f"The class archive could not be made; Spark ended with {run.returncode}:\n{last}")
        ARCHIVE.unlink(missing_ok=True)
        ARCHIVE.write_bytes(unfinished.read_bytes())


if __name__ == "__main__":
    make()
