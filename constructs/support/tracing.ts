import type { PolicyStatement } from './policy-document';

/**
 * Permission to send traces.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/security_iam_id-based-policy-examples.html
 */
export function tracingStatement(): PolicyStatement {
  return {
    sid: 'SendTraces',
    actions: [
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ],
    resources: ['*'],
    wildcardReason: 'the tracing actions of X-Ray do not support resources',
  };
}
