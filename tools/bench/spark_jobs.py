"""The click job next to plain Spark SQL and DuckDB, for scripts/bench.ts.

Each job is a spark-submit as the local AWS starts it, on its S3. CPU time and peak memory are the operating system's,
of the whole process; the three run in turn. Prints progress, and the results as JSON in the last line.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from emulator.authorization import Credentials
from emulator.spark import submit

DAYS = 30
DAY = "2023-01-05"
BUCKET = "bench-clicks"
PACKAGE = "com.clicklogger.loggregator"
DUCKDB = (
    'import duckdb, sys; duckdb.sql("select substring(createdtime, 1, 10), callerid, component, count(*) '
    'from read_parquet(\'" + sys.argv[1] + "\') group by all order by all").fetchall()'
)


class Bench:
    """The jobs on one local AWS."""

    def __init__(self, endpoint: str, jar: Path, classes: Path, folder: Path) -> None:
        os.environ["GATEWAY_PORT"] = str(urlsplit(endpoint).port)
        self.jar, self.folder = jar, folder
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
        self.tests = folder / "tests.jar"
        with zipfile.ZipFile(self.tests, "w") as archive:
            for file in classes.rglob("*.class"):
                archive.write(file, file.relative_to(classes))

    def generate(self, rows: int) -> None:
        self._spark("ClickGenerator", self.tests, [str(rows), str(DAYS), source(rows)], [("--jars", str(self.jar))])
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{rows}/clicklog/data="):
            for number, found in enumerate(page["Contents"]):
                target = self.folder / str(rows) / found["Key"].split("/")[2]
                target.mkdir(parents=True, exist_ok=True)
                self.s3.download_file(BUCKET, found["Key"], str(target / f"{number}.parquet"))

    def job(self, rows: int, date: str) -> tuple[float, float]:
        return self._spark("Main", self.jar, [date, source(rows), f"s3://{BUCKET}/out"], [])

    def reference(self, rows: int, date: str) -> tuple[float, float]:
        day = "*" if date == "ALL" else date
        return self._spark("ReferenceJob", self.tests, [day, source(rows), f"s3://{BUCKET}/out/reference.md"], [])

    def duckdb(self, rows: int, date: str) -> tuple[float, float]:
        files = self.folder / str(rows) / f"data={'*' if date == 'ALL' else date}" / "*.parquet"
        return usage(os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", DUCKDB, str(files)]), "DuckDB")

    def _spark(self, name: str, jar: Path, arguments: list[str], options: list[tuple[str, str]]) -> tuple[float, float]:
        conf = {submit.S3A_REGION: "us-east-1"}
        job = submit.Submission(conf, [("--class", f"{PACKAGE}.{name}"), *options], str(jar), arguments)
        log = self.folder / f"{name}.log"
        with tempfile.TemporaryDirectory(dir=self.folder) as work, log.open("wb") as out:
            return usage(submit.start(job, self.credentials, Path(work), out, out).pid, f"{name}, see {log}")


def allow(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def source(rows: int) -> str:
    return f"s3://{BUCKET}/{rows}"


def usage(pid: int, name: str) -> tuple[float, float]:
    """CPU seconds, and MiB at its peak, of a process and of what it has waited for, once it has ended."""
    _, status, used = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{name}: ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def compare(bench: Bench, rows: int, date: str, pairs: int) -> dict[str, Any]:
    ours, plain, duckdb = [], [], []
    for pair in range(pairs):
        print(f"{rows} rows, {date}: pair {pair + 1} of {pairs}", flush=True)
        plain.append(bench.reference(rows, date))
        ours.append(bench.job(rows, date))
        duckdb.append(bench.duckdb(rows, date))
    median = statistics.median
    return {
        "rows": rows,
        "period": f"{DAYS} days" if date == "ALL" else "1 of them",
        "cpuRatio": round(median(a[0] / b[0] for a, b in zip(ours, plain, strict=True)), 2),
        **{
            f"{name}{what}": round(median(run[index] for run in runs), 2)
            for index, what in enumerate(("CpuSeconds", "PeakMiB"))
            for name, runs in (("job", ours), ("sparkSql", plain), ("duckDb", duckdb))
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("endpoint")
    for name in ("jar", "classes", "folder"):
        parser.add_argument(name, type=Path)
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--pairs", type=int, required=True)
    given = parser.parse_args()
    bench = Bench(given.endpoint, given.jar, given.classes, given.folder)
    results = []
    for rows in given.rows:
        print(f"{rows} rows: generating", flush=True)
        bench.generate(rows)
        results += [compare(bench, rows, date, given.pairs) for date in ("ALL", DAY)]
    print(json.dumps(results))


if __name__ == "__main__":
    main()
