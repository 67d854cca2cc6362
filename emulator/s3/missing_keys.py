"""S3 answers 403 instead of 404 for a missing key to a caller that may not list the bucket.

Which s3:prefix a condition on that permission sees is not documented. Ceph's compatibility tests use the key
(ceph/ceph pull request 68577); a plain GetObject has no prefix. Here a 404 requires both to be allowed.
"""

from collections.abc import Callable

import ministack.app as app
from ministack.core.router import extract_access_key_id

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around


def _conceal(request: Request, proceed: Callable[[], Answer]) -> Answer:
    answer = proceed()
    if answer[0] != 404 or b"<Code>NoSuchKey<" not in answer[2]:
        return answer
    if not extract_access_key_id(request.headers, request.query):  # a service inside the emulator
        return answer
    bucket, key = request.copied or (request.bucket, request.key)
    for context in ({}, {"s3:prefix": key}):
        denied: Answer | None = app._enforce_data_plane(
            "s3",
            "s3:ListBucket",
            request.headers,
            request.query,
            "",
            resource_arn=f"arn:aws:s3:::{bucket}",
            service_context=context,
        )
        if denied is not None:
            markers = {name: value for name, value in answer[1].items() if name.lower() == "x-amz-delete-marker"}
            return denied[0], {**denied[1], **markers}, denied[2]
    return answer


def install() -> None:
    around(_conceal)
    hooks.require(app, "_enforce_data_plane")
