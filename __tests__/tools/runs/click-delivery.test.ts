import { describeRejections, sendClicks } from '../../../tools/runs/click-delivery';
import { clientsOf, startService, type FakeService, type Reply } from '../../support/fake-service';

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
  return sendClicks(clientsOf(service), 'ingestion', clicks);
}

const reply = (body: object): string => JSON.stringify({ statusCode: 200, body: JSON.stringify(body) });

test('All clicks are sent in one invocation, and the response of the Lambda is read.', async () => {
  answer = { body: reply({ status: 'stored', accepted: 2, rejected: [] }) };
  expect(await send([{ a: '1' }, { a: '2' }])).toMatchObject({ status: 'stored', accepted: 2 });
  expect(JSON.parse(received)).toEqual([{ a: '1' }, { a: '2' }]);
});

test('The description of rejected clicks has index, field and reason.', async () => {
  const rejected = [
    { index: 1, field: 'type', reason: 'is blank' },
    { index: 2, field: null, reason: 'is too large' },
  ];
  answer = { body: reply({ status: 'partly-stored', accepted: 1, rejected }) };
  expect(describeRejections(await send([{}, {}]))).toBe(
    '  index 1: type: is blank\n  index 2: the click: is too large',
  );
});

test('An error of the function is reported.', async () => {
  answer = { body: '{"errorMessage":"stream gone"}', headers: { 'x-amz-function-error': 'Unhandled' } };
  await expect(send([{}])).rejects.toThrow(/ingestion failed \(Unhandled\).*stream gone/);
});

test.each([
  'null',
  '{"statusCode":200}',
  '{"statusCode":200,"body":"{}"}',
  '{"statusCode":200,"body":"<html>"}',
  'text',
])('The unexpected response %s is reported.', async (body) => {
  answer = { body };
  await expect(send([{}])).rejects.toThrow(`ingestion returned an unexpected response: ${body}`);
});
