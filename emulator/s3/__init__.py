"""Amazon S3 where MiniStack accepts more than AWS accepts, or stores less than it promises."""

from emulator.s3 import encryption, limits, listing, missing_keys, storage


def install() -> None:
    for part in (listing, limits, missing_keys, storage, encryption):
        part.install()
