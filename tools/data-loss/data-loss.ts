import { blocks, text } from '../terraform/plan/attributes';
import { isHidden, isMarked } from '../terraform/plan/masking';
import { renameBy, renames } from '../terraform/plan/renaming';
import type { Attributes } from '../terraform/plan/plan-format';
import { resourceType } from '../terraform/resource-types';
import { describeExpiration, newExpirations } from './lifecycle';
import type { Certainty, DataLoss, LossChange } from './loss';
import { finalCopy, PROTECTIONS, storeOf } from './stores';
import { versioningEnds, weakened } from './weakened';

/** Resources with lifecycle rules for other resources: type and attribute of the target, attribute of the rules. */
const LIFECYCLES: Readonly<
  Record<string, { readonly of: string; readonly by: string; readonly rules: string }>
> = {
  aws_s3_bucket_lifecycle_configuration: { of: 'aws_s3_bucket', by: 'bucket', rules: 'rule' },
  aws_s3control_bucket_lifecycle_configuration: { of: 'aws_s3control_bucket', by: 'bucket', rules: 'rule' },
  aws_s3_bucket: { of: 'aws_s3_bucket', by: 'bucket', rules: 'lifecycle_rule' },
  aws_ecr_lifecycle_policy: { of: 'aws_ecr_repository', by: 'repository', rules: 'policy' },
};

/** The losses of each change that affects data. */
export function findLosses<Change extends LossChange>(changes: readonly Change[]): Map<Change, DataLoss[]> {
  const rename = renameBy(renames(changes));
  const createdNames = namesOf(changes, ['create', 'replace'], 'after');
  const destroyedNames = namesOf(changes, ['delete', 'replace'], 'before');
  const found = changes.map((change): [Change, DataLoss[]] => {
    switch (change.kind) {
      case 'create':
        return [change, expiring(change, createdNames)];
      case 'update':
        return [change, [...weakened(change, rename), ...expiring(change, createdNames)]];
      case 'delete':
      case 'replace':
        return [change, [...destroyed(change, destroyedNames), ...expiring(change, createdNames)]];
      default:
        return [change, []];
    }
  });
  return new Map(found.filter(([, losses]) => losses.length > 0));
}

/** Names of created or destroyed resources, with their type. */
function namesOf(
  changes: readonly LossChange[],
  kinds: readonly LossChange['kind'][],
  side: 'before' | 'after',
): ReadonlySet<string> {
  const some = changes.filter(({ kind }) => kinds.includes(kind));
  return new Set(
    some.flatMap((change) =>
      ['bucket', 'name'].flatMap((name) => {
        const value = text(change[side], name);
        return value === undefined ? [] : [`${change.type} ${value}`];
      }),
    ),
  );
}

function destroyed(change: LossChange, destroyedNames: ReadonlySet<string>): DataLoss[] {
  const { type, before = {} } = change;
  const store = storeOf(type);
  if (store === undefined) {
    if (resourceType(type) !== undefined)
      return destroyedNames.has(`aws_s3_bucket ${text(before, 'bucket') ?? ''}`)
        ? []
        : versioningEnds(change);
    const what = type.startsWith('aws_')
      ? 'unknown: the resource type is unclassified'
      : 'unknown: the resource is of another provider than AWS';
    return [{ certainty: 'at risk', reason: 'unknown', what }];
  }
  const result = (certainty: Certainty, what: string): DataLoss[] => [
    { certainty, reason: 'destroyed', what },
  ];
  const what = typeof store.holds === 'string' ? store.holds : store.holds(before);
  if (before.skip_destroy === true) return result('kept', 'it stays in AWS (skip_destroy is on)');
  const protection = PROTECTIONS.find((name) => before[name] === true || before[name] === 'ACTIVE');
  if (protection !== undefined) return result('blocked', `AWS rejects its deletion (${protection} is on)`);
  const copy = finalCopy(before);
  if (copy === 'made') return result('kept', 'a final snapshot has its data');
  if (copy === 'unnamed') return result('blocked', 'Terraform requires an identifier for its final snapshot');
  const { emptiedBy, certainty = 'lost' } = store;
  const known = typeof certainty === 'function' ? certainty(before) : certainty;
  if (emptiedBy !== undefined && (before[emptiedBy] === true || isHidden(before[emptiedBy])))
    return result(known, `${what} (${emptiedBy} is on)`);
  if (emptiedBy !== undefined || known === 'blocked')
    return result('blocked', `AWS rejects its deletion while it contains ${what}`);
  return result(known, what);
}

/** Lifecycle rules that delete existing data earlier than before, or data that was kept before. */
function expiring(change: LossChange, createdNames: ReadonlySet<string>): DataLoss[] {
  const { type, before, after, unknown } = change;
  const lifecycle = new Map(Object.entries(LIFECYCLES)).get(type);
  if (lifecycle === undefined || after === undefined) return [];
  const { of, by, rules } = lifecycle;
  // A target that is known only after apply is new.
  const target = text(after, by) ?? '';
  if (isMarked(unknown, [by]) || createdNames.has(`${of} ${target}`)) return [];
  const isSame = (text(before, by) ?? '') === target;
  const [old, now] = [isSame ? before?.[rules] : undefined, after[rules]];
  const reason = 'expiration';
  if (isHidden(now) ? now !== old : isMarkedWithin(unknown, rules))
    return [{ certainty: 'at risk', reason, what: 'its expiration rules are not shown' }];
  if (rules === 'policy')
    return now === old ? [] : [{ certainty: 'at risk', reason, what: 'images that its rules expire' }];
  const expirations = newExpirations(isHidden(old) ? [] : blocks(old), blocks(now));
  if (expirations.length === 0) return [];
  return [
    {
      certainty: 'lost',
      reason,
      what: [...new Set(expirations.map(describeExpiration))].join(', '),
      names: expirations.map(({ rule }) => rule),
    },
  ];
}

function isMarkedWithin(unknown: unknown, name: string): boolean {
  if (isMarked(unknown, [name])) return true;
  const mark = (unknown as Attributes | undefined)?.[name];
  // Matches values, not names of attributes.
  return mark !== undefined && /[:[,]true/.test(JSON.stringify(mark));
}
