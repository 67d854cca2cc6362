"""Valid keys of S3 that are not valid paths in Hadoop, in the input of the covid job."""

from pathlib import Path

from account import Client
from machines import zipped
from spark_jobs import SMALL, Jobs

PACKAGE = Path(__file__).parents[2] / "spark-jobs" / "covid-report" / "covid_report"
SCHEMA = Path(__file__).parents[2] / "schemas" / "covid-report.json"
CSV = b"state,date,inpatient_beds\nFL,2020-08-26,10\n"
LIST = """
import sys
from covid_report.errors import CovidReportError
from covid_report.sources import list_sources
from covid_report.storage import Storage
from pyspark.sql import SparkSession
storage = Storage(SparkSession.builder.getOrCreate())
for folder in sys.argv[1:]:
    try:
        print([source.name for source in list_sources(storage, folder).sources])
    except CovidReportError as error:
        print(error)
"""


def test_an_object_with_an_invalid_path_is_rejected(client: Client, jobs: Jobs) -> None:
    s3 = client("s3")
    package = zipped({f"covid_report/{file.name}": file.read_bytes() for file in (*PACKAGE.glob("*.py"), SCHEMA)})
    s3.put_object(Bucket=jobs.bucket, Key="jobs/covid_report.zip", Body=package)
    alone = [("//x.csv",), ("/../x.csv",), ("/./x.csv",), ("/a//b.csv",)]
    cases = [*alone, ("//x.csv", "/x.csv"), ("/../x.csv", "/y.csv"), ("/x.csv", "/a b+c%2B.csv")]
    for case, keys in enumerate(cases):
        for key in keys:
            s3.put_object(Bucket=jobs.bucket, Key=f"output/{case}/raw{key}", Body=CSV)
    request = jobs.request(LIST, *(f"s3://{jobs.bucket}/output/{case}/raw/" for case in range(len(cases))))
    parameters = f"{SMALL} --py-files s3://{jobs.bucket}/jobs/covid_report.zip"
    request["jobDriver"]["sparkSubmit"]["sparkSubmitParameters"] = parameters
    job_run = jobs.emr.start_job_run(**request)["jobRunId"]
    jobs.until(job_run, "SUCCESS")
    *errors, good = jobs.log(job_run, "stdout").splitlines()
    paths = [f"s3://{jobs.bucket}/output/{case}/" for case in range(len(errors))]
    names = ["raw/x.csv", "x.csv", "raw/x.csv", "raw/a/b.csv", "raw/x.csv", "x.csv"]
    assert errors == [
        f"an object listed as {path}{name} has a key with an empty part, . or .., which Hadoop resolves to another "
        "key; copy it to a key without them and delete it"
        for path, name in zip(paths, names, strict=True)
    ]
    assert good == "['a b+c%2B.csv', 'x.csv']"
