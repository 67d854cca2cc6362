import { Progress, type StepOutput } from '../../../tools/cli/progress';

let written: string;

beforeEach(() => {
  written = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});

const progress = (): Progress => new Progress({ onStderr: true });

test('A step resolves with its result and shows its last title.', async () => {
  const result = await progress().step('Count', ({ setTitle }) => {
    setTitle('Count: three');
    return 3;
  });
  expect(result).toBe(3);
  expect(written).toContain('Count: three');
});

test('A skipped step shows the reason and does not run.', async () => {
  const run = jest.fn();
  await progress().steps([{ title: 'Build', skip: () => 'unchanged', run }]);
  expect(run).not.toHaveBeenCalled();
  expect(written).toContain('unchanged');
});

test('A failed step rejects with its error, and later steps do not run.', async () => {
  const failure = new TypeError('broken');
  const after = jest.fn();
  const steps = [
    { title: 'Fail', run: () => Promise.reject(failure) },
    { title: 'After', run: after },
  ];
  await expect(progress().steps(steps)).rejects.toBe(failure);
  expect(after).not.toHaveBeenCalled();
});

test('The log does not repeat the same text within seconds.', async () => {
  await progress().step('Wait', ({ update }) => {
    for (let count = 0; count < 50; count += 1) update('still waiting');
  });
  expect(written.match(/still waiting/g)).toHaveLength(1);
});

test('The log names the lane or step of a text when several run concurrently.', async () => {
  const step = {
    title: 'Deploy',
    run: ({ update }: StepOutput) => {
      update('1 of 5');
    },
  };
  await progress().lanes([{ title: 'covid', steps: [step] }]);
  await progress().steps([step, { ...step, title: 'Plan' }], 2);
  await progress().steps([step]);
  expect(written.match(/\S+ 1 of 5|\w+: 1 of 5/g)).toEqual([
    'covid: 1 of 5',
    'Deploy: 1 of 5',
    'Plan: 1 of 5',
    '› 1 of 5',
  ]);
});
