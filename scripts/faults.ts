import { TaskError } from '../tools/cli/errors';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'faults',
  summary: `Proves on a local AWS of its own that nothing is left when something fails: deploys both pipelines, makes every
state of their workflows fail in every way that applies to it, and shows a table of what was left. Exit code 1 when there was.`,
  positionals: true,
  options: { json: { type: 'boolean' } },
  optionHelp: {
    '[states|permissions]':
      'what to break: the states of the workflows (default), or the permissions of their roles',
    '--json': 'print the result as JSON; everything else goes to standard error',
  },
  run: async ({ values, positionals: [what = 'states', ...more] }) => {
    if (!['states', 'permissions'].includes(what) || more.length > 0)
      throw new TaskError(`faults ${[what, ...more].join(' ')}: give states, permissions or nothing.`);
    const { json = false } = values;
    // The AWS SDKs take two seconds to load, which --help need not wait for.
    if (what === 'permissions')
      return (await import('../tools/faults/permissions.js')).breakPermissions({ json });
    return (await import('../tools/faults/states.js')).breakStates({ json });
  },
});
