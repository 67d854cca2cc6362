package com.clicklogger.loggregator

import java.nio.file.AccessDeniedException

/** A failure reported to the person who started the job: what happened, with which value, and what to do.
  *
  * The name begins the line on stderr and stays the same, because log searches look for it.
  */
final class LoggregatorError(message: String, cause: Throwable) extends RuntimeException(message, cause) {
  def this(message: String) = this(message, null)

  /** The message as one line of stderr, whatever line breaks a library put into it. */
  def line: String = s"LoggregatorError: ${message.replaceAll("\\s*\\R\\s*", " ").trim}"
}

object LoggregatorError {

  /** The same failure with advice, where its cause is known; what Spark wraps around a cause is left out. */
  def from(failure: Throwable): LoggregatorError = {
    val causes = Iterator.iterate(failure)(_.getCause).takeWhile(_ != null).take(MaxCauses).toSeq
    causes
      .collectFirst {
        case known: LoggregatorError => known
        case denied: AccessDeniedException =>
          new LoggregatorError(
            s"access denied: ${denied.getMessage}; " +
              "let the job's role list and read there and, in the output bucket, write and delete",
            failure
          )
      }
      .orElse(causes.collectFirst { case Unreadable(file) => unreadable(file, causes.last) })
      .getOrElse(new LoggregatorError(s"the job failed: ${reason(causes.last)}; the stack trace follows", failure))
  }

  /** For a file that is not Parquet, or is damaged inside. */
  def unreadable(file: String, cause: Throwable): LoggregatorError =
    new LoggregatorError(
      s"cannot read $file as Parquet: ${reason(cause)}; restore or remove that file, then run again",
      cause
    )

  // A chain of causes can be a ring; no real one is this long.
  private val MaxCauses = 50

  private def reason(cause: Throwable): String = s"${cause.getClass.getSimpleName}: ${cause.getMessage}"

  /** The file that Spark was reading when the exception was thrown; only the message's text holds it. */
  private object Unreadable {
    private val pattern = "(?s).*Encountered error while reading file (\\S+?)\\.? Details:.*".r

    def unapply(failure: Throwable): Option[String] =
      Option(failure.getMessage).collect { case pattern(file) => file }
  }
}
