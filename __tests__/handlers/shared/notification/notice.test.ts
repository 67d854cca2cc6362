import {
  type ComputeFacts,
  type Notice,
  subjectOf,
  textOf,
} from '../../../../handlers/shared/notification/notice';

const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:clicklogger-dev-state-machine:run-1';

const facts: ComputeFacts = {
  id: '00f1',
  what: 'job run 00f1 (FAILED)',
  reason: 'LoggregatorError: no such column',
  logs: 's3://logs/SPARK_DRIVER/',
  logLines: ['first line', 'last line'],
  logNote: null,
  cost: '0.0164 USD',
  costNotes: ['estimated', 'without disks'],
};

function notice(changes: Partial<Notice['execution']> = {}, compute: Notice['compute'] = facts): Notice {
  return {
    pipeline: 'clicklogger-dev-clicks',
    compute,
    rerun: 'npm run exec -- clicklogger --stage dev --date 2026-03-04',
    execution: {
      executionArn: EXECUTION,
      status: 'FAILED',
      startedAt: new Date('2026-03-04T10:00:00Z'),
      stoppedAt: new Date('2026-03-04T10:01:30Z'),
      input: '{}',
      output: undefined,
      error: 'JobRunFailed',
      cause: 'The job failed.',
      ...changes,
    },
  };
}

describe('The subject', () => {
  test('contains pipeline, status and error.', () => {
    expect(subjectOf(notice())).toBe('clicklogger-dev-clicks failed: JobRunFailed');
    expect(subjectOf(notice({ status: 'TIMED_OUT', error: undefined }))).toBe(
      'clicklogger-dev-clicks timed out',
    );
    expect(subjectOf(notice({ status: 'PENDING_REDRIVE', error: undefined }))).toBe(
      'clicklogger-dev-clicks ended PENDING_REDRIVE',
    );
  });

  test('has at most 99 ASCII characters in one line.', () => {
    const subject = subjectOf(notice({ error: `Fehlgeschlagen: größer\n${'x'.repeat(200)}` }));
    expect(subject).toMatch(/^[\x20-\x7e]{99}$/);
    expect(subject).toMatch(/\.\.\.$/);
  });
});

describe('The message', () => {
  test('contains error, reason, cost, logs, last log lines and the command to run the pipeline again.', () => {
    const text = textOf(notice());
    expect(text).toMatch(/^The pipeline clicklogger-dev-clicks failed\.\n/);
    for (const line of [
      'Error:        JobRunFailed',
      'Reason:       LoggregatorError: no such column',
      'Cause:        The job failed.',
      'Time:         2026-03-04T10:00:00.000Z to 2026-03-04T10:01:30.000Z (90 s)',
      'Ran:          job run 00f1 (FAILED)',
      'Cost so far:  0.0164 USD (estimated; without disks)',
      'Logs:         s3://logs/SPARK_DRIVER/',
      'Run it again: npm run exec -- clicklogger --stage dev --date 2026-03-04',
      'Last lines of the log:\n  first line\n  last line',
    ])
      expect(text).toContain(line);
    expect(text).toContain(`#/v2/executions/details/${EXECUTION}`);
  });

  test('has no console link for the local AWS.', () => {
    const executionArn = EXECUTION.replace('123456789012', '000000000000');
    expect(textOf(notice({ executionArn }))).not.toContain('Console:');
  });

  test('does not repeat the reason when the cause contains it.', () => {
    const text = textOf(notice({ cause: `${facts.reason!}\nJob run: 00f1` }));
    expect(text).not.toContain('Reason:');
    expect(text).toContain('Cause:        LoggregatorError: no such column\n              Job run: 00f1');
  });

  test('does not repeat the details of the cause.', () => {
    const cause =
      'no column user\nLogs: s3://logs/\nCost so far: 0.01 USD\nLast lines of the log:\nlast line';
    const text = textOf(notice({ cause }));
    // The title and the line.
    expect(text.match(/last line/gi)).toHaveLength(2);
    expect(text).not.toContain('0.01 USD');
    expect(textOf(notice({ cause }, 'unknown: throttled'))).toContain('Cost so far: 0.01 USD');
  });

  test('reports that there was no compute, or an error.', () => {
    expect(textOf({ ...notice(), compute: undefined })).toContain('Ran:          nothing was started');
    const text = textOf(notice({}, 'unknown: AccessDenied: no'));
    expect(text).toContain('Ran:          unknown: AccessDenied: no');
    expect(text).not.toContain('Cost so far');
  });

  test('contains the reason why log lines are missing.', () => {
    const text = textOf(notice({}, { ...facts, logLines: [], logNote: 'there is no such object' }));
    expect(text).toContain('About the log: there is no such object');
    expect(text).not.toContain('Last lines');
  });

  test('truncates a long cause.', () => {
    const text = textOf(notice({ cause: 'x'.repeat(5_000) }));
    expect(text).toContain(`${'x'.repeat(1_999)}…`);
    expect(text).not.toContain('x'.repeat(2_000));
  });
});
