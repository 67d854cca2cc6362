import { ingest } from '../../../handlers/ingestion/ingest';
import { metricLines, refusedRequestLine } from '../../../handlers/ingestion/metric-lines';
import { retryOptions, ScriptedStream, type Behaviour } from './record-stream';

const SCOPE = { namespace: 'clicklogger/dev', pipeline: 'clicklogger-dev-clicks' };
const good = { requestid: '1', contextid: '1', callerid: 'Shop', component: 'c', action: 'a', type: 't' };

/** What CloudWatch would make of the lines: dimensions and values. */
async function metricsOf(clicks: readonly unknown[], ...behaviours: Behaviour[]): Promise<unknown[]> {
  const stream = behaviours.length > 0 ? new ScriptedStream(behaviours) : new ScriptedStream();
  const result = await ingest(clicks, { stream, now: () => new Date(), retry: retryOptions() });
  return metricLines(result, SCOPE, 0).map((line) => {
    const { _aws, ...values } = JSON.parse(line) as { _aws: unknown };
    expect(JSON.stringify(_aws)).toContain('"Namespace":"clicklogger/dev"');
    return values;
  });
}

describe('the metrics of a request', () => {
  it('count what was accepted and the records that it was packed into', async () => {
    expect(await metricsOf([good, good, good])).toEqual([
      {
        Pipeline: 'clicklogger-dev-clicks',
        ClicksAccepted: 3,
        ClicksRejected: 0,
        ClicksUndelivered: 0,
        RecordsPacked: 1,
        DeliveryRetries: 0,
      },
    ]);
  });

  it('count what was rejected once in all, and once for each reason', async () => {
    const twice = { ...good, requestid: ' ', type: '' };
    const [totals, ...byReason] = await metricsOf([good, twice, { ...good, component: undefined }, 7]);
    expect(totals).toMatchObject({ ClicksAccepted: 1, ClicksRejected: 3 });
    const reasons = byReason as { Reason: string; ClicksRejected: number }[];
    expect(new Set(reasons.map(({ Reason }) => Reason)).size).toBe(reasons.length);
    expect(reasons.length).toBeGreaterThanOrEqual(2);
    // The click with two blank fields is one.
    expect(reasons.reduce((sum, { ClicksRejected }) => sum + ClicksRejected, 0)).toBe(3);
  });

  it('count the calls that had to be repeated, and what was not delivered in the end', async () => {
    const [retried] = await metricsOf(
      [good],
      () => 'ServiceUnavailableException',
      () => undefined,
    );
    expect(retried).toMatchObject({ ClicksAccepted: 1, ClicksUndelivered: 0, DeliveryRetries: 1 });
    const [failed] = await metricsOf([good, good], () => 'ServiceUnavailableException');
    expect(failed).toMatchObject({ ClicksAccepted: 0, ClicksUndelivered: 2, DeliveryRetries: 3 });
  });

  it('count a request that could not be read', () => {
    expect(JSON.parse(refusedRequestLine(SCOPE, 0))).toMatchObject({ RequestsRefused: 1 });
  });
});
