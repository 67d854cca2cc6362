import { TaskError } from '../tools/cli/errors';
import { print } from '../tools/cli/output';
import { runTask } from '../tools/cli/task';
import { renderTable } from '../tools/cli/table';
import { openInBrowser } from '../tools/run-page/browser';
import { writeImage } from '../tools/run-page/chromium';
import { describeRun, findRuns } from '../tools/run-page/stored-runs';

void runTask({
  name: 'report',
  summary: 'Prints the path of the page of a run. npm run local and npm run exec write a page for each run.',
  options: { list: { type: 'boolean' }, open: { type: 'boolean' }, image: { type: 'string' } },
  positionals: true,
  optionHelp: {
    '[RUN]': 'part of the name of a run, such as covid or 2026-03-04 (default: the newest run)',
    '--list': 'list the last 50 runs of each pipeline',
    '--open': 'open the page in the browser',
    '--image FILE': 'write a PNG screenshot of the top of the page with the Chromium of this machine',
  },
  run: async ({ values: { list, open, image }, positionals: [wanted = '', ...others] }) => {
    if (others.length > 0) throw new TaskError(`Specify one run, without ${others.join(' ')}.`);
    if (list && (open || image !== undefined))
      throw new TaskError('--list cannot be combined with --open or --image.');
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
