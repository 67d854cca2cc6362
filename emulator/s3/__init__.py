"""Amazon S3 where MiniStack takes more than AWS takes, or keeps less than it promises."""

from emulator.s3 import absence, limits, listing, multipart, storage, tags


def install() -> None:
    for part in (listing, limits, multipart, tags, absence, storage):
        part.install()
