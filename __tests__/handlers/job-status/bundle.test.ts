import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import failed from '../../fixtures/job-runs/failed.json';
import success from '../../fixtures/job-runs/success.json';
import { bundledLambda } from '../bundled-lambda';

const ARCHITECTURE = { ARCHITECTURE: 'x86_64' };
const { applicationId, jobRunId } = success.jobRun;
const event = { applicationId, jobRunId, logUri: 's3://emr-logs/spark/' };
const JOB_RUN_PATH = `/applications/${applicationId}/jobruns/${jobRunId}`;
const LOG_PATH = `/emr-logs/spark/applications/${applicationId}/jobs/${jobRunId}/SPARK_DRIVER/stderr.gz`;

const lambda = bundledLambda('job-status');
let paths: string[] = [];

/** Sets the response of GetJobRun and the log in S3. */
function aws(status: number, jobRun: object, headers: Record<string, string> = {}, log?: Uint8Array): void {
  paths = [];
  lambda.answer = (request, response) => {
    const path = new URL(request.url ?? '/', 'http://aws').pathname;
    paths.push(path);
    if (path === JOB_RUN_PATH) {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(jobRun));
    } else if (path === LOG_PATH && log !== undefined) {
      response.writeHead(200, { 'content-length': log.byteLength }).end(log);
    } else {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>');
    }
  };
}

describe('The bundled job-status Lambda', () => {
  test('reports success with the cost, without reading the log.', async () => {
    aws(200, success);
    const { result } = await lambda.invoke(event, ARCHITECTURE);
    expect(result).toHaveProperty(
      'logs.cloudWatch',
      expect.stringContaining('$252Fclicklogger$252Fdev$252Floggregator$3F'),
    );
    expect(result).toMatchObject({
      state: 'SUCCESS',
      terminal: true,
      succeeded: true,
      reason: null,
      logs: {
        s3: `s3://emr-logs/spark/applications/${applicationId}/jobs/${jobRunId}/SPARK_DRIVER/`,
        driverStderrTail: [],
        note: null,
      },
      durationSeconds: 74,
      billed: { vCpuHours: 0.217, memoryGbHours: 0.868, storageGbHours: 0 },
      costUsd: 0.016435,
      estimated: false,
      costNote: null,
    });
    expect(paths).toEqual([JOB_RUN_PATH]);
  });

  test('reports a failure with the reason from the log of the driver.', async () => {
    const text = readFileSync(join(__dirname, '../../fixtures/driver-logs/own-error.txt'));
    aws(200, failed, {}, gzipSync(text));
    const { result } = await lambda.invoke(event, ARCHITECTURE);
    expect(result).toMatchObject({ state: 'FAILED', terminal: true, succeeded: false, costUsd: null });
    expect(result).toHaveProperty(
      'reason',
      expect.stringMatching(/^clicklog\/data=2023-02-08\/part-1.parquet has no/),
    );
    expect(result).toHaveProperty('logs.driverStderrTail.length', 5);
  });

  test('reports a failure with a missing log.', async () => {
    aws(200, failed);
    const { result } = await lambda.invoke(event, ARCHITECTURE);
    expect(result).toMatchObject({ succeeded: false, reason: failed.jobRun.stateDetails });
    expect(result).toHaveProperty('logs.note', expect.stringContaining('there is no such object'));
  });

  test.each([
    ['ThrottlingException', 429],
    ['ResourceNotFoundException', 404],
    ['InternalServerException', 500],
  ])('keeps the SDK name of %s for Retry of the state machine.', async (name, status) => {
    aws(status, { message: 'because' }, { 'x-amzn-errortype': name });
    const { errorType } = await lambda.invoke(event, ARCHITECTURE);
    expect(errorType).toBe(name);
  });

  test('rejects an event without ids, without a call.', async () => {
    aws(200, success);
    const { errorType } = await lambda.invoke({}, ARCHITECTURE);
    expect(errorType).toBe('InvalidInputError');
    expect(paths).toEqual([]);
  });

  test('does not start with an unknown architecture.', async () => {
    const { errorMessage } = await lambda.invoke(event, { ARCHITECTURE: 'ARM64' });
    expect(errorMessage).toBe("Environment variable ARCHITECTURE is 'ARM64': it must be x86_64 or arm64.");
  });
});
