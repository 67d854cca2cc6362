"""Atomic writes, and reads of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from covid_report.storage import Storage
from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession


@pytest.fixture
def storage(spark: SparkSession) -> Storage:
    return Storage(spark)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".crc")


def test_a_file_is_created_with_its_folders_and_replaced(storage: Storage, tmp_path: Path) -> None:
    storage.put(f"file://{tmp_path}/a/b.txt", b"one, longer")
    storage.put(f"file://{tmp_path}/a/b.txt", "zwei ü".encode())
    assert (tmp_path / "a" / "b.txt").read_text(encoding="utf-8") == "zwei ü"
    assert names(tmp_path / "a") == ["b.txt"]


def test_a_copy_has_the_bytes_of_its_source(storage: Storage, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1_000
    (tmp_path / "source").write_bytes(content)
    storage.copy(f"file://{tmp_path}/source", f"file://{tmp_path}/to/target")
    assert (tmp_path / "to" / "target").read_bytes() == content


def test_a_failed_copy_does_not_change_the_file_and_leaves_no_draft(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    with pytest.raises(Py4JJavaError, match="FileNotFoundException"):
        storage.copy(f"file://{tmp_path}/nowhere", f"file://{tmp_path}/target")

    def fail(stream: Any) -> None:
        stream.write(b"half")
        raise OSError("the connection broke")

    with pytest.raises(OSError, match="the connection broke"):
        storage._replace(f"file://{tmp_path}/target", fail)
    assert names(tmp_path) == ["target"]
    assert (tmp_path / "target").read_text() == "old"


class AbortableFileSystem:
    """Behaves like S3A: a file appears when its stream is closed, and never after abort()."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def hasPathCapability(self, path: Any, capability: str) -> bool:
        return capability == "fs.capability.outputstream.abortable"

    def create(self, path: Any, overwrite: bool) -> AbortableFileSystem:
        self.calls.append(f"create overwrite={overwrite}")
        return self

    def write(self, content: bytes) -> None:
        self.calls.append(f"write {content.decode()}")

    def abort(self) -> None:
        self.calls.append("abort")

    def close(self) -> None:
        self.calls.append("close")


class FakePath:
    def __init__(self, file_system: AbortableFileSystem) -> None:
        self._file_system = file_system

    def getFileSystem(self, conf: Any) -> AbortableFileSystem:
        return self._file_system


@pytest.fixture
def s3(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> AbortableFileSystem:
    file_system = AbortableFileSystem()
    monkeypatch.setattr(storage, "_path", lambda uri: FakePath(file_system))
    return file_system


def test_on_s3_a_file_is_written_to_its_final_key(storage: Storage, s3: AbortableFileSystem) -> None:
    storage.put("s3://bucket/key", b"all")
    assert s3.calls == ["create overwrite=True", "write all", "close"]


def test_on_s3_a_failed_write_is_aborted(storage: Storage, s3: AbortableFileSystem) -> None:
    def fail(stream: Any) -> None:
        stream.write(b"half")
        raise OSError("the connection broke")

    with pytest.raises(OSError, match="the connection broke"):
        storage._replace("s3://bucket/key", fail)
    assert s3.calls == ["create overwrite=True", "write half", "abort"]


def test_files_are_listed_with_their_relative_path(storage: Storage, tmp_path: Path) -> None:
    assert not storage.exists(f"file://{tmp_path}/raw")
    (tmp_path / "raw" / "b c").mkdir(parents=True)
    (tmp_path / "raw" / "b c" / "d%20é.csv").write_bytes(b"12345")
    (tmp_path / "raw" / "a.csv").write_bytes(b"")
    files = storage.list_files(f"file://{tmp_path}/raw")
    assert [(file.name, file.size) for file in files] == [("a.csv", 0), ("b c/d%20é.csv", 5)]
    assert storage.read_start(files[1].uri, 3) == b"123"
    storage.delete(f"file://{tmp_path}/raw")
    storage.delete(f"file://{tmp_path}/raw")
    assert not (tmp_path / "raw").exists()
