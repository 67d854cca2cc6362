import * as z from 'zod';
import { TaskError } from '../cli/errors';

export interface StateResource {
  readonly address: string;
  readonly type: string;
  /** Undefined for types without an ARN, such as a bucket policy. */
  readonly arn: string | undefined;
  readonly id: string | undefined;
  /** The Name tag, else the name. */
  readonly label: string | undefined;
}

/** The fields that are read of Terraform's state version 4 (Terraform 0.12 and later). */
const stateSchema = z.object({
  version: z.literal(4),
  resources: z.array(
    z.object({
      module: z.string().optional(),
      mode: z.enum(['managed', 'data']),
      type: z.string(),
      name: z.string(),
      instances: z.array(
        z.object({
          index_key: z.union([z.string(), z.number()]).optional(),
          attributes: z.looseObject({
            arn: z.string().nullish(),
            id: z.string().nullish(),
            name: z.string().nullish(),
            tags: z.record(z.string(), z.string()).nullish(),
          }),
        }),
      ),
    }),
  ),
});

/** The managed resources of a state; none for an empty text. */
export function managedResources(text: string): StateResource[] {
  if (text.trim() === '') return [];
  const { resources } = stateSchema.parse(JSON.parse(text));
  return resources
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ module, type, name, instances }) =>
      instances.map(({ index_key: index, attributes }) => ({
        address: [module, type, name].filter(Boolean).join('.') + suffix(index),
        type,
        arn: attributes.arn ?? undefined,
        id: attributes.id ?? undefined,
        label: attributes.tags?.Name ?? attributes.name ?? undefined,
      })),
    );
}

/** TaskError when the resources of a stack's state belong to another account or region. */
export function requireOwner(
  stack: string,
  resources: readonly StateResource[],
  owner: { readonly account: string; readonly region: string },
): void {
  for (const { address, arn = '' } of resources) {
    const [, , , region = '', account = ''] = arn.split(':');
    // AWS managed policies have the account "aws".
    if (/^\d+$/.test(account) && account !== owner.account) {
      throw new TaskError(
        `The state of the stack ${stack} is for account ${account} (${address}), but the credentials belong to ` +
          `${owner.account}. Nothing was changed. Use the credentials of account ${account} (AWS_PROFILE).`,
      );
    }
    if (region !== '' && region !== owner.region) {
      throw new TaskError(
        `The state of the stack ${stack} is for region ${region} (${address}), but the setting AWS_REGION is ` +
          `${owner.region}. Nothing was changed. Set AWS_REGION=${region}.`,
      );
    }
  }
}

function suffix(index: string | number | undefined): string {
  return index === undefined ? '' : `[${JSON.stringify(index)}]`;
}
