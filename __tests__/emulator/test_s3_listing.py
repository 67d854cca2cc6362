"""Keys with characters that XML cannot contain, in lists that a tear-down uses."""

import pytest
from account import Client

ODD_KEYS = {
    "cr\rx": "cr%0Dx",
    "control\x01x": "control%01x",
    "plus + and blank": "plus+%2B+and+blank",
    "üñí/😀": "%C3%BC%C3%B1%C3%AD/%F0%9F%98%80",
    "a%41": "a%2541",
    "<&>": "%3C%26%3E",
    "double//slash": "double//slash",
}


@pytest.fixture
def bucket(client: Client, bucket: str) -> str:
    client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def test_versions_and_markers_have_encoded_keys_on_request(client: Client, bucket: str) -> None:
    s3 = client("s3")
    for key in ODD_KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        s3.delete_object(Bucket=bucket, Key=key)
    # boto3 decodes keys only if it has set EncodingType.
    page = s3.list_object_versions(Bucket=bucket, EncodingType="url")
    assert page["EncodingType"] == "url"
    for member in ("Versions", "DeleteMarkers"):
        assert {item["Key"] for item in page[member]} == set(ODD_KEYS.values())


def test_unfinished_uploads_have_encoded_keys_on_request(client: Client, bucket: str) -> None:
    s3 = client("s3")
    # The response of CreateMultipartUpload contains the key in XML, which does not allow control characters.
    keys = {key: encoded for key, encoded in ODD_KEYS.items() if "\x01" not in key}
    for key in keys:
        s3.create_multipart_upload(Bucket=bucket, Key=key)
    page = s3.list_multipart_uploads(Bucket=bucket, EncodingType="url")
    assert {item["Key"] for item in page["Uploads"]} == set(keys.values())


@pytest.mark.parametrize("key", ["clicks", "a ", "\ue000"])
def test_all_versions_of_a_key_are_listed_while_each_page_is_deleted(client: Client, bucket: str, key: str) -> None:
    s3 = client("s3")
    for _ in range(5):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    s3.put_object(Bucket=bucket, Key="\U0001f600", Body=b"x")
    seen = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2}):
        found = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in page.get("Versions", [])]
        seen += [item["Key"] for item in found]
        s3.delete_objects(Bucket=bucket, Delete={"Objects": found})
    assert seen == [key] * 5 + ["\U0001f600"]
    s3.delete_bucket(Bucket=bucket)
