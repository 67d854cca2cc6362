import * as z from 'zod';
import { integer, onOff } from './setting-kinds';

/** Alarms, messages, logs and traces. */
export const monitoringSettings = {
  ALARM_EMAIL: z
    .email('expected an e-mail address')
    .optional()
    .describe(
      'e-mail address for alarms and failed runs; its owner must confirm the subscription first. Not set: no e-mail',
    ),
  NOTIFY_SUCCESS: onOff.default(false).describe('`on` sends messages of successful runs too'),
  MAX_COMPUTE_HOURS: integer(1, 168)
    .default(6)
    .describe('a job run or cluster older than this many hours triggers an alarm'),
  NO_DATA_HOURS: integer(0, 168)
    .default(24)
    .describe('this many hours without a click, after earlier clicks, trigger an alarm; `0`: no alarm'),
  WORKFLOW_LOG_LEVEL: z
    .enum(['OFF', 'FATAL', 'ERROR', 'ALL'])
    .default('ERROR')
    .describe('log level of the state machines: `OFF`, `FATAL`, `ERROR` or `ALL`'),
  XRAY: onOff.default(false).describe('`on` traces functions and state machines'),
};
