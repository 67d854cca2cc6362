import { clickPipeline, type ClickWork } from '../../../tools/runs/click-pipeline';
import { clientsOf, startService, type FakeService } from '../../support/fake-service';

const OUTPUTS = {
  ingestion_function_name: 'ingestion',
  state_machine_arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:clicks',
  delivery_bucket: 'delivery',
  output_bucket: 'output',
  logs_bucket: 'logs',
  emr_application_id: 'application',
};
const BEFORE_MIDNIGHT = '2026-11-21T23:59:59Z';
const AFTER_MIDNIGHT = '2026-11-22T00:00:01Z';

let service: FakeService;
/** Objects in the delivery bucket. */
let keys: string[];
/** Inputs of the started executions. */
let started: unknown[];

/** The responses of the services: clicks that are sent before midnight arrive after midnight. */
function answer(url: URL, target: string | undefined, body: string): string {
  switch (target) {
    case 'AWSStepFunctions.StartExecution':
      started.push(JSON.parse((JSON.parse(body) as { input: string }).input));
      return JSON.stringify({ executionArn: 'arn:run', startDate: 0 });
    case 'AWSStepFunctions.DescribeExecution':
      return JSON.stringify({
        status: 'SUCCEEDED',
        output: '{"status":"NOTHING_TO_DO"}',
        startDate: 0,
        stopDate: 1,
      });
    case 'AWSStepFunctions.GetExecutionHistory':
      return '{"events":[]}';
  }
  if (url.pathname.endsWith('/invocations')) {
    jest.setSystemTime(new Date(AFTER_MIDNIGHT));
    keys.push('clicklog/data=2026-11-22/new.parquet');
    return JSON.stringify({ body: JSON.stringify({ status: 'stored', accepted: 1, rejected: [] }) });
  }
  const after = url.searchParams.get('start-after') ?? '';
  const found = keys.filter((key) => key > after && key.startsWith(url.searchParams.get('prefix')!));
  const contents = found.map((key) => `<Contents><Key>${key}</Key></Contents>`);
  return `<ListBucketResult>${contents.join('')}<IsTruncated>false</IsTruncated></ListBucketResult>`;
}

beforeAll(async () => {
  service = await startService(({ url, headers }, body) => ({
    body: answer(new URL(url!, 'http://service'), headers['x-amz-target'] as string | undefined, body),
  }));
});

afterAll(() => {
  service.stop();
});

beforeEach(() => {
  keys = ['clicklog/data=2026-11-20/a.parquet', 'clicklog/data=2026-11-21/b.parquet'];
  started = [];
  jest.useFakeTimers({ now: new Date(BEFORE_MIDNIGHT), advanceTimers: true });
});

afterEach(() => {
  jest.useRealTimers();
});

async function runPipeline(work: ClickWork): Promise<string[]> {
  const titles: string[] = [];
  for (const { run } of clickPipeline({ target: clientsOf(service) }, OUTPUTS, work).steps)
    await run({ update: () => undefined, setTitle: (text) => titles.push(text) });
  return titles;
}

test('The report is for the day on which the clicks arrive, not for the day on which they are sent.', async () => {
  const titles = await runPipeline({ clicks: [{}] });
  expect(titles[0]).toContain('s3://delivery/clicklog/data=2026-11-22/new.parquet');
  expect(titles[1]).toContain('Run the clicklogger workflow for 2026-11-22');
  expect(started).toEqual([{ InputDate: '2026-11-22' }]);
});

test('The report is for today when no clicks are sent, or for the specified date.', async () => {
  await runPipeline({ clicks: undefined });
  await runPipeline({ clicks: [{}], date: 'ALL' });
  expect(started).toEqual([{ InputDate: '2026-11-21' }, { InputDate: 'ALL' }]);
});
