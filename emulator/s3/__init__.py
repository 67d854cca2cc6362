"""Amazon S3: limits, listings, responses and storage that differ from MiniStack's."""
