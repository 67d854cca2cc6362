import { parseMarkdownTable } from '../cli/table';
import type { RunRecord } from './run-record';

/** The line below the table, in which Report.scala counts; callers choose texts of the table only. */
const COUNTS =
  /^(?:No clicks\. )?(\d+) records read from .*: (\d+) counted, (\d+) rejected(?: \((.*?); see )?/m;

/** Table and counts of the click job's Markdown; what it does not hold is undefined. */
export function readClickReport(markdown: string): Pick<RunRecord, 'report' | 'rows'> {
  const report = parseMarkdownTable(markdown);
  const [counts, read, counted, rejected, listed = ''] = COUNTS.exec(markdown) ?? [];
  if (counts === undefined) return { report };
  const reasons = [...listed.matchAll(/(?:^|, )(.+?): (\d+)(?=, |$)/g)];
  return {
    report,
    rows: {
      ...{ read: Number(read), counted: Number(counted), rejected: Number(rejected) },
      reasons: Object.fromEntries(reasons.map(([, reason, count]) => [String(reason), Number(count)])),
    },
  };
}
