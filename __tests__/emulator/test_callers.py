"""Every request is signed by a key that exists, and comes from a program on this machine."""

from __future__ import annotations

import datetime
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.auth
import pytest
from botocore import UNSIGNED
from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from fixture_types import Client, Make, Unique
from running_emulator import REGION, RunningEmulator

Call = Callable[[Any], Any]

QUERY = ("MissingAuthenticationToken", "SignatureDoesNotMatch", "InvalidClientTokenId", "SignatureDoesNotMatch")
JSON = (
    "MissingAuthenticationTokenException",
    "InvalidSignatureException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
)
REST = ("403", *JSON[1:])
"""Without a signature nothing but the host says which service is meant, and here all have one host: S3 answers."""
S3 = ("AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestTimeTooSkewed")
SQS = ("AccessDenied", "SignatureDoesNotMatch", "InvalidClientTokenId", "SignatureDoesNotMatch")
EC2 = ("MissingParameter", "AuthFailure", "AuthFailure", "AuthFailure")

SERVICES: dict[str, tuple[Call, tuple[str, str, str, str]]] = {
    "cloudwatch": (lambda c: c.describe_alarms(), QUERY),
    "ec2": (lambda c: c.describe_vpcs(), EC2),
    "emr": (lambda c: c.list_clusters(), JSON),
    "emr-serverless": (lambda c: c.list_applications(), REST),
    "events": (lambda c: c.list_rules(), JSON),
    "firehose": (lambda c: c.list_delivery_streams(), JSON),
    "glue": (lambda c: c.get_databases(), JSON),
    "iam": (lambda c: c.list_roles(), QUERY),
    "kms": (lambda c: c.list_keys(), JSON),
    "lakeformation": (lambda c: c.list_permissions(), REST),
    "lambda": (lambda c: c.invoke(FunctionName="missing"), JSON),
    "logs": (lambda c: c.describe_log_groups(), JSON),
    "resourcegroupstaggingapi": (lambda c: c.get_resources(), JSON),
    "s3": (lambda c: c.list_buckets(), S3),
    "scheduler": (lambda c: c.list_schedules(), REST),
    "sns": (lambda c: c.list_topics(), QUERY),
    "sqs": (lambda c: c.list_queues(), SQS),
    "stepfunctions": (lambda c: c.list_state_machines(), JSON),
    "sts": (lambda c: c.get_caller_identity(), QUERY),
}
"""Per service a call, and AWS's codes for: no signature, a wrong secret, an unknown key, a signature of an hour ago."""


@pytest.fixture
def caller(emulator: RunningEmulator) -> Callable[..., Any]:
    """`caller(service, key, secret, headers)`: a client that adds `headers` before it signs."""

    def make(service: str, key: str = "test", secret: str = "test", headers: dict[str, str] | None = None) -> Any:
        made: Any = boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=emulator.endpoint,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                signature_version="v4" if service != "s3" else "s3v4",  # boto3 presigns S3 with version 2 otherwise
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
            ),
        )
        if headers:
            made.meta.events.register("before-sign", lambda request, **_: _set(request, headers))
        return made

    return make


def _set(request: AWSRequest, headers: dict[str, str]) -> None:
    for name, value in headers.items():
        request.headers[name] = value


@pytest.fixture
def an_hour_ago(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: then)
    yield


