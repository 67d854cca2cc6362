import { Progress } from './lib/progress';
import { runTask } from './lib/task';

void runTask({
  name: 'state:bucket',
  summary: `Makes the S3 bucket in which Terraform keeps its state when STATE_BUCKET names it, or mends the one that is there:
versioned, encrypted, not public, TLS only, old versions kept for 90 days. Can be run again at any time.`,
  positionals: true,
  options: { local: { type: 'boolean' }, json: { type: 'boolean' } },
  optionHelp: {
    '[NAME]':
      'name of the bucket (default: the setting STATE_BUCKET, else REGION-APP_PREFIX-tfstate-ACCOUNT)',
    '--local':
      'in the local AWS of this checkout, for a look at it: the state of the local AWS stays in files',
    '--json': 'print the result as JSON; progress goes to standard error',
  },
  run: async ({ values, positionals }) => {
    // The AWS SDKs take two seconds to load, which --help need not wait for.
    const [{ openTarget }, { chooseName, describeBucket, ensureStateBucket }] = await Promise.all([
      import('./lib/target.js'),
      import('./lib/state-bucket.js'),
    ]);
    const progress = new Progress({ onStderr: values.json ?? false });
    const target = await progress.step('Find the account', async ({ conclude }) => {
      const found = await openTarget({ local: values.local });
      conclude(`Find the account: ${found.account}, ${found.region}`);
      return found;
    });
    const name = chooseName(positionals, target);
    const result = await progress.step(`Make the bucket ${name}`, () => ensureStateBucket(target, name));
    process.stdout.write(
      values.json ? `${JSON.stringify(result, undefined, 2)}\n` : `\n${describeBucket(result)}\n`,
    );
    return 0;
  },
});
