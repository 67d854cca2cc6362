import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseClicks, readRequest } from '../../../tools/deploy/request';
import { temporaryFolder } from '../../scripts/fake-tools';

const folder = temporaryFolder();
const TODAY = '2026-03-04';

function clickFile(): string {
  const file = join(folder, 'clicks.json');
  writeFileSync(file, '[{"requestid":"1"}]');
  return file;
}

describe('the arguments', () => {
  it('choose the click pipeline when they name none', async () => {
    expect((await readRequest([], {})).pipelines).toEqual(['clicklogger']);
  });

  it.each([
    [['all'], ['clicklogger', 'covid']],
    [['covid'], ['covid']],
  ])('choose %j', async (given, pipelines) => {
    expect((await readRequest(given, {})).pipelines).toEqual(pipelines);
  });

  it.each(['2026-3-4', '2026-02-30', '2026-13-01', 'today', 'all', ''])(
    'refuse the date %j, naming what is allowed',
    async (date) => {
      await expect(readRequest([], { date })).rejects.toThrow(
        `--date ${date} is no day. Give one as YYYY-MM-DD`,
      );
    },
  );

  it.each(['2024-02-29', 'ALL'])('take the date %s', async (date) => {
    expect((await readRequest([], { date })).date).toBe(date);
  });

  it('refuse what belongs to a pipeline that is left out', async () => {
    await expect(readRequest(['covid'], { date: TODAY })).rejects.toThrow(
      '--date is for the clicklogger pipeline',
    );
    await expect(readRequest(['covid'], { 'no-sample': true })).rejects.toThrow('--no-sample is for');
    await expect(readRequest(['covid'], { clicks: 'x.json' })).rejects.toThrow('--clicks is for');
    await expect(readRequest([], { data: 'x.csv' })).rejects.toThrow('--data is for the covid pipeline');
  });

  it('refuse to send clicks and no clicks', async () => {
    await expect(readRequest([], { clicks: clickFile(), 'no-sample': true })).rejects.toThrow(
      'give one of them',
    );
  });

  it('refuse a pipeline that does not exist', async () => {
    await expect(readRequest(['clickloger'], {})).rejects.toThrow('"clickloger" is no pipeline');
  });
});

describe('the clicks that are sent', () => {
  const none = { clicks: undefined, noSample: false, date: undefined };

  it.each([undefined, TODAY, 'ALL'])('are eight samples when the report of %s holds them', (date) => {
    expect(chooseClicks({ ...none, date }, 'dev', TODAY).clicks).toHaveLength(8);
  });

  it('are none when the report is that of another day', () => {
    expect(chooseClicks({ ...none, date: '2026-03-03' }, 'dev', TODAY)).toMatchObject({
      clicks: undefined,
      reason: expect.stringContaining('2026-03-03') as string,
    });
  });

  it('are never samples among the real clicks of stage prod', () => {
    expect(chooseClicks(none, 'prod', TODAY).clicks).toBeUndefined();
  });

  it('are those of a file, whatever stage and date', async () => {
    const { clicks } = await readRequest([], { clicks: clickFile() });
    expect(chooseClicks({ ...none, clicks, date: '2026-03-03' }, 'prod', TODAY).clicks).toEqual([
      { requestid: '1' },
    ]);
  });

  it('are none with --no-sample', () => {
    expect(chooseClicks({ ...none, noSample: true }, 'dev', TODAY).reason).toBe('--no-sample');
  });
});