def code_of(call: Call, client: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(client)
    code: str = refused.value.response["Error"]["Code"]
    return code


@pytest.mark.parametrize("service", SERVICES)
class TestEveryService:
    def test_serves_root(self, caller: Client, service: str) -> None:
        call, _ = SERVICES[service]
        if service == "lambda":
            assert code_of(call, caller(service)) == "ResourceNotFoundException"
        else:
            call(caller(service))

    def test_refuses_what_is_not_signed(self, client: Client, service: str) -> None:
        call, (unsigned, *_) = SERVICES[service]
        assert code_of(call, client(service, signature_version=UNSIGNED)) == unsigned

    @pytest.mark.parametrize("key", ["test", "assumed"])
    def test_refuses_a_wrong_secret(
        self, caller: Client, client: Client, make_role: Make, service: str, key: str
    ) -> None:
        call, (_, wrong, *_) = SERVICES[service]
        if key == "assumed":
            role = make_role("lambda.amazonaws.com")
            answer = client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            token = {"X-Amz-Security-Token": answer["SessionToken"]}
            assert code_of(call, caller(service, answer["AccessKeyId"], "wrong", token)) == wrong
        else:
            assert code_of(call, caller(service, key, "wrong")) == wrong

    @pytest.mark.parametrize("key", ["AKIAUNKNOWN000000000", "111122223333", "000000000000"])
    def test_refuses_an_unknown_key(self, caller: Client, service: str, key: str) -> None:
        call, (_, _, unknown, _) = SERVICES[service]
        assert code_of(call, caller(service, key)) == unknown

    def test_refuses_an_old_signature(self, caller: Client, an_hour_ago: None, service: str) -> None:
        call, (*_, old) = SERVICES[service]
        assert code_of(call, caller(service)) == old

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "emulator.example.com"},
            {"Host": "localhost.example.com:4566"},
            {"Host": "bucket.localhost"},
            {"Origin": "https://example.com"},
            {"Origin": "null"},
            {"Origin": ""},
            {"Sec-Fetch-Site": "cross-site"},
        ],
        ids=lambda headers: "-".join(*headers.items()),
    )
    def test_refuses_what_a_web_page_can_send(self, caller: Client, service: str, headers: dict[str, str]) -> None:
        call, _ = SERVICES[service]
        with pytest.raises(ClientError, match="The local AWS does not serve") as refused:
            call(caller(service, headers=headers))
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def send(emulator: RunningEmulator, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Any:
    """The status and the text of the answer."""
    return fetch(emulator.endpoint + path, headers, body, method)


def fetch(url: str, headers: dict[str, str] | None = None, body: bytes = b"", method: str = "GET") -> Any:
    """The same of a whole URL."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body or None, headers or {}, method=method)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def signed(emulator: RunningEmulator, method: str, path: str, body: bytes, service: str) -> dict[str, str]:
    """The headers that root's signature of a request needs."""
    request = AWSRequest(method, emulator.endpoint + path, {"X-Amz-Content-SHA256": hash_of(body)}, body)
    SigV4Auth(Credentials("test", "test"), service, REGION).add_auth(request)
    return dict(request.headers.items())


def hash_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class TestWhatIsNotOfAws:
    def test_answers_its_health_to_anybody_on_this_machine(self, emulator: RunningEmulator) -> None:
        assert send(emulator, "GET", "/_ministack/health", {})[0] == 200

    @pytest.mark.parametrize("last", [("Origin", ""), ("Sec-Fetch-Site", "none")], ids=lambda header: header[0])
    def test_no_header_hides_another(self, emulator: RunningEmulator, last: tuple[str, str]) -> None:
        connection = HTTPConnection(urlsplit(emulator.endpoint).netloc)
        connection.putrequest("GET", "/_ministack/health")
        for value in ("https://example.com", last[1]):
            connection.putheader(last[0], value)
        connection.endheaders()
        answer = connection.getresponse()
        connection.close()
        assert answer.status == 403

    def test_hides_its_health_from_web_pages(self, emulator: RunningEmulator) -> None:
        assert send(emulator, "GET", "/_ministack/health", {"Origin": "https://example.com"})[0] == 403

    @pytest.mark.parametrize(
        "path",
        [
            "/_ministack/reset",
            "/_ministack/config",
            "/_ministack/lambda-code/000000000000/us-east-1/f",
            "/_aws/sqs/messages",
            "/_localstack/health",
            "/_alb/x/",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_refuses_other_paths_even_to_root(self, emulator: RunningEmulator, method: str, path: str) -> None:
        status, text = send(emulator, method, path, signed(emulator, method, path, b"", "s3"))
        assert (status, f"does not support {path}" in text) == (403, True)

    def test_a_reset_wipes_nothing(self, emulator: RunningEmulator, client: Client, unique: Unique) -> None:
        bucket = unique("kept")
        client("s3").create_bucket(Bucket=bucket)
        send(emulator, "POST", "/_ministack/reset", {"Origin": "https://example.com"})
        client("s3").head_bucket(Bucket=bucket)

    @pytest.mark.parametrize("path", ["/oauth2/token", "/health", "/pool/.well-known/jwks.json", "/logout"])
    def test_serves_no_path_unsigned(self, emulator: RunningEmulator, path: str) -> None:
        assert send(emulator, "GET", path, {})[0] == 403

    def test_answers_no_preflight(self, emulator: RunningEmulator) -> None:
        asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
        for headers in (asked, {**asked, "Origin": "https://example.com"}):
            assert send(emulator, "OPTIONS", "/bucket/key", headers)[0] == 403

    def test_opens_no_web_socket(self, emulator: RunningEmulator) -> None:
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        assert send(emulator, "GET", "/_aws/execute-api/0/stage", upgrade)[0] == 403


class TestSignedBodies:
    def test_s3_compares_the_hash_that_was_signed(self, emulator: RunningEmulator) -> None:
        headers = signed(emulator, "PUT", "/bucket-of-nobody/k", b"signed", "s3")
        assert "XAmzContentSHA256Mismatch" in send(emulator, "PUT", "/bucket-of-nobody/k", headers, b"others")[1]

    @pytest.mark.parametrize("declared", [None, "of-my-own"])
    def test_s3_wants_a_hash(self, emulator: RunningEmulator, declared: str | None) -> None:
        given = {"X-Amz-Content-SHA256": declared} if declared else {}
        request = AWSRequest("PUT", f"{emulator.endpoint}/bucket-of-nobody/k", given, b"body")
        SigV4Auth(Credentials("test", "test"), "s3", REGION).add_auth(request)
        status, text = send(emulator, "PUT", "/bucket-of-nobody/k", dict(request.headers.items()), b"body")
        assert (status, "x-amz-content-sha256" in text) == (400, True)

    def test_other_services_sign_the_body_that_came(self, emulator: RunningEmulator) -> None:
        path = "/2015-03-31/functions/missing/invocations"
        headers = signed(emulator, "POST", path, b"{}", "lambda")
        assert send(emulator, "POST", path, headers, b"{}")[0] == 404
        assert "InvalidSignatureException" in json.dumps(send(emulator, "POST", path, headers, b"[]"))

    @pytest.mark.parametrize("body", [b"", b"streamed " * 20_000])
    def test_streams_arrive_whole(self, caller: Client, unique: Unique, body: bytes) -> None:
        s3, bucket = caller("s3"), unique("streams")
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="k", Body=body, ChecksumAlgorithm="SHA256")
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == body

    @pytest.mark.parametrize(
        ("payload", "frame", "status"),
        [
            ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 200),
            ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhullo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 400),
            ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", f"5;chunk-signature={'0' * 64}\r\nhello\r\n0\r\n\r\n", 403),
        ],
    )
    def test_streams_have_the_checksum_or_the_signatures_that_they_say(
        self,
        emulator: RunningEmulator,
        client: Client,
        monkeypatch: pytest.MonkeyPatch,
        payload: str,
        frame: str,
        status: int,
    ) -> None:
        bucket = "frames"
        client("s3").create_bucket(Bucket=bucket)
        headers = {"X-Amz-Decoded-Content-Length": "5", "Content-Encoding": "aws-chunked"}
        if payload.endswith("TRAILER"):
            headers["X-Amz-Trailer"] = "x-amz-checksum-crc32"
        request = AWSRequest("PUT", f"{emulator.endpoint}/{bucket}/k", headers, frame.encode())
        monkeypatch.setattr(S3SigV4Auth, "payload", lambda *_: payload)
        S3SigV4Auth(Credentials("test", "test"), "s3", REGION).add_auth(request)
        assert send(emulator, "PUT", f"/{bucket}/k", dict(request.headers.items()), frame.encode())[0] == status


