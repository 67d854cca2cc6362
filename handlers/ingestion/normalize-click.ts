import { type Click, clickFields, type ClickField } from '../../schemas/click';
import { ACCEPTED_TIMES, toIsoTime } from './event-time';

/** Why a click is refused; counted in the log, which never shows a click's contents. */
export type ProblemKind =
  'not-an-object' | 'missing' | 'wrong-case' | 'blank' | 'wrong-type' | 'bad-text' | 'bad-time' | 'too-large';

/** One reason to refuse one click. */
export interface Problem {
  /** The field at fault; `null` when the click as a whole is. */
  readonly field: string | null;
  readonly kind: ProblemKind;
  /** What is wrong, with the value received where it is short, and what is expected. */
  readonly reason: string;
}

/** A click ready to be stored, or every reason why it is not. */
export interface NormalizedClick {
  /** All fields of the schema; `undefined` as soon as there is one problem. */
  readonly click: Click | undefined;
  readonly problems: readonly Problem[];
  /** Names that are not in the schema: their values are not stored. */
  readonly ignored: readonly string[];
}

type FieldResult = { readonly value: string } | { readonly problem: Problem };

const TIME_FIELD = 'createdtime';
/** Keeps a reason, and with thousands of refused clicks the reply, small. */
const MAX_QUOTE = 32;
/** Half of a UTF-16 pair has no form in UTF-8: the table would hold another text than the one that was sent. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const fieldNames: ReadonlySet<string> = new Set(clickFields.map((field) => field.name));

/**
 * Checks one click against the schema and completes it.
 *
 * Values are kept as sent, without trimming; only `createdtime` is rewritten, to ISO 8601 in UTC. An optional field
 * that is absent, null or blank takes its default, and `createdtime` the arrival time. Names are lower case: a name
 * that differs only in case from a field that is absent refuses the click, because ignoring it would lose the value.
 *
 * @param arrivedAt ISO 8601 time at which the request arrived.
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
    return refused(field, 'wrong-case', `found as ${quote(twin)}: field names are lower case`);
  if (value !== undefined && value !== null && typeof value !== 'string') {
    return refused(field, 'wrong-type', `must be a string, got ${typeName(value)}`);
  }
  if (typeof value !== 'string' || value.trim() === '') return readAbsent(field, value, arrivedAt);
  const lone = LONE_SURROGATE.exec(value);
  if (lone !== null) return refused(field, 'bad-text', describeLoneSurrogate(lone));
  if (field.name !== TIME_FIELD) return { value };
  const time = toIsoTime(value);
  return time === undefined
    ? refused(field, 'bad-time', `${quote(value)} is not an existing time; expected ${ACCEPTED_TIMES}`)
    : { value: time };
}

function readAbsent(field: ClickField, value: string | null | undefined, arrivedAt: string): FieldResult {
  if (!field.required) return { value: field.default ?? arrivedAt };
  if (value === undefined) return refused(field, 'missing', 'required, but missing');
  return refused(field, 'blank', `required, but ${value === null ? 'null' : 'blank'}`);
}

function refused(field: ClickField, kind: ProblemKind, reason: string): FieldResult {
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
