import type { RequestLimits } from '../../handlers/shared/aws-clients';

const LIMITS = { connectMs: 5_000, answerMs: 15_000, completeMs: 60_000, attempts: 3 } as const;

/** Timeouts of the requests of tasks: a request without a response fails within a minute. */
export const TASK_LIMITS: Readonly<Record<'aws' | 'local', RequestLimits>> = {
  aws: {
    ...LIMITS,
    advice:
      'Check the network, a VPN or proxy (HTTPS_PROXY) and the variables AWS_ENDPOINT_URL*; ' +
      'https://health.aws.amazon.com shows service disruptions. Then run the command again.',
  },
  local: {
    ...LIMITS,
    advice:
      'The local AWS of this checkout does not respond; its log is .local/emulator/emulator.log. ' +
      '`npm run local:down` stops and erases it, `npm run local:up` starts it.',
  },
};
