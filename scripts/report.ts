import { print } from '../tools/cli/output';
import { runTask } from '../tools/cli/task';
import { renderTable } from '../tools/cli/table';
import { openInBrowser } from '../tools/run-page/browser';
import { writeImage } from '../tools/run-page/chromium';
import { findRun, storedRuns } from '../tools/run-page/stored-runs';

void runTask({
  name: 'report',
  summary: 'Prints where the page of a run is, which npm run local and npm run exec write.',
  options: { list: { type: 'boolean' }, open: { type: 'boolean' }, image: { type: 'string' } },
  positionals: true,
  optionHelp: {
    '[RUN]': 'a part of the name of a run, such as covid or 2026-03-04 (default: the newest run)',
    '--list': 'list all runs that are kept, of each pipeline the last 50',
    '--open': 'open the page in the browser',
    '--image FILE': 'write a picture of the upper part of the page, PNG, with the Chromium of this machine',
  },
  run: async ({ values, positionals }) => {
    const wanted = positionals[0] ?? '';
    const { page } = findRun(wanted);
    if (values.list) {
      const rows = storedRuns()
        .filter(({ name }) => name.includes(wanted))
        .map(({ name, record: { status, place } }) => [name, status, place]);
      print(`${renderTable(['run', 'status', 'place'], rows)}\n`);
      return 0;
    }
    print(`${page}\n`);
    if (values.open) await openInBrowser(page);
    if (values.image !== undefined) await writeImage(page, values.image);
    return 0;
  },
});
