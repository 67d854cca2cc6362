import type { RequestLimits } from '../../handlers/shared/aws-clients';

const LIMITS = { connectMs: 5_000, answerMs: 15_000, completeMs: 60_000, attempts: 3 } as const;

/** Limits of the calls of tasks, which end within a minute when nothing answers. */
export const TASK_LIMITS: Readonly<Record<'aws' | 'local', RequestLimits>> = {
  aws: {
    ...LIMITS,
    advice:
      'Check the network, a VPN or proxy (HTTPS_PROXY) and the variables AWS_ENDPOINT_URL*; ' +
      'https://health.aws.amazon.com shows disturbances of AWS. Then run the command again.',
  },
  local: {
    ...LIMITS,
    advice:
      'The local AWS of this checkout hangs or has ended; its log is .local/emulator/emulator.log. ' +
      '`npm run local:down` ends and erases it, `npm run local:up` starts it.',
  },
};
