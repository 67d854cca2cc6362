import { Buffer } from 'node:buffer';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Invokes a bundled ingestion Lambda with clicks. Arguments: `BUNDLE CLICKS CLICKS-PER-REQUEST`. With 0 clicks per request
 * it puts one record for each click with the SDK, without checks. Prints figures as JSON.
 */
const [bundle, total, perRequest] = process.argv.slice(2);
const { performance } = globalThis;

const click = (number) => ({
  requestid: `OAP-guid-${number}`,
  contextid: `OAP-ctxt-${number % 100}`,
  callerid: 'OrderingApplication',
  component: 'login',
  action: 'load',
  type: 'webpage',
  user: `user${number % 1000}`,
  clientip: '192.0.2.1',
  createdtime: '2026-01-01T00:00:00Z',
});

async function direct() {
  const { FirehoseClient, PutRecordCommand } = await import('@aws-sdk/client-firehose');
  const client = new FirehoseClient({ endpoint: process.env.AWS_ENDPOINT_URL });
  return ([first]) =>
    client.send(
      new PutRecordCommand({
        DeliveryStreamName: 'bench',
        Record: { Data: Buffer.from(`${JSON.stringify(first)}\n`) },
      }),
    );
}

async function lambda() {
  const { handler } = await import(bundle);
  const context = { getRemainingTimeInMillis: () => 30_000, awsRequestId: 'bench', functionName: 'bench' };
  return async (clicks) => {
    const { statusCode } = await handler(clicks, context);
    if (statusCode !== 200) throw new Error(`The Lambda returned status ${statusCode}.`);
  };
}

const size = Math.max(1, Number(perRequest));
// The Lambda writes metrics to standard output, so the figures must be in the last line.
const send = await (perRequest === '0' ? direct() : lambda());
const times = [];
for (let sent = 0; sent < Number(total); sent += size) {
  const clicks = Array.from({ length: Math.min(size, Number(total) - sent) }, (_, index) =>
    click(sent + index),
  );
  const started = performance.now();
  await send(clicks);
  times.push(performance.now() - started);
}
const warm = times.slice(1).sort((one, other) => one - other);
const response = await new Promise((resolve) => get(process.env.AWS_ENDPOINT_URL, resolve));
const { billedBytes } = JSON.parse(await text(response));
const figures = {
  billedBytesPerClick: billedBytes / Number(total),
  ...(warm.length > 0 && { medianRequestMs: warm[Math.floor(warm.length / 2)] }),
};
process.stdout.write(`\n${JSON.stringify(figures)}\n`);
