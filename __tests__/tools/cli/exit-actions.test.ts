import { atExit, runExitActions } from '../../../tools/cli/exit-actions';

test('Exit actions run once in reverse order, without cancelled ones.', async () => {
  const ran: string[] = [];
  atExit(() => void ran.push('first'));
  const cancel = atExit(() => void ran.push('cancelled'));
  atExit(() => void ran.push('last'));
  cancel();
  await runExitActions();
  await runExitActions();
  expect(ran).toEqual(['last', 'first']);
});

test('A failed exit action is reported, and the others run.', async () => {
  const ran: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  atExit(() => void ran.push('other'));
  atExit(() => Promise.reject(new Error('stuck')));
  await runExitActions();
  expect(write).toHaveBeenCalledWith(expect.stringContaining('stuck'));
  write.mockRestore();
  expect(ran).toEqual(['other']);
});
