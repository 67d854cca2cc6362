import { clickloggerMatrix } from '../../../stacks/permission-matrix/clicklogger-matrix';
import { covidMatrix } from '../../../stacks/permission-matrix/covid-matrix';
import type {
  DeploymentScope,
  PermissionMatrix,
  RoleDeclaration,
} from '../../../stacks/permission-matrix/declaration';
import type { Attributes, ResourceChange } from '../../terraform/plan/plan-format';
import { blocks, text } from '../section';

/** Placeholder for an ID that AWS assigns and the plan does not have. */
export const NOT_IN_PLAN = '(not in the plan)';

/** Placeholder for the ID of a key that the deployment does not have. */
const NO_KEY = 'none';

export interface DeclaredRole {
  readonly arn: string;
  readonly declaration: RoleDeclaration;
}

function matrix(scope: DeploymentScope): PermissionMatrix {
  return { ...clickloggerMatrix(scope), ...covidMatrix(scope) };
}

const EMPTY = {
  partition: '',
  accountId: '',
  region: '',
  base: '',
  applicationId: '',
  keyId: '',
  dataKeyId: '',
};
const PURPOSES = new Set(Object.keys(matrix(EMPTY)));

/** `PREFIX-STAGE-purpose-REGION` */
const ROLE_NAME = /^([\w+=,.@-]{1,64})-([a-z]{2}(?:-[a-z]{2,12}){1,3}-\d)$/;

/**
 * The declaration of the role with that name; undefined when there is none.
 *
 * @param all resources of the plan, which have the account and the IDs that AWS assigned
 * @param policies policies of the role, which also have the account
 */
export function declaredRole(
  name: string,
  all: readonly ResourceChange[],
  policies: readonly string[],
): DeclaredRole | undefined {
  const [, words = '', region = ''] = ROLE_NAME.exec(name) ?? [];
  if (baseAndPurpose(words, undefined) === undefined) return undefined;
  const role = all.find((change) => change.type === 'aws_iam_role' && isNamed(change, name));
  const [base, purpose] = baseAndPurpose(words, role) ?? [];
  if (base === undefined || purpose === undefined) return undefined;
  const known = all.filter(({ stack }) => role === undefined || stack === role.stack);
  const { partition, accountId } = accountOf(role, policies);
  const ofType = (type: string) => known.filter((change) => change.type === type);
  const dataKeys = ofType('aws_kms_key').filter(isDataKey);
  const applicationId = onlyId(ofType('aws_emrserverless_application'));
  const keyId = onlyId(ofType('aws_kms_key').filter((change) => !isDataKey(change)));
  const dataKeyId = dataKeys.length > 0 ? onlyId(dataKeys) : NO_KEY;
  const scope = { partition, accountId, region, base, applicationId, keyId, dataKeyId };
  const declaration = matrix(scope)[purpose];
  return declaration && { arn: `arn:${partition}:iam::${accountId}:role/${name}`, declaration };
}

function isDataKey({ address }: ResourceChange): boolean {
  return address.startsWith('aws_kms_key.DataKey_');
}

function isNamed({ before, after }: ResourceChange, name: string): boolean {
  return text(after ?? before, 'name') === name;
}

/** Splits a name by prefix and stage in the tags; without tags, by the longest known purpose. */
function baseAndPurpose(
  words: string,
  role: ResourceChange | undefined,
): readonly [string, string] | undefined {
  const ends = [...words.matchAll(/-/g)].map(({ index }) => index);
  const splits = ends.map((at) => [words.slice(0, at), words.slice(at + 1)] as const);
  const found = splits.filter(([base, purpose]) => base.includes('-') && PURPOSES.has(purpose));
  const [tags] = blocks([role?.after?.tags_all ?? role?.before?.tags_all]);
  const tagged = `${text(tags, 'project') ?? ''}-${text(tags, 'stage') ?? ''}`;
  return found.find(([base]) => base === tagged) ?? found[0];
}

/** The account in the ARN of the role, else in its trust policy, else in its other policies. */
function accountOf(
  role: ResourceChange | undefined,
  policies: readonly string[],
): Pick<DeploymentScope, 'partition' | 'accountId'> {
  const of = (attributes: Attributes | undefined): string[] =>
    ['arn', 'assume_role_policy'].map((attribute) => text(attributes, attribute) ?? '');
  const texts = [...of(role?.before), ...of(role?.after), ...policies];
  const first = (pattern: RegExp): string | undefined =>
    texts.map((one) => pattern.exec(one)?.[1]).find((found) => found !== undefined);
  return {
    partition: first(/\barn:(aws[a-z-]*):/) ?? 'aws',
    accountId: first(/[:"-](\d{12})(?=[:"/*])/) ?? NOT_IN_PLAN,
  };
}

/** The ID of the only resource. With several resources, the one that the role uses is unknown. */
function onlyId(changes: readonly ResourceChange[]): string {
  const [change, ...others] = changes.filter(({ kind }) => kind !== 'delete');
  if (others.length > 0) return NOT_IN_PLAN;
  return text(change?.after, 'id') ?? text(change?.after, 'key_id') ?? NOT_IN_PLAN;
}
