"""Firehose as AWS runs it: buffered, one Parquet file a flush by the Glue table's columns, under the stream's role."""

from emulator.firehose.api import install

__all__ = ["install"]
