package com.clicklogger.loggregator

import java.io.{ByteArrayOutputStream, FilterOutputStream, IOException, OutputStream}
import java.net.URI

import org.apache.hadoop.fs.{Abortable, CommonPathCapabilities, FSDataOutputStream, Path, RawLocalFileSystem}
import org.apache.hadoop.util.Progressable

/** A local file system with another scheme, whose streams fail at a marker. */
abstract class FailingFileSystem(scheme: String) extends RawLocalFileSystem {
  override def getScheme: String = scheme
  override def getUri: URI = URI.create(s"$scheme:///")

  protected def wrap(file: OutputStream): OutputStream

  protected def target(path: Path, overwrite: Boolean): OutputStream

  // All other create methods call this one.
  override def create(
      path: Path,
      overwrite: Boolean,
      bufferSize: Int,
      replication: Short,
      blockSize: Long,
      progress: Progressable
  ): FSDataOutputStream = new FSDataOutputStream(wrap(target(path, overwrite)), null)

  protected def createFile(path: Path, overwrite: Boolean): OutputStream =
    super.create(path, overwrite, 4096, 1, 4096, null)
}

object FailingFileSystem {

  /** Marker at which a write fails. */
  val Fault = "[fault]"

  def writeOrFail(stream: OutputStream, bytes: Array[Byte], offset: Int, length: Int): Unit = {
    val fault = new String(bytes, offset, length).indexOf(Fault)
    stream.write(bytes, offset, if (fault < 0) length else fault)
    if (fault >= 0) throw new IOException("no more can be written")
  }
}

/** Behaves like a disk: a file grows as it is written. */
class DiskFileSystem extends FailingFileSystem("disk") {
  override protected def target(path: Path, overwrite: Boolean): OutputStream = createFile(path, overwrite)

  override protected def wrap(file: OutputStream): OutputStream = new FilterOutputStream(file) {
    override def write(bytes: Array[Byte], offset: Int, length: Int): Unit =
      FailingFileSystem.writeOrFail(file, bytes, offset, length)
  }
}

/** Behaves like S3A: an object appears when its stream is closed and not aborted, and cannot be renamed. */
class ObjectFileSystem extends FailingFileSystem("objects") {
  override def hasPathCapability(path: Path, capability: String): Boolean =
    capability == CommonPathCapabilities.ABORTABLE_STREAM || super.hasPathCapability(path, capability)

  override def rename(from: Path, to: Path): Boolean = throw new IOException("an object cannot be renamed in one step")

  override protected def target(path: Path, overwrite: Boolean): OutputStream = new ByteArrayOutputStream {
    override def close(): Unit = {
      val file = createFile(path, overwrite)
      try writeTo(file)
      finally file.close()
    }
  }

  override protected def wrap(file: OutputStream): OutputStream = new AbortableStream(file)
}

private class AbortableStream(file: OutputStream) extends FilterOutputStream(file) with Abortable {
  private var open = true

  override def write(bytes: Array[Byte], offset: Int, length: Int): Unit =
    FailingFileSystem.writeOrFail(file, bytes, offset, length)

  override def close(): Unit = if (open) {
    open = false
    file.close()
  }

  override def abort(): Abortable.AbortableResult = {
    open = false
    new Abortable.AbortableResult {
      override def alreadyClosed(): Boolean = false
      override def anyCleanupException(): IOException = null
    }
  }
}
