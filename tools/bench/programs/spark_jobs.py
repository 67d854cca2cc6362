"""Both Spark jobs against alternatives with the same report, for scripts/bench.ts.

The local AWS submits each Spark job and is its S3. Prints progress, and the comparisons as JSON in the last line.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from emulator.authorization import Credentials
from emulator.spark import submit
from tools.bench.programs.in_turn import Figures, command, compare, used

DAYS = 30
DAY = "2023-01-05"
BUCKET = "bench"
FIRST_DAY = date(2004, 1, 1)
METRICS = (
    "inpatient_beds",
    "total_staffed_adult_icu_beds",
    "inpatient_bed_covid_utilization_numerator",
    "inpatient_bed_covid_utilization_denominator",
)
PACKAGE = "com.clicklogger.loggregator"
HERE = Path(__file__).parent
DUCKDB = (
    'import duckdb, sys; duckdb.sql("select substring(createdtime, 1, 10), callerid, component, count(*) '
    'from read_parquet(\'" + sys.argv[1] + "\') group by all order by all").fetchall()'
)


class SparkRuns:
    """Submits jobs on one local AWS."""

    def __init__(self, endpoint: str, folder: Path) -> None:
        os.environ["GATEWAY_PORT"] = str(urlsplit(endpoint).port)
        self.folder = folder
        root = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        self.s3, iam, sts = (boto3.client(name, endpoint_url=endpoint, **root) for name in ("s3", "iam", "sts"))
        account = sts.get_caller_identity()["Account"]
        trust = allow(Action="sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{account}:root"})
        role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        policy = allow(Action="s3:*", Resource="*")
        iam.put_role_policy(RoleName="bench", PolicyName="s3", PolicyDocument=policy)
        key = sts.assume_role(RoleArn=role, RoleSessionName="bench")["Credentials"]
        self.credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
        self.s3.create_bucket(Bucket=BUCKET)

    def submit(self, program: Path, arguments: Sequence[str], options: Sequence[tuple[str, str]] = ()) -> Figures:
        conf = {submit.S3A_REGION: "us-east-1", "spark.hadoop.fs.iostatistics.logging.level": "info"}
        job = submit.Submission(conf, list(options), str(program), list(arguments))
        log = self.folder / f"{program.name}.log"
        with tempfile.TemporaryDirectory(dir=self.folder) as work, log.open("wb") as out:
            process = submit.start(job, self.credentials, Path(work), out, out)
            figures = used(process.pid, f"{program.name}, see {log}")
        return {**figures, **read_from_s3(log.read_text())}


def read_from_s3(log: str) -> Figures:
    """List and read requests, and the MiB read, from the statistics that S3A logs at the end."""
    counters = {name: int(value) for name, value in re.findall(r"\((\w+)=(\d+)\)", log)}
    if "object_list_request" not in counters:
        raise SystemExit("The log has no S3A statistics.")
    requests = ("action_http_get_request", "action_http_head_request", "object_list_request")
    return {
        "requests": sum(counters.get(name, 0) for name in requests),
        "readMiB": counters.get("stream_read_bytes", 0) / 2**20,
    }


def allow(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def clicks(spark: SparkRuns, jar: Path, classes: Path, rows: int, pairs: int) -> list[dict[str, Any]]:
    """The click job, Spark SQL without checks, and DuckDB with the same Parquet files."""
    tests = spark.folder / "tests.jar"
    with zipfile.ZipFile(tests, "w") as archive:
        for file in classes.rglob("*.class"):
            archive.write(file, file.relative_to(classes))
    source = f"s3://{BUCKET}/{rows}"
    print(f"{rows} clicks: generating", flush=True)
    generator = [("--class", f"{PACKAGE}.ClickGenerator"), ("--jars", str(jar))]
    spark.submit(tests, [str(rows), str(DAYS), source], generator)
    copy = spark.folder / str(rows)
    for page in spark.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{rows}/clicklog/data="):
        for number, found in enumerate(page["Contents"]):
            if found["Key"].endswith("/_SUCCESS"):
                continue
            target = copy / found["Key"].split("/")[2]
            target.mkdir(parents=True, exist_ok=True)
            spark.s3.download_file(BUCKET, found["Key"], str(target / f"{number}.parquet"))

    def period(day: str, title: str) -> dict[str, Any]:
        partition = "*" if day == "ALL" else day
        job = [day, source, f"s3://{BUCKET}/out"]
        plain = [partition, source, f"s3://{BUCKET}/out/reference.md"]
        files = str(copy / f"data={partition}" / "*.parquet")
        contenders = {
            "this job": lambda: spark.submit(jar, job, [("--class", f"{PACKAGE}.Main")]),
            "Spark SQL": lambda: spark.submit(tests, plain, [("--class", f"{PACKAGE}.ReferenceJob")]),
            "DuckDB": command("DuckDB", {"command": [sys.executable, "-c", DUCKDB, files]}),
        }
        return compare(f"{rows:,} clicks, {title}", pairs, contenders)

    return [period("ALL", f"{DAYS} days"), period(DAY, "one day")]


def hospital_file(path: Path, rows: int) -> None:
    """Random numbers for every state and day from 2004, half of them with thousands separators."""
    states = json.loads((HERE.parents[2] / "schemas" / "covid-report.json").read_text())["states"]
    numbers = random.Random(1)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["state", "date", *METRICS])
        for row in range(rows):
            day, state = divmod(row, len(states))
            beds, covid = numbers.randrange(900, 60_000), numbers.random() / 4
            written = f"{beds:,}" if day % 2 else str(beds)
            when = FIRST_DAY + timedelta(days=day)
            out.writerow([states[state], when.isoformat(), written, beds // 8, int(beds * covid), beds])


def covid(spark: SparkRuns, package: Path, main: Path, rows: int, pairs: int, pandas: str) -> dict[str, Any]:
    """The COVID job, PySpark without checks, and pandas with the same file."""
    file = spark.folder / f"hospitals-{rows}.csv"
    hospital_file(file, rows)
    prefix = f"covid-{rows}"
    spark.s3.upload_file(str(file), BUCKET, f"{prefix}/raw/{file.name}")
    root = f"s3://{BUCKET}/{prefix}"
    folders = {"input": "raw", "output": "processed", "rejected": "rejected", "table": "curated"}
    job = [word for name, folder in folders.items() for word in (f"--{name}", f"{root}/{folder}/")]
    plain = [f"{root}/raw/", f"{root}/plain/"]
    contenders = {
        "this job": lambda: spark.submit(main, [*job, "--run-date", "2026-01-01"], [("--py-files", str(package))]),
        "PySpark": lambda: spark.submit(HERE / "plain_covid.py", plain),
        "pandas": command("pandas", {"command": [pandas, str(HERE / "pandas_covid.py"), str(file)]}),
    }
    return compare(f"{rows:,} hospital rows", pairs, contenders)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("endpoint")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, required=True)
    jobs = parser.add_subparsers(dest="job", required=True)
    job = jobs.add_parser("clicks")
    job.add_argument("jar", type=Path)
    job.add_argument("classes", type=Path)
    job.add_argument("rows", type=int, nargs="+")
    job = jobs.add_parser("covid")
    job.add_argument("package", type=Path)
    job.add_argument("main", type=Path)
    job.add_argument("pandas")
    job.add_argument("rows", type=int, nargs="+")
    given = parser.parse_args()
    spark = SparkRuns(given.endpoint, given.folder)
    if given.job == "clicks":
        found = [result for rows in given.rows for result in clicks(spark, given.jar, given.classes, rows, given.pairs)]
    else:
        found = [covid(spark, given.package, given.main, rows, given.pairs, given.pandas) for rows in given.rows]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
