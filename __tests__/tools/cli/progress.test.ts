import { Progress } from '../../../tools/cli/progress';

let written: string;

beforeEach(() => {
  written = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

const progress = (): Progress => new Progress({ onStderr: true });

it('hands on the result of a step and shows what it concluded', async () => {
  const result = await progress().step('Count', ({ setTitle }) => {
    setTitle('Count: three');
    return 3;
  });
  expect(result).toBe(3);
  expect(written).toContain('Count: three');
});

it('does not run a step that has nothing to do, and says why', async () => {
  const run = jest.fn();
  await progress().steps([{ title: 'Build', skip: () => 'unchanged', run }]);
  expect(run).not.toHaveBeenCalled();
  expect(written).toContain('unchanged');
});

it('rejects with the failure of the step itself and runs none after it', async () => {
  const failure = new TypeError('broken');
  const after = jest.fn();
  const steps = [
    {
      title: 'Fail',
      run: () => {
        throw failure;
      },
    },
    { title: 'After', run: after },
  ];
  await expect(progress().steps(steps)).rejects.toBe(failure);
  expect(after).not.toHaveBeenCalled();
});

it('keeps a log short: the same text is not repeated in a moment', async () => {
  await progress().step('Wait', ({ update }) => {
    for (let count = 0; count < 50; count += 1) update('still waiting');
  });
  expect(written.match(/still waiting/g)).toHaveLength(1);
});
