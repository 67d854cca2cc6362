import { TaskError } from '../tools/cli/errors';
import { print } from '../tools/cli/output';
import { runTask } from '../tools/cli/task';
import { renderTable } from '../tools/cli/table';
import { openInBrowser } from '../tools/run-page/browser';
import { writeImage } from '../tools/run-page/chromium';
import { describeRun, findRuns } from '../tools/run-page/stored-runs';

void runTask({
  name: 'report',
  summary: 'Prints where the page of a run is, which npm run local and npm run exec write.',
  options: { list: { type: 'boolean' }, open: { type: 'boolean' }, image: { type: 'string' } },
  positionals: true,
  optionHelp: {
    '[RUN]': 'the newest run with this in its name, such as covid or 2026-03-04 (default: the newest of all)',
    '--list': 'list all runs that are kept, of each pipeline the last 50',
    '--open': 'open the page in the browser',
    '--image FILE': 'write a picture of the upper part of the page, PNG, with the Chromium of this machine',
  },
  run: async ({ values: { list, open, image }, positionals: [wanted = '', ...others] }) => {
    if (others.length > 0) throw new TaskError(`Give one run, not also ${others.join(' ')}.`);
    if (list && (open || image !== undefined))
      throw new TaskError('--list shows many runs, --open and --image one: give one of them.');
    const runs = findRuns(wanted);
    if (list) {
      const rows = runs.map((run) => [run.name, ...describeRun(run)]);
      print(`${renderTable(['run', 'status', 'place'], rows)}\n`);
      return 0;
    }
    const [{ page }] = runs;
    print(`${page}\n`);
    if (open) await openInBrowser(page);
    if (image !== undefined) await writeImage(page, image);
    return 0;
  },
});
