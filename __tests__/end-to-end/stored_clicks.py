"""Prints the rows of every Parquet file in a bucket, as one JSON array of objects; argument: the bucket's name.

Independent of the job: pyarrow reads the files. Environment: as `npm run local:env` prints it.
"""

import json
import sys

import boto3
import pyarrow as pa
import pyarrow.parquet as pq

s3 = boto3.client("s3")
keys = [
    item["Key"]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=sys.argv[1], Prefix="clicklog/")
    for item in page.get("Contents", [])
]
files = [s3.get_object(Bucket=sys.argv[1], Key=key)["Body"].read() for key in keys]
# Not io.BytesIO: Python can abort at its end after Arrow's threads have read a file object (apache/arrow, issue 50482).
json.dump([row for file in files for row in pq.read_table(pa.BufferReader(file)).to_pylist()], sys.stdout)
