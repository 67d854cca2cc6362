import { setTimeout as sleep } from 'node:timers/promises';
import { print, printScreen } from '../tools/cli/output';
import { TaskError } from '../tools/cli/errors';
import { runTask } from '../tools/cli/task';

const WATCH_MS = 5_000;
/** Exit code when a part of the status is unknown. */
const PARTLY_KNOWN = 2;

void runTask({
  name: 'status',
  summary: `Shows a stage: its stacks, running and recent work, the reason of the last failure, schedules, rejected records,
and the cost per hour. Read-only. The exit code is 2 when a part is unknown.`,
  options: {
    local: { type: 'boolean', default: false },
    stage: { type: 'string' },
    json: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    'spark-ui': { type: 'string' },
  },
  optionHelp: {
    '--local': 'the running local AWS of this checkout',
    '--stage NAME': 'the stage to show (default: the setting STAGE)',
    '--json': 'print the status as JSON',
    '--watch': 'refresh every five seconds, until Ctrl-C',
    '--spark-ui ID':
      'print only a link to the Spark UI of this job run or cluster; the link grants access without credentials',
  },
  run: async ({ values: { local, stage, json, watch, 'spark-ui': sparkUiOf } }) => {
    if (watch && (json || sparkUiOf !== undefined))
      throw new TaskError('--watch cannot be combined with --json or --spark-ui.');
    // The AWS SDKs take two seconds to load; --help does not need them.
    const [{ openDeployed }, { StatusCollector }, { allProblems, renderStatus, toJson }] = await Promise.all([
      import('../tools/aws/target.js'),
      import('../tools/status/collect.js'),
      import('../tools/status/presentation.js'),
    ]);
    const target = await openDeployed({ local, stage });
    if (sparkUiOf !== undefined) {
      const { requestSparkUi } = await import('../tools/aws/spark-ui.js');
      const ui = await requestSparkUi(target, sparkUiOf, new Date());
      print(json ? `${JSON.stringify(ui)}\n` : `${ui.url}\n${ui.validity}\n`);
      return 0;
    }
    const collector = new StatusCollector(target);
    for (;;) {
      const status = await collector.collect(new Date());
      const text = json ? JSON.stringify(toJson(target, status), undefined, 2) : renderStatus(target, status);
      (watch ? printScreen : print)(`${text}\n`);
      if (!watch) return Object.keys(allProblems(status)).length === 0 ? 0 : PARTLY_KNOWN;
      await sleep(WATCH_MS);
    }
  },
});
