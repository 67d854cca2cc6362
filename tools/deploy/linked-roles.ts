import { IAM } from '@aws-sdk/client-iam';
import { LINKED_ROLES, type LinkedRole } from '../../config/linked-roles';
import type { Settings } from '../../config/settings';
import { errorFacts } from '../aws/aws-errors';
import { errorMessage } from '../cli/errors';
import type { PipelineName } from '../runs/pipeline-inputs';
import type { Target } from '../aws/target';

/** The service-linked roles that the pipelines need: without them the first run in a new account fails. */
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

/** The roles that do not exist in the account. Without permission to read roles, none counts as missing. */
export async function missingRoles(
  { client }: Pick<Target, 'client'>,
  roles: readonly LinkedRole[],
): Promise<LinkedRole[]> {
  const isMissing = async ({ name: RoleName }: LinkedRole): Promise<boolean> => {
    try {
      await client(IAM).getRole({ RoleName });
      return false;
    } catch (error) {
      const { name, status } = errorFacts(error);
      if (name.startsWith('NoSuchEntity')) return true;
      if (status === 403) return false;
      throw error;
    }
  };
  const missing = await Promise.all(roles.map(isMissing));
  return roles.filter((_, index) => missing[index]);
}

/** Creates the roles; resolves with messages about the roles that could not be created. */
export async function createRoles(
  { client }: Pick<Target, 'client'>,
  roles: readonly LinkedRole[],
): Promise<string[]> {
  const iam = client(IAM);
  const problems: string[] = [];
  for (const { service, name } of roles) {
    try {
      await iam.createServiceLinkedRole({ AWSServiceName: service });
    } catch (error) {
      // IAM returns InvalidInput when the role exists.
      const message = errorMessage(error);
      if (/^(EntityAlreadyExists|InvalidInput.*taken)/.test(`${errorFacts(error).name} ${message}`)) continue;
      problems.push(
        `${name} could not be created (${message}). The first run fails unless the service creates the role. An ` +
          `administrator can create it: aws iam create-service-linked-role --aws-service-name ${service}`,
      );
    }
  }
  return problems;
}