class TestPresignedUrls:
    @pytest.fixture
    def bucket(self, client: Client, unique: Unique) -> str:
        name = unique("presigned")
        client("s3").create_bucket(Bucket=name)
        client("s3").put_object(Bucket=name, Key="k", Body=b"1")
        return name

    def url(self, s3: Any, bucket: str) -> str:
        made: str = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=600)
        return made

    def test_opens_in_a_browser(self, caller: Client, bucket: str) -> None:
        url = self.url(caller("s3"), bucket)
        assert fetch(url, {"Sec-Fetch-Site": "none"}) == (200, "1")
        assert fetch(url, {"Sec-Fetch-Site": "cross-site"})[0] == 403

    @pytest.mark.parametrize(
        ("key", "secret", "code"),
        [("test", "wrong", "SignatureDoesNotMatch"), ("AKIAUNKNOWN000000000", "test", "InvalidAccessKeyId")],
    )
    def test_refuses_another_signature(self, caller: Client, bucket: str, key: str, secret: str, code: str) -> None:
        status, text = fetch(self.url(caller("s3", key, secret), bucket))
        assert (status, f"<Code>{code}</Code>" in text) == (403, True)

    def test_refuses_an_expired_one(self, caller: Client, bucket: str, an_hour_ago: None) -> None:
        status, text = fetch(self.url(caller("s3"), bucket))
        assert (status, "Request has expired" in text) == (403, True)

    def test_refuses_signature_version_2(self, emulator: RunningEmulator, bucket: str) -> None:
        request = AWSRequest("GET", f"{emulator.endpoint}/{bucket}/k")
        HmacV1QueryAuth(Credentials("test", "test")).add_auth(request)
        status, text = fetch(str(request.url))
        assert (status, "Please use AWS4-HMAC-SHA256" in text) == (400, True)

    def test_signs_the_operation_too(self, caller: Client) -> None:
        url = caller("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
        assert fetch(url)[0] == 200
        assert fetch(url.replace("GetCallerIdentity", "GetSessionToken"))[0] == 403
