"""Firehose: buffering, conversion to Parquet by the Glue table, and delivery with the stream's role."""
