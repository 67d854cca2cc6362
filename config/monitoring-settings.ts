import * as z from 'zod';
import { integer, onOff } from './setting-kinds';

/** Alarms, messages, logs and traces. */
export const monitoringSettings = {
  ALARM_EMAIL: z
    .email('expected an e-mail address')
    .optional()
    .describe(
      'who gets the messages of alarms and of runs that failed; AWS asks that address to confirm first. Not set: nobody',
    ),
  NOTIFY_SUCCESS: onOff.default(false).describe('`on` sends messages of successful runs too'),
  MAX_COMPUTE_HOURS: integer(1, 168)
    .default(6)
    .describe('a job run or cluster older than so many hours raises an alarm'),
  NO_DATA_HOURS: integer(0, 168)
    .default(24)
    .describe('so many hours without a click, after there were some, raise an alarm; `0`: never'),
  WORKFLOW_LOG_LEVEL: z
    .enum(['OFF', 'FATAL', 'ERROR', 'ALL'])
    .default('ERROR')
    .describe('what Step Functions logs of an execution: `OFF`, `FATAL`, `ERROR` or `ALL`'),
  XRAY: onOff.default(false).describe('`on` traces functions and state machines'),
};
