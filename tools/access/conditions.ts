import { KNOWN_AFTER_APPLY } from '../terraform/plan/attributes';
import { type Statement } from './policy-document';

/** One test of a condition. All tests must hold, each for one of its values. */
interface Test {
  /** Lower case, without `Not`, `IfExists` and quantifier: `stringlike`. */
  readonly operator: string;
  readonly isNegated: boolean;
  readonly holdsWithoutKey: boolean;
  /** Lower case: IAM compares keys without case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The principals that a condition limits requests to. */
export type Limit =
  | { readonly to: 'own account' }
  | { readonly to: 'network' }
  | { readonly to: 'accounts'; readonly ids: readonly string[] }
  | { readonly to: 'organization'; readonly ids: readonly string[] };

/** IDs of the project's accounts. */
export type OwnAccounts = ReadonlySet<string>;

function testsOf({ Condition }: Pick<Statement, 'Condition'>): Test[] {
  const all = Object.entries(Condition).flatMap(([name, keys]) => {
    const [, quantifier = '', words = '', ifExists] =
      /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(name.toLowerCase()) ?? [];
    const isNegated = /^(string|arn|numeric|date)not|^notip/.test(words);
    const isOptional = quantifier === 'forallvalues' || ifExists !== undefined;
    return Object.entries(keys).map(([key, values]): Test => ({
      operator: words.replace('not', ''),
      isNegated,
      key: key.toLowerCase(),
      values,
      holdsWithoutKey: isOptional || (isNegated && quantifier === ''),
    }));
  });
  // `Null: false` requires the key.
  const present = new Set(
    all
      .filter(({ operator, values }) => operator === 'null' && values.every((value) => value === 'false'))
      .map(({ key }) => key),
  );
  return all.map((test) => ({ ...test, holdsWithoutKey: test.holdsWithoutKey && !present.has(test.key) }));
}

const ACCOUNT_KEYS =
  /^(aws:sourceaccount|aws:principalaccount|aws:sourceowner|kms:calleraccount|s3:dataaccesspointaccount|sts:externalid)$/;
const ARN_KEYS = /^(aws:sourcearn|aws:principalarn|s3:dataaccesspointarn|lambda:sourcefunctionarn)$/;
const ORGANIZATION_KEYS = /^aws:(principal|source)org(id|paths)$/;
const NETWORK_KEYS = /^(aws:sourcevpc|aws:sourcevpce|aws:userid)$/;

/** The limit that one test sets; undefined when external principals can pass it. */
function limitOf({ operator, key, values }: Test, own: OwnAccounts): Limit | undefined {
  const isPattern = operator === 'stringlike' || operator.startsWith('arn');
  const isText = isPattern || operator.startsWith('string');
  if (values.length === 0) return undefined;
  if (values.includes(KNOWN_AFTER_APPLY)) return { to: 'network' };
  // StringEquals compares wildcards literally.
  const isFixed = (value: string): boolean => !isPattern || !/[*?]/.test(value);
  if (isText && ACCOUNT_KEYS.test(key)) {
    const isAccount = (value: string): boolean =>
      /^\d+$/.test(value) || /^\$\{aws:resourceaccount\}$/i.test(value);
    return values.every((value) => isFixed(value) && isAccount(value))
      ? accounts(
          values.map((value) => (value.startsWith('$') ? [...own][0] : value) ?? value),
          own,
        )
      : undefined;
  }
  if (isText && ARN_KEYS.test(key)) {
    const owners = values.map(ownerOf);
    if (owners.includes(undefined)) return undefined;
    const ids = owners.filter((owner) => owner !== undefined && owner !== '');
    return ids.length === 0 ? { to: 'network' } : accounts(ids as string[], own);
  }
  if (isText && ORGANIZATION_KEYS.test(key)) {
    const ids = values.map((value) => value.split('/')[0] ?? value);
    return ids.every(isFixed) ? { to: 'organization', ids } : undefined;
  }
  if (isText && NETWORK_KEYS.test(key))
    return values.every((value) => isFixed(value.split(':')[0] ?? value)) ? { to: 'network' } : undefined;
  if (operator === 'ipaddress' && key === 'aws:sourceip')
    return values.every(isNarrow) ? { to: 'network' } : undefined;
  if (operator === 'bool' && key === 'elasticfilesystem:accessedviamounttarget')
    return values.every((value) => value === 'true') ? { to: 'network' } : undefined;
  return undefined;
}

function accounts(ids: readonly string[], own: OwnAccounts): Limit {
  const foreign = ids.filter((id) => !own.has(id));
  return foreign.length === 0 ? { to: 'own account' } : { to: 'accounts', ids: foreign };
}

/** The account of an ARN; '' for one bucket, whose name is globally unique; undefined when wildcards match any account. */
export function ownerOf(arn: string): string | undefined {
  const [, , service = '', , account = '', ...name] = arn.split(':');
  if (/^\d+$/.test(account)) return account;
  const isBucket = service === 's3' && account === '';
  return isBucket && /^[^*?/]+(\/|$)/.test(name.join(':')) ? '' : undefined;
}

/** S3 treats wider ranges as public: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
function isNarrow(range: string): boolean {
  const [address = '', length] = range.split('/');
  if (length === undefined) return true;
  return Number(length) >= (address.includes(':') ? 32 : 8);
}

const ORDER: readonly Limit['to'][] = ['own account', 'network', 'accounts', 'organization'];

function narrowest(limits: readonly (Limit | undefined)[]): Limit | undefined {
  return limits
    .filter((limit) => limit !== undefined)
    .sort((a, b) => ORDER.indexOf(a.to) - ORDER.indexOf(b.to))[0];
}

/** Context keys that AWS services set to the encrypted resource. Other callers can set any value. */
const ENCRYPTED = /^kms:encryptioncontext:aws:(logs:arn|sns:topicarn|sqs:arn)$/;

/** The limit that the condition of an Allow statement sets; undefined when it sets none. */
export function limitOfAllow(statement: Statement, own: OwnAccounts, isService: boolean): Limit | undefined {
  const tests = testsOf(statement).filter((test) => !test.isNegated && !test.holdsWithoutKey);
  const stated = tests.map((test) =>
    isService && ENCRYPTED.test(test.key) ? { ...test, key: 'aws:sourcearn' } : test,
  );
  return narrowest(stated.map((test) => limitOf(test, own)));
}

/** The limit that a Deny statement for all other principals sets; undefined when external principals can avoid it. */
export function limitOfDeny(statement: Statement, own: OwnAccounts, isService: boolean): Limit | undefined {
  // Only requests of AWS services have that key.
  const tests = testsOf(statement).filter(({ key }) => isService || key !== 'aws:principalisawsservice');
  const limits = tests.map((test) =>
    test.isNegated && test.holdsWithoutKey ? limitOf(test, own) : undefined,
  );
  return limits.includes(undefined) ? undefined : narrowest(limits);
}

/** Public identity providers, for which the ID of the application is a limit. */
const BY_AUDIENCE = /^(cognito-identity\.|accounts\.google\.com|www\.amazon\.com|graph\.facebook\.com)/;

/** Whether a condition selects identities of a provider, for example one repository. */
export function selectsIdentities(statement: Statement, provider: string): boolean {
  return testsOf(statement).some(({ isNegated, holdsWithoutKey, operator, key, values }) => {
    if (isNegated || holdsWithoutKey || values.length === 0) return false;
    const isFixed = (value: string, parts: number): boolean => {
      const [start = ''] = operator === 'stringlike' ? value.split(/[*?]/) : [value];
      return start === value || start.split(/[:/]/).length > parts;
    };
    if (/:(aud|oaud|app_id|azp)$/.test(key))
      return BY_AUDIENCE.test(provider) && values.every((value) => isFixed(value, Infinity));
    // `repo:OWNER/` and `project_path:GROUP/` select an owner, `repo:*` and `repo:OWN*` do not.
    if (key.endsWith(':sub')) return values.every((value) => isFixed(value, 2));
    return (
      /:(repository|repository_owner|repository_id|repository_owner_id|job_workflow_ref|namespace_path|project_path)$/.test(
        key,
      ) && values.every((value) => isFixed(value, 1))
    );
  });
}

/** The values that a condition allows for a key; undefined when the key is optional or not limited. */
export function requiredValues(statement: Statement, key: string): readonly string[] | undefined {
  return testsOf(statement).find((test) => test.key === key && !test.isNegated && !test.holdsWithoutKey)
    ?.values;
}

/** Whether the statement has a condition, which may limit nothing. */
export function hasCondition({ Condition }: Statement): boolean {
  return Object.keys(Condition).length > 0;
}
