import { print, printError } from '../tools/cli/output';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'cleanup',
  summary: `Removes a stage from the account: lists the resources, requests confirmation, stops running work, empties the
buckets, destroys the stacks, and audits the account by state, by tag and by name. The exit code is 0 only when nothing is left.
The task can be interrupted and repeated at any time.`,
  options: {
    local: { type: 'boolean' },
    stage: { type: 'string' },
    yes: { type: 'boolean' },
    'force-prod': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    'keep-data': { type: 'boolean' },
    'include-untagged': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  optionHelp: {
    '--local': 'use the local AWS of this checkout, not the endpoint of the environment',
    '--stage NAME': 'the stage to remove (default: the setting STAGE)',
    '--yes': 'do not request confirmation (for CI)',
    '--force-prod': 'with --stage prod: remove the protected stage',
    '--dry-run': 'list the resources to delete, change nothing',
    '--keep-data': 'keep the buckets with clicks, reports, hospital data and notebooks',
    '--include-untagged': 'also remove resources that match by name only, without tags',
    '--json': 'print the result as JSON; other output goes to standard error',
  },
  run: async ({ values }) => {
    const consent = {
      yes: values.yes ?? false,
      namedStage: values.stage,
      forceProd: values['force-prod'] ?? false,
    };
    // The AWS SDKs take two seconds to load; --help does not need them.
    const [{ openTarget }, { cleanUp, exitCodeOf, requireAllowed }, { renderAudit, toJson }] =
      await Promise.all([
        import('../tools/aws/target.js'),
        import('../tools/teardown/run.js'),
        import('../tools/teardown/presentation.js'),
      ]);
    const target = await openTarget({ local: values.local, stage: values.stage });
    requireAllowed(target, consent);
    const write = values.json ? printError : print;
    const options = {
      consent,
      dryRun: values['dry-run'] ?? false,
      keepData: values['keep-data'] ?? false,
      includeUntagged: values['include-untagged'] ?? false,
      print: write,
    };
    const end = await cleanUp(target, new Progress({ onStderr: values.json ?? false }), options);
    for (const failure of end.failed) printError(`\n✖ ${failure}\n`);
    if (end.audit !== undefined) write(`\n${renderAudit(target, end.audit)}\n`);
    else write(options.dryRun ? 'Dry run: nothing was changed.\n' : 'Not confirmed: nothing was changed.\n');
    if (values.json) print(`${JSON.stringify(toJson(target, end), undefined, 2)}\n`);
    return exitCodeOf(end, options.dryRun);
  },
});
