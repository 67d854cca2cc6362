import { CreateServiceLinkedRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { LINKED_ROLES, type LinkedRole } from '../../config/linked-roles';
import type { Settings } from '../../config/settings';
import { errorFacts, ignoreNotFound } from '../aws/aws-errors';
import { errorMessage } from '../cli/errors';
import type { PipelineName } from '../runs/pipeline-inputs';
import type { Target } from '../aws/target';

/** The roles without which the pipelines' first run in a new account fails. */
export function neededRoles(
  pipelines: readonly PipelineName[],
  { cluster }: Pick<Settings, 'cluster'>,
): LinkedRole[] {
  return [
    ...(pipelines.includes('clicklogger') ? [LINKED_ROLES.emrServerless] : []),
    ...(pipelines.includes('covid')
      ? [LINKED_ROLES.emrCleanup, ...(cluster.spot ? [LINKED_ROLES.spot] : [])]
      : []),
  ];
}

/** Those of the roles that the account does not have; one that may not be looked at counts as there. */
export async function missingRoles(
  { client }: Pick<Target, 'client'>,
  roles: readonly LinkedRole[],
): Promise<LinkedRole[]> {
  const iam = client(IAMClient);
  const there = await Promise.all(roles.map(({ name }) => exists(iam, name)));
  return roles.filter((_, index) => !there[index]);
}

async function exists(iam: IAMClient, RoleName: string): Promise<boolean> {
  try {
    const call = iam.send(new GetRoleCommand({ RoleName }));
    return (await ignoreNotFound(call, 'NoSuchEntity', 'NoSuchEntityException')) !== undefined;
  } catch (error) {
    // Whoever may not read roles can still be allowed to deploy.
    if (errorFacts(error).status === 403) return true;
    throw error;
  }
}

/** Makes the roles; resolves with what to tell about those that could not be made, which keeps nothing back. */
export async function makeRoles(
  { client }: Pick<Target, 'client'>,
  roles: readonly LinkedRole[],
): Promise<string[]> {
  const iam = client(IAMClient);
  const problems: string[] = [];
  for (const { service, name } of roles) {
    try {
      await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service }));
    } catch (error) {
      if (isThereAlready(error)) continue;
      problems.push(
        `${name} could not be made (${errorMessage(error)}). Unless the service makes it itself, the first run fails; ` +
          `somebody who may: aws iam create-service-linked-role --aws-service-name ${service}`,
      );
    }
  }
  return problems;
}

/** IAM answers InvalidInput to a second one, for want of a better word. */
function isThereAlready(error: unknown): boolean {
  const { name } = errorFacts(error);
  return (
    name.startsWith('EntityAlreadyExists') ||
    (name.startsWith('InvalidInput') && errorMessage(error).includes('taken'))
  );
}
