package com.clicklogger.loggregator

import java.nio.charset.StandardCharsets.ISO_8859_1
import java.util.{HashMap => JavaMap}

import scala.collection.JavaConverters._
import scala.collection.mutable.ArrayBuffer

import org.apache.parquet.column.Dictionary
import org.apache.parquet.column.impl.ColumnReadStoreImpl
import org.apache.parquet.hadoop.ParquetFileReader
import org.apache.parquet.io.api.{Binary, Converter, GroupConverter, PrimitiveConverter}
import org.apache.parquet.schema.MessageType

/** Key of counted rows: days since 1970, caller and component as bytes; None for an invalid value. */
final case class ClickGroup(day: Option[Int], callerid: Option[Binary], component: Option[Binary]) {
  def reason: String = ClickRules.reason(callerid.isDefined, component.isDefined, day.isDefined)

  /** The same group for all rows with the same invalid values. */
  def withoutValues: ClickGroup =
    ClickGroup(day.map(_ => 0), callerid.map(_ => Binary.EMPTY), component.map(_ => Binary.EMPTY))
}

/** Counts the rows of one Parquet file with the Parquet reader, which provides dictionary ids.
  *
  * Spark SQL generates and compiles code, which takes most of the time of a short run, and reads the text of every row.
  */
final class ClickCounter extends GroupConverter {
  import ClickCounter._
  private val (days, callers, components) = (new Days, new Names, new Names)
  private val columns = Array(days, callers, components)
  private val counters = new JavaMap[Int, JavaMap[Long, Array[Long]]]

  override def getConverter(field: Int): Converter = columns(field)
  override def start(): Unit = ()
  override def end(): Unit = ()

  /** Reads all rows; `fields` are the columns createdtime, callerid and component of the file, in this order. */
  def count(reader: ParquetFileReader, fields: MessageType): Map[ClickGroup, Long] = {
    reader.setRequestedSchema(fields)
    Iterator.continually(reader.readNextRowGroup()).takeWhile(_ != null).foreach { pages =>
      val store = new ColumnReadStoreImpl(pages, this, fields, reader.getFileMetaData.getCreatedBy)
      val readers = fields.getColumns.asScala.map(store.getColumnReader).toArray
      val present = readers.map(_.getDescriptor.getMaxDefinitionLevel)
      var row = 0L
      while (row < pages.getRowCount) {
        var i = 0
        while (i < columns.length) {
          if (readers(i).getCurrentDefinitionLevel == present(i)) readers(i).writeCurrentValueToConverter()
          else columns(i).current = Missing
          readers(i).consume()
          i += 1
        }
        val names = callers.current.toLong << 32 | components.current & 0xffffffffL
        counters.computeIfAbsent(days.current, _ => new JavaMap).computeIfAbsent(names, _ => Array(0L))(0) += 1
        row += 1
      }
    }
    val groups = for ((day, names) <- counters.asScala; (pair, Array(rows)) <- names.asScala)
      yield ClickGroup(
        Some(day).filter(_ != Missing),
        callers.name((pair >> 32).toInt),
        components.name(pair.toInt)
      ) -> rows
    groups.toMap
  }
}

private object ClickCounter {
  val Missing: Int = Int.MinValue

  /** Assigns numbers to texts, and to the texts of a dictionary once; `current` is the number of the last row. */
  abstract class Column extends PrimitiveConverter {
    private var dictionary = Array.empty[Int]
    var current: Int = Missing

    protected def number(text: Binary): Int

    override def hasDictionarySupport: Boolean = true
    override def setDictionary(texts: Dictionary): Unit =
      dictionary = Array.tabulate(texts.getMaxId + 1)(id => number(texts.decodeToBinary(id)))
    override def addValueFromDictionary(id: Int): Unit = current = dictionary(id)
    override def addBinary(text: Binary): Unit = current = number(text)
  }

  class Days extends Column {
    private val days = new JavaMap[String, Int]
    private var (last, lastDay) = ("", Missing)

    override protected def number(text: Binary): Int = {
      val bytes = text.getBytesUnsafe
      if (!ClickRules.isPlainTime(bytes)) ClickRules.day(text.toStringUsingUTF8).getOrElse(Missing)
      else {
        val date = new String(bytes, 0, ClickRules.DayLength, ISO_8859_1)
        if (date != last) {
          last = date
          lastDay = days.computeIfAbsent(date, ClickRules.day(_).getOrElse(Missing))
        }
        lastDay
      }
    }
  }

  class Names extends Column {
    private val numbers = new JavaMap[Binary, Int]
    private val names = ArrayBuffer.empty[Binary]

    def name(number: Int): Option[Binary] = names.lift(number)

    override protected def number(text: Binary): Int =
      if (numbers.containsKey(text)) numbers.get(text)
      else if (!ClickRules.isName(text.toStringUsingUTF8)) Missing
      else {
        // A copy, so that the page can be released.
        names += Binary.fromConstantByteArray(text.getBytes)
        numbers.put(names.last, names.size - 1)
        names.size - 1
      }
  }
}
