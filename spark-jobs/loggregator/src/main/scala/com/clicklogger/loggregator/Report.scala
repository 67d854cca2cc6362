package com.clicklogger.loggregator

import scala.util.matching.Regex

/** The report as GitHub Markdown. */
object Report {
  private val header = Seq("|createdTime|callerid|component|count|", "|---|---|---|---:|")

  /** Letters and digits, with single spaces, hyphens or underscores between them. */
  private val plain = "[\\p{L}\\p{N}]+([ _-][\\p{L}\\p{N}]+)*".r
  // GitHub converts numbers of issues and hashes of commits to links.
  private val reference = "(?i)gh-\\d+|[0-9a-f]{7,40}"

  /** Control characters, invisible characters, blanks and direction marks: the Unicode categories C and Z without the
    * space, and characters of other categories that are blank or have the property Default_Ignorable_Code_Point.
    */
  private val invisible = ("\\\\(?=u[0-9a-f]{4})|(?! )[\\p{C}\\p{Z}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f" +
    "\u2800\u3164\ufe00-\ufe0f\uffa0\\x{e0000}-\\x{e0fff}]").r

  /** File names in the summary. */
  private val MaxNames = 5

  /** A table of the counts, an empty line (otherwise the next line is a table row) and a summary.
    *
    * @param rejectedIn location of rejected rows
    */
  def render(tally: Tally, source: ClickSource, rejectedIn: String): String = {
    val rows = tally.clicks.map { case ClickCount(day, caller, component, count) =>
      s"|$day|${cell(caller)}|${cell(component)}|$count|"
    }
    (header ++ rows ++ Seq("", summary(tally, source, rejectedIn))).mkString("", "\n", "\n")
  }

  /** The value in Markdown that renders literally. Values come from callers, so all values except plain names are code,
    * in which GitHub renders no links, mentions, mathematics, images or HTML.
    */
  def cell(value: String): String =
    if (plain.pattern.matcher(value).matches && !value.matches(reference) && visible(value) == value) value
    else code(value)

  /** The value as code, with longer fences than its backticks. A pipe is escaped in code too; after a backslash it is
    * replaced by its code, because the backslash would change the escape.
    */
  private def code(value: String): String = {
    val text = visible(value).replace("\\|", "\\\\u007c").replace("|", "\\|")
    val fence = "`" * (Iterator(0) ++ "`+".r.findAllIn(text).map(_.length)).max.+(1)
    val pad = if (text.startsWith("`") || text.endsWith("`") || text.matches(" .* ")) " " else ""
    s"$fence$pad$text$pad$fence"
  }

  /** Replaces invisible characters, and the backslash of texts that look like a code, by codes. */
  private def visible(value: String): String =
    invisible.replaceAllIn(value, found => Regex.quoteReplacement(found.matched.map(codeOf(_)).mkString))

  private def codeOf(unit: Char): String = "\\u%04x".format(unit.toInt)

  private def summary(tally: Tally, source: ClickSource, rejectedIn: String): String = {
    val records = tally.counted + tally.rejections
    val none = if (tally.clicks.isEmpty) "No clicks. " else ""
    val reasons = tally.reasons.map { case (reason, rows) => s"$reason: $rows" }.mkString(", ")
    val rejected = if (tally.rejections == 0) "" else s" ($reasons; see ${code(rejectedIn)})"
    s"$none$records records read from ${code(source.location)}: ${tally.counted} counted, ${tally.rejections}" +
      s" rejected$rejected.${empty(source.empty)}"
  }

  private def empty(files: Seq[String]): String = {
    val more = if (files.size > MaxNames) s" and ${files.size - MaxNames} more" else ""
    if (files.isEmpty) "" else s" Without content, 0 bytes: ${files.take(MaxNames).map(code).mkString(", ")}$more."
  }
}
