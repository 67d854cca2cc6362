import { ClickPipeline } from '../../../tools/runs/click-pipeline';
import { localClients } from '../../../tools/aws/pipeline-clients';
import { startService, type FakeService } from '../../scripts/fake-service';

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
/** What Lambda, Firehose with S3, and Step Functions know. */
let keys: string[];
let started: unknown[];

/** The services' answers: clicks need from one day to the next to arrive. */
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

async function runPipeline(work: ConstructorParameters<typeof ClickPipeline>[2]): Promise<string[]> {
  const pipeline = new ClickPipeline(localClients(service.endpoint, 'us-east-1'), OUTPUTS, work);
  const conclusions: string[] = [];
  for (const { run } of pipeline.steps)
    await run({ update: () => undefined, setTitle: (text) => conclusions.push(text) });
  return conclusions;
}

it('reports on the day on which the clicks arrived, though they were sent the day before', async () => {
  const conclusions = await runPipeline({ clicks: [{}] });
  expect(conclusions[1]).toContain('s3://delivery/clicklog/data=2026-11-22/new.parquet');
  expect(conclusions[2]).toContain('Run the clicklogger workflow for 2026-11-22');
  expect(started).toEqual([{ InputDate: '2026-11-22' }]);
});

it('reports on today when no clicks are sent, and on the day that is asked for', async () => {
  await runPipeline({ clicks: undefined });
  await runPipeline({ clicks: [{}], date: 'ALL' });
  expect(started).toEqual([{ InputDate: '2026-11-21' }, { InputDate: 'ALL' }]);
});
