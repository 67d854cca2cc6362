import { type Click, clickFields, type ClickField } from '../../schemas/click';
import { ACCEPTED_TIMES, toIsoTime } from './event-time';

/** Reason of a rejection, for logs and metrics without contents of clicks. */
export type ProblemKind =
  'not-an-object' | 'missing' | 'wrong-case' | 'blank' | 'wrong-type' | 'bad-text' | 'bad-time' | 'too-large';

export interface Problem {
  /** The invalid field; `null` for the whole click. */
  readonly field: string | null;
  readonly kind: ProblemKind;
  /** The problem, the received value when it is short, and the expected value. */
  readonly reason: string;
}

/** A complete click, or all its problems. */
export interface NormalizedClick {
  /** All fields of the schema; `undefined` for an invalid click. */
  readonly click: Click | undefined;
  readonly problems: readonly Problem[];
  /** Names that are not in the schema; their values are not stored. */
  readonly ignored: readonly string[];
}

type FieldResult = { readonly value: string } | { readonly problem: Problem };

const TIME_FIELD = 'createdtime';
/** Limits the size of a reason, and of the reply with thousands of rejected clicks. */
const MAX_QUOTE = 32;
/** A lone surrogate has no UTF-8 encoding, so the stored text would differ from the sent text. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const fieldNames: ReadonlySet<string> = new Set(clickFields.map((field) => field.name));

/**
 * Validates one click and completes it.
 *
 * Values are stored unchanged, without trimming; only `createdtime` is converted to ISO 8601 in UTC. An optional field that is
 * missing, null or blank has its default, `createdtime` the arrival time. Names are lower case: a click with a name that differs
 * only in case from a missing field is rejected, because its value would be lost.
 *
 * @param arrivedAt ISO 8601 arrival time of the request
 */
export function normalizeClick(sent: unknown, arrivedAt: string): NormalizedClick {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    const reason = `must be a JSON object, got ${typeName(sent)}`;
    return { click: undefined, problems: [{ field: null, kind: 'not-an-object', reason }], ignored: [] };
  }
  const values = new Map<string, unknown>(Object.entries(sent));
  const unknownNames = [...values.keys()].filter((name) => !fieldNames.has(name));
  const results = clickFields.map((field) => ({
    field,
    result: readField(field, values, unknownNames, arrivedAt),
  }));
  const problems = results.flatMap(({ result }) => ('problem' in result ? [result.problem] : []));
  const stored = results.flatMap(({ field, result }) =>
    'value' in result ? [[field.name, result.value] as const] : [],
  );
  return {
    click: problems.length === 0 ? Object.fromEntries<string>(stored) : undefined,
    problems,
    ignored: unknownNames.filter((name) => !problems.some((problem) => isTwin(problem.field, name))),
  };
}

function readField(
  field: ClickField,
  values: ReadonlyMap<string, unknown>,
  unknownNames: readonly string[],
  arrivedAt: string,
): FieldResult {
  const value = values.get(field.name);
  const twin = values.has(field.name) ? undefined : unknownNames.find((name) => isTwin(field.name, name));
  if (twin !== undefined)
    return rejected(field, 'wrong-case', `found as ${quote(twin)}: field names are lower case`);
  if (value !== undefined && value !== null && typeof value !== 'string') {
    return rejected(field, 'wrong-type', `must be a string, got ${typeName(value)}`);
  }
  if (typeof value !== 'string' || value.trim() === '') return readAbsent(field, value, arrivedAt);
  const lone = LONE_SURROGATE.exec(value);
  if (lone !== null) return rejected(field, 'bad-text', describeLoneSurrogate(lone));
  if (field.name !== TIME_FIELD) return { value };
  const time = toIsoTime(value);
  return time === undefined
    ? rejected(field, 'bad-time', `${quote(value)} is not an existing time; expected ${ACCEPTED_TIMES}`)
    : { value: time };
}

function readAbsent(field: ClickField, value: string | null | undefined, arrivedAt: string): FieldResult {
  if (!field.required) return { value: field.default ?? arrivedAt };
  if (value === undefined) return rejected(field, 'missing', 'required, but missing');
  return rejected(field, 'blank', `required, but ${value === null ? 'null' : 'blank'}`);
}

function rejected(field: ClickField, kind: ProblemKind, reason: string): FieldResult {
  return { problem: { field: field.name, kind, reason } };
}

function isTwin(fieldName: string | null, sentName: string): boolean {
  return fieldName !== null && sentName.toLowerCase() === fieldName;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function describeLoneSurrogate({ 0: unit, index }: RegExpExecArray): string {
  const code = unit.charCodeAt(0).toString(16).toUpperCase();
  return `not valid Unicode: the surrogate U+${code} at position ${index} has no partner`;
}

function quote(text: string): string {
  return `'${text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text}'`;
}
