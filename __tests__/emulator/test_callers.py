"""Authentication of requests: signatures, web pages, signed bodies, and requests over TLS."""

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
from account import Client, allow, document, make_role
from botocore import UNSIGNED
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from machines import Machines, jsonata, task
from running_emulator import REGION, RunningEmulator

Call = Callable[[Any], Any]

S3 = ("AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestTimeTooSkewed")
QUERY = ("MissingAuthenticationToken", "SignatureDoesNotMatch", "InvalidClientTokenId", "SignatureDoesNotMatch")
JSON = ("InvalidSignatureException", "UnrecognizedClientException", "InvalidSignatureException")

SERVICES: dict[str, tuple[Call, tuple[str, ...]]] = {
    "ec2": (lambda c: c.describe_vpcs(), ("MissingParameter", "AuthFailure", "AuthFailure", "AuthFailure")),
    "emr": (lambda c: c.list_clusters(), ("MissingAuthenticationTokenException", *JSON)),
    # An unsigned request contains the service only in the host, which is the same for all services here: S3 responds.
    "emr-serverless": (lambda c: c.list_applications(), ("403", *JSON)),
    "iam": (lambda c: c.list_roles(), QUERY),
    "lambda": (lambda c: c.list_functions(), ("MissingAuthenticationTokenException", *JSON)),
    "s3": (lambda c: c.list_buckets(), S3),
    "sqs": (lambda c: c.list_queues(), ("AccessDenied", *QUERY[1:])),
}
"""A service of each protocol, a call, and AWS's error codes: no signature, wrong secret, unknown key, old signature."""


@pytest.fixture
def caller(emulator: RunningEmulator) -> Callable[..., Any]:
    """`caller(service, key, secret, headers)`: a client that signs `headers`."""

    def make(service: str, key: str = "test", secret: str = "test", headers: dict[str, str] | None = None) -> Any:
        made: Any = boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=emulator.endpoint,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
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
    with pytest.raises(ClientError) as raised:
        call(client)
    code: str = raised.value.response["Error"]["Code"]
    return code


