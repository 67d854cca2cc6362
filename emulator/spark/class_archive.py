"""`python -m emulator.spark.class_archive` reduces the CPU time of Spark's start by a third.

scripts/bootstrap.mjs creates an archive of the classes that every job loads (AppCDS, 140 MB) next to the S3A jars, in
about half a minute. A different JVM ignores the archive.
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
    """Archive the classes of a typical job. SubmitError with Spark's last lines when the job fails."""
    home = spark_home()
    with tempfile.TemporaryDirectory() as folder:
        job, unfinished = Path(folder, "job.py"), Path(folder, ARCHIVE.name)
        job.write_text(TYPICAL_JOB)
        # The JVM uses the archive only with the same class path.
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
            raise SubmitError(f"The class archive could not be created; Spark exited with {run.returncode}:\n{last}")
        ARCHIVE.unlink(missing_ok=True)
        ARCHIVE.write_bytes(unfinished.read_bytes())


if __name__ == "__main__":
    make()
