"""Files on S3, HDFS or a disk, through the file systems of Hadoop, which use the credentials of EMR."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.sql import SparkSession

ABORTABLE_STREAM = "fs.capability.outputstream.abortable"
"""Hadoop capability of streams whose file appears when they are closed, as on S3, and never after abort()."""

READ_POLICY = "fs.option.openfile.read.policy"
"""Hadoop option; with "random", S3A requests only the bytes that are read."""

PROBE_BYTES = 1 << 13
COPY_BUFFER_BYTES = 1 << 16
CHUNK_BYTES = 1 << 22


@dataclass(frozen=True)
class StoredFile:
    """A file; `name` is its path relative to the listed folder.

    On S3 a key with `..` can resolve to a path outside of the folder; `name` is then the URI.
    """

    name: str
    uri: str
    size: int


class Storage:
    """The file systems of a Spark session's Hadoop configuration."""

    def __init__(self, spark: SparkSession) -> None:
        context = spark.sparkContext
        gateway: Any = context._gateway
        self._gateway = gateway
        self._hadoop: Any = gateway.jvm.org.apache.hadoop
        self._conf: Any = context._jsc.hadoopConfiguration()

    def qualified(self, uri: str) -> str:
        """The qualified URI of Hadoop and Spark."""
        path = self._path(uri)
        return str(path.getFileSystem(self._conf).makeQualified(path).toString())

    def exists(self, uri: str) -> bool:
        path = self._path(uri)
        return bool(path.getFileSystem(self._conf).exists(path))

    def list_files(self, folder: str) -> list[StoredFile]:
        """All files of an existing folder and its subfolders, sorted by name."""
        path = self._path(folder)
        fs = path.getFileSystem(self._conf)
        start = self.qualified(folder) + "/"
        found = []
        statuses = fs.listFiles(path, True)
        while statuses.hasNext():
            status = statuses.next()
            uri = str(status.getPath().toString())
            found.append(StoredFile(uri.removeprefix(start), uri, int(status.getLen())))
        return sorted(found, key=lambda file: file.name)

    def read_start(self, uri: str, size: int) -> bytes:
        """At most the first `size` bytes of a file; FileNotFoundError when it does not exist."""
        path = self._path(uri)
        try:
            stream = path.getFileSystem(self._conf).open(path)
        except Py4JJavaError as error:
            if error.java_exception.getClass().getName() == "java.io.FileNotFoundException":
                raise FileNotFoundError(uri) from error
            raise
        try:
            return bytes(stream.readNBytes(size))
        finally:
            stream.close()

    def has_gap(self, uri: str, size: int, byte: bytes, block: int) -> bool:
        """Whether a whole block of `block` bytes does not contain a byte; reads only the start of other blocks."""
        path = self._path(uri)
        stream = path.getFileSystem(self._conf).openFile(path).opt(READ_POLICY, "random").build().get()
        try:
            for start in range(0, size - block + 1, block):
                stream.seek(start)
                if byte not in bytes(stream.readNBytes(PROBE_BYTES)) and byte not in bytes(
                    stream.readNBytes(block - PROBE_BYTES)
                ):
                    return True
            return False
        finally:
            stream.close()

    def read_chunks(self, uri: str) -> Iterator[bytes]:
        """The content of a file in chunks."""
        path = self._path(uri)
        stream = path.getFileSystem(self._conf).open(path)
        try:
            while chunk := bytes(stream.readNBytes(CHUNK_BYTES)):
                yield chunk
        finally:
            stream.close()

    def put(self, uri: str, content: bytes) -> None:
        """Create or replace a file atomically."""
        self._replace(uri, lambda stream: stream.write(content))

    def copy(self, source: str, target: str) -> None:
        """Create or replace `target` atomically by a copy of `source`, which may be in another file system."""
        path = self._path(source)
        stream = path.getFileSystem(self._conf).open(path)
        try:
            io = self._hadoop.io.IOUtils
            self._replace(target, lambda sink: io.copyBytes(stream, sink, COPY_BUFFER_BYTES, False))
        finally:
            stream.close()

    def delete(self, uri: str) -> None:
        """Delete a file or a folder with its content, if it exists."""
        path = self._path(uri)
        path.getFileSystem(self._conf).delete(path, True)

    def _replace(self, uri: str, write: Callable[[Any], None]) -> None:
        path = self._path(uri)
        fs = path.getFileSystem(self._conf)
        if fs.hasPathCapability(path, ABORTABLE_STREAM):
            self._write_or_abort(fs, path, write)
        else:
            self._write_and_rename(fs, path, write)

    def _write_or_abort(self, fs: Any, path: Any, write: Callable[[Any], None]) -> None:
        stream = fs.create(path, True)
        try:
            write(stream)
        except BaseException:
            # Closing the stream would publish a partial file.
            stream.abort()
            raise
        stream.close()

    def _write_and_rename(self, fs: Any, path: Any, write: Callable[[Any], None]) -> None:
        """For file systems with atomic rename that show incomplete files."""
        draft = self._hadoop.fs.Path(path.getParent(), f".{path.getName()}.{uuid.uuid4()}")
        try:
            stream = fs.create(draft, False)
            try:
                write(stream)
            finally:
                stream.close()
            overwrite = self._gateway.new_array(self._hadoop.fs.Options.Rename, 1)
            overwrite[0] = self._hadoop.fs.Options.Rename.OVERWRITE
            # FileSystem.rename rejects an existing target, or deletes it first.
            self._hadoop.fs.FileContext.getFileContext(path.toUri(), self._conf).rename(draft, path, overwrite)
        except BaseException:
            # An error of the deletion must not hide the original error.
            with contextlib.suppress(Py4JError):
                fs.delete(draft, False)
            raise

    def _path(self, uri: str) -> Any:
        return self._hadoop.fs.Path(uri)
