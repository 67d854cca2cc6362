import { describeRejections, sendClicks } from '../../../tools/runs/click-delivery';
import { localClients } from '../../../tools/aws/pipeline-clients';
import { startService, type FakeService, type Reply } from '../../scripts/fake-service';

let service: FakeService;
let answer: Reply;
let received: string;

beforeAll(async () => {
  service = await startService((_, body) => {
    received = body;
    return answer;
  });
});

afterAll(() => {
  service.stop();
});

function send(clicks: unknown[]) {
  const { lambda } = localClients(service.endpoint, 'us-east-1');
  return sendClicks(lambda, 'ingestion', clicks);
}

const reply = (body: object): string => JSON.stringify({ statusCode: 200, body: JSON.stringify(body) });

it('sends all clicks in one invocation and reads the Lambda’s reply', async () => {
  answer = { body: reply({ status: 'stored', accepted: 2, rejected: [] }) };
  expect(await send([{ a: '1' }, { a: '2' }])).toMatchObject({ status: 'stored', accepted: 2 });
  expect(JSON.parse(received)).toEqual([{ a: '1' }, { a: '2' }]);
});

it('hands on what was refused, and why', async () => {
  const rejected = [{ index: 1, field: 'type', reason: 'is blank' }];
  answer = { body: reply({ status: 'partly-stored', accepted: 1, rejected }) };
  expect(describeRejections(await send([{}, {}]))).toBe('  index 1: type: is blank');
});

it('fails with the function’s error when it threw', async () => {
  answer = { body: '{"errorMessage":"stream gone"}', headers: { 'x-amz-function-error': 'Unhandled' } };
  await expect(send([{}])).rejects.toThrow(/ingestion failed \(Unhandled\).*stream gone/);
});

it.each([
  'null',
  '{"statusCode":200}',
  '{"statusCode":200,"body":"{}"}',
  '{"statusCode":200,"body":"<html>"}',
  'text',
])('fails with the answer when it is not a reply: %s', async (body) => {
  answer = { body };
  await expect(send([{}])).rejects.toThrow(`ingestion answered something unexpected: ${body}`);
});
