import { factsWithLog } from '../../../handlers/cluster-failure/log-wait';
import type { ComputeFacts } from '../../../handlers/shared/notification/notice';

const none: ComputeFacts = {
  ...{ what: 'cluster j-1', reason: null, logs: 's3://logs/', logLines: [], cost: '0 USD' },
  logNote: 'no such object',
};
const whole: ComputeFacts = { ...none, logLines: ['ValueError: no'], logNote: null };

/** What is found at each look; the last of it from then on. */
async function find(...found: [ComputeFacts, ...ComputeFacts[]]) {
  const sleeps: number[] = [];
  const left = [...found];
  const look = () => Promise.resolve(left.length > 1 ? left.shift()! : left[0]!);
  const sleep = (ms: number) => Promise.resolve(sleeps.push(ms));
  return { facts: await factsWithLog(look, { totalMs: 30, pollMs: 10, sleep }), sleeps };
}

describe('a log', () => {
  it('that is there is not waited for', async () => {
    expect(await find(whole)).toEqual({ facts: whole, sleeps: [] });
  });

  it('that comes late is waited for', async () => {
    expect(await find(none, none, whole)).toEqual({ facts: whole, sleeps: [10, 10] });
  });

  it('that never comes is given up', async () => {
    expect(await find(none)).toEqual({ facts: none, sleeps: [10, 10, 10] });
  });

  it('of a cluster without a failed step is not expected', async () => {
    const stepless = { ...none, logNote: null };
    expect(await find(stepless)).toEqual({ facts: stepless, sleeps: [] });
  });
});