@pytest.mark.parametrize("service", SERVICES)
class TestEveryService:
    def test_a_request_of_root_succeeds(self, caller: Client, service: str) -> None:
        call, _ = SERVICES[service]
        call(caller(service))

    def test_an_unsigned_request_is_rejected(self, client: Client, service: str) -> None:
        call, (unsigned, *_) = SERVICES[service]
        assert code_of(call, client(service, signature_version=UNSIGNED)) == unsigned

    @pytest.mark.parametrize("key", ["test", "assumed"])
    def test_a_wrong_secret_is_rejected(self, caller: Client, client: Client, service: str, key: str) -> None:
        call, (_, wrong, *_) = SERVICES[service]
        if key == "assumed":
            role = make_role(client, "lambda.amazonaws.com")
            answer = client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            token = {"X-Amz-Security-Token": answer["SessionToken"]}
            assert code_of(call, caller(service, answer["AccessKeyId"], "wrong", token)) == wrong
        else:
            assert code_of(call, caller(service, key, "wrong")) == wrong

    @pytest.mark.parametrize("key", ["AKIAUNKNOWN000000000", "000000000000"])
    def test_an_unknown_key_is_rejected(self, caller: Client, service: str, key: str) -> None:
        call, (_, _, unknown, _) = SERVICES[service]
        assert code_of(call, caller(service, key)) == unknown

    def test_an_old_signature_is_rejected(self, caller: Client, an_hour_ago: None, service: str) -> None:
        call, (*_, old) = SERVICES[service]
        assert code_of(call, caller(service)) == old

    @pytest.mark.parametrize("header", ["Host: emulator.example.com", "Origin: null", "Sec-Fetch-Site: cross-site"])
    def test_a_request_of_a_web_page_is_rejected(self, caller: Client, service: str, header: str) -> None:
        call, _ = SERVICES[service]
        name, _, value = header.partition(": ")
        with pytest.raises(ClientError, match="The local AWS does not serve") as raised:
            call(caller(service, headers={name: value}))
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def send(emulator: RunningEmulator, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Any:
    """The status and the text of the response."""
    return fetch(emulator.endpoint + path, headers, body, method)


def fetch(url: str, headers: dict[str, str] | None = None, body: bytes = b"", method: str = "GET") -> Any:
    """`send` to a URL."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body or None, headers or {}, method=method)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def signed(emulator: RunningEmulator, method: str, path: str, body: bytes, service: str) -> dict[str, str]:
    """The headers of a request with root's signature."""
    hashed = {"X-Amz-Content-SHA256": hashlib.sha256(body).hexdigest()}
    request = AWSRequest(method, emulator.endpoint + path, hashed, body)
    SigV4Auth(Credentials("test", "test"), service, REGION).add_auth(request)
    return dict(request.headers.items())


class TestOtherPaths:
    def test_the_health_path_needs_no_signature(self, emulator: RunningEmulator) -> None:
        assert send(emulator, "GET", "/_ministack/health", {})[0] == 200

    @pytest.mark.parametrize(
        "header",
        ["Host: localhost.example.com:4566", "Host: bucket.localhost", "Origin: https://example.com", "Origin: "],
    )
    def test_the_health_path_rejects_web_pages(self, emulator: RunningEmulator, header: str) -> None:
        name, _, value = header.partition(": ")
        assert send(emulator, "GET", "/_ministack/health", {name: value})[0] == 403

    @pytest.mark.parametrize("last", [("Origin", ""), ("Sec-Fetch-Site", "none")], ids=lambda header: header[0])
    def test_repeated_headers_are_all_checked(self, emulator: RunningEmulator, last: tuple[str, str]) -> None:
        connection = HTTPConnection(urlsplit(emulator.endpoint).netloc)
        connection.putrequest("GET", "/_ministack/health")
        for value in ("https://example.com", last[1]):
            connection.putheader(last[0], value)
        connection.endheaders()
        answer = connection.getresponse()
        connection.close()
        assert answer.status == 403

    @pytest.mark.parametrize(
        "path",
        [
            *("/_ministack/reset", "/_ministack/config", "/_ministack/lambda-code/000000000000/us-east-1/f"),
            *("/_aws/sqs/messages", "/_localstack/health", "/_alb/x/"),
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_other_paths_of_ministack_are_rejected(self, emulator: RunningEmulator, method: str, path: str) -> None:
        status, text = send(emulator, method, path, signed(emulator, method, path, b"", "s3"))
        assert (status, f"does not support {path}" in text) == (403, True)

    @pytest.mark.parametrize("path", ["/oauth2/token", "/health", "/pool/.well-known/jwks.json", "/logout"])
    def test_a_path_without_a_signature_is_rejected(self, emulator: RunningEmulator, path: str) -> None:
        assert send(emulator, "GET", path, {})[0] == 403

    def test_a_preflight_request_is_rejected(self, emulator: RunningEmulator) -> None:
        asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
        for headers in (asked, {**asked, "Origin": "https://example.com"}):
            assert send(emulator, "OPTIONS", "/bucket/key", headers)[0] == 403

    def test_a_web_socket_is_rejected(self, emulator: RunningEmulator) -> None:
        socket = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        key = {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
        assert send(emulator, "GET", "/_aws/execute-api/0/stage", {**socket, **key})[0] == 403


class TestSignedBodies:
    def test_s3_compares_the_body_with_the_signed_hash(self, emulator: RunningEmulator) -> None:
        headers = signed(emulator, "PUT", "/bucket-of-nobody/k", b"signed", "s3")
        assert "XAmzContentSHA256Mismatch" in send(emulator, "PUT", "/bucket-of-nobody/k", headers, b"others")[1]

    @pytest.mark.parametrize("declared", [None, "of-my-own"])
    def test_s3_requires_a_hash(self, emulator: RunningEmulator, declared: str | None) -> None:
        given = {"X-Amz-Content-SHA256": declared} if declared else {}
        request = AWSRequest("PUT", f"{emulator.endpoint}/bucket-of-nobody/k", given, b"body")
        SigV4Auth(Credentials("test", "test"), "s3", REGION).add_auth(request)
        status, text = send(emulator, "PUT", "/bucket-of-nobody/k", dict(request.headers.items()), b"body")
        assert (status, "x-amz-content-sha256" in text) == (400, True)

    def test_other_services_verify_the_signature_of_the_body(self, emulator: RunningEmulator) -> None:
        path = "/2015-03-31/functions/missing/invocations"
        headers = signed(emulator, "POST", path, b"{}", "lambda")
        assert send(emulator, "POST", path, headers, b"{}")[0] == 404
        assert "InvalidSignatureException" in json.dumps(send(emulator, "POST", path, headers, b"[]"))

    @pytest.mark.parametrize("body", [b"", b"streamed " * 20_000])
    def test_a_stream_is_stored_completely(self, caller: Client, bucket: str, body: bytes) -> None:
        s3 = caller("s3")
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
    def test_a_stream_with_a_wrong_checksum_or_signature_is_rejected(
        self,
        emulator: RunningEmulator,
        bucket: str,
        monkeypatch: pytest.MonkeyPatch,
        payload: str,
        frame: str,
        status: int,
    ) -> None:
        headers = {"X-Amz-Decoded-Content-Length": "5", "Content-Encoding": "aws-chunked"}
        if payload.endswith("TRAILER"):
            headers["X-Amz-Trailer"] = "x-amz-checksum-crc32"
        request = AWSRequest("PUT", f"{emulator.endpoint}/{bucket}/k", headers, frame.encode())
        monkeypatch.setattr(S3SigV4Auth, "payload", lambda *_: payload)
        S3SigV4Auth(Credentials("test", "test"), "s3", REGION).add_auth(request)
        assert send(emulator, "PUT", f"/{bucket}/k", dict(request.headers.items()), frame.encode())[0] == status


@pytest.mark.parametrize(("service", "version"), [("s3", "s3v4"), ("s3", "s3"), ("sts", "v4")])
def test_a_presigned_url_is_not_supported(client: Client, service: str, version: str) -> None:
    operation = {"s3": "list_buckets", "sts": "get_caller_identity"}[service]
    status, text = fetch(client(service, signature_version=version).generate_presigned_url(operation, HttpMethod="GET"))
    assert (status, "not support presigned URLs" in text) == (403, True), text


@pytest.fixture
def tls_only(client: Client, bucket: str) -> str:
    """A bucket that denies requests without TLS."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    client("s3").put_bucket_policy(Bucket=bucket, Policy=document(deny))
    return bucket


def test_loopback_counts_as_tls_unless_a_header_denies_it(client_with: Client, tls_only: str) -> None:
    s3 = client_with("s3", allow("s3:*"))
    s3.put_object(Bucket=tls_only, Key="k", Body=b"1")
    assert s3.get_object(Bucket=tls_only, Key="k")["Body"].read() == b"1"
    s3.meta.events.register(
        "before-send.s3.*", lambda request, **_: request.headers.update({"X-Forwarded-Proto": "http"})
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=tls_only, Key="k", Body=b"1")


def test_an_unsigned_request_to_a_bucket_is_denied(emulator: RunningEmulator, client: Client, tls_only: str) -> None:
    client("s3").put_object(Bucket=tls_only, Key="k", Body=b"1")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{emulator.endpoint}/{tls_only}/k")


def test_a_task_of_step_functions_counts_as_tls(machines: Machines, tls_only: str) -> None:
    assert machines.run(jsonata(Work=task("aws-sdk:s3:listObjectsV2", {"Bucket": tls_only})))["status"] == "SUCCEEDED"
