package com.clicklogger.loggregator

import java.nio.file.AccessDeniedException

/** A problem, the invalid value and the recommended action.
  *
  * The line on stderr starts with the class name, which searches in logs use.
  */
final class LoggregatorError(message: String, cause: Throwable) extends RuntimeException(message, cause) {
  def this(message: String) = this(message, null)

  /** The message without line breaks. */
  def line: String = s"LoggregatorError: ${message.replaceAll("\\s*\\R\\s*", " ").trim}"
}

object LoggregatorError {

  /** Converts a failure to an error with advice, without the wrappers of Spark. */
  def from(failure: Throwable): LoggregatorError = {
    val causes = Iterator.iterate(failure)(_.getCause).takeWhile(_ != null).take(MaxCauses).toSeq
    causes
      .collectFirst {
        case known: LoggregatorError => known
        case denied: AccessDeniedException =>
          new LoggregatorError(
            s"access denied: ${denied.getMessage}; " +
              "allow the role of the job to list and read there and, in the output bucket, to write and delete",
            failure
          )
      }
      .orElse(causes.collectFirst { case Unreadable(file) => unreadable(file, causes.last) })
      .getOrElse(new LoggregatorError(s"the job failed: ${reason(causes.last)}; the stack trace follows", failure))
  }

  /** Error of a file that is not Parquet or is damaged. */
  def unreadable(file: String, cause: Throwable): LoggregatorError =
    new LoggregatorError(
      s"cannot read $file as Parquet: ${reason(cause)}; restore or remove that file, then run again",
      cause
    )

  // Limit for cyclic chains of causes.
  private val MaxCauses = 50

  private def reason(cause: Throwable): String = s"${cause.getClass.getSimpleName}: ${cause.getMessage}"

  /** The file that Spark was reading, which is only in the message of the exception. */
  private object Unreadable {
    private val pattern = "(?s).*Encountered error while reading file (\\S+?)\\.? Details:.*".r

    def unapply(failure: Throwable): Option[String] =
      Option(failure.getMessage).collect { case pattern(file) => file }
  }
}
