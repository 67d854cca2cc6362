package com.clicklogger.loggregator

/** The report as GitHub Markdown. */
object Report {
  private val header = Seq("|createdTime|callerid|component|count|", "|---|---|---|---:|")

  /** A table of the counts, an empty line (without it the next line would be a table row) and a summary.
    *
    * @param source what was read
    * @param rejectedIn where the rejected rows are, if there are any
    */
  def render(tally: Tally, source: String, rejectedIn: String): String = {
    val rows = tally.clicks.map(row =>
      s"|${escape(row.createdTime)}|${escape(row.callerid)}|${escape(row.component)}|${row.count}|"
    )
    (header ++ rows ++ Seq("", summary(tally, source, rejectedIn))).mkString("", "\n", "\n")
  }

  /** The value as Markdown shows it letter by letter: callers choose these texts, so they carry no markup. */
  def escape(value: String): String =
    value
      .replace("&", "&amp;")
      .replace("<", "&lt;")
      .replaceAll("([\\\\`*|~\\[\\]])", "\\\\$1")
      .replaceAll("(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", "\\\\_")
      .replaceAll("\\R", "<br>")

  private def summary(tally: Tally, source: String, rejectedIn: String): String = {
    val records = tally.counted + tally.refused
    val none = if (tally.clicks.isEmpty) "No clicks. " else ""
    val reasons = tally.reasons.map { case (reason, rows) => s"$reason: $rows" }.mkString(", ")
    val rejected = if (tally.refused == 0) "" else s" ($reasons; see ${escape(rejectedIn)})"
    s"$none$records records read from ${escape(source)}: ${tally.counted} counted, ${tally.refused} rejected$rejected."
  }
}
