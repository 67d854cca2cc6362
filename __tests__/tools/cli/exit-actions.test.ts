import { atExit, runExitActions } from '../../../tools/cli/exit-actions';

test('Exit actions run once, the last first, without those that were cancelled.', async () => {
  const ran: string[] = [];
  atExit(() => void ran.push('first'));
  const callOff = atExit(() => void ran.push('called off'));
  atExit(() => void ran.push('last'));
  callOff();
  await runExitActions();
  await runExitActions();
  expect(ran).toEqual(['last', 'first']);
});

test('A failing exit action is reported, and the others run.', async () => {
  const ran: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  atExit(() => void ran.push('other'));
  atExit(() => Promise.reject(new Error('stuck')));
  await runExitActions();
  expect(write).toHaveBeenCalledWith(expect.stringContaining('stuck'));
  write.mockRestore();
  expect(ran).toEqual(['other']);
});
