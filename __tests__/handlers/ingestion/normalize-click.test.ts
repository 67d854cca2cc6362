import { normalizeClick } from '../../../handlers/ingestion/normalize-click';
import sent from '../../fixtures/events/direct-click.json';

const ARRIVED = '2026-11-21T10:00:00.000Z';

function problemsOf(click: unknown): (readonly [string | null, string])[] {
  return normalizeClick(click, ARRIVED).problems.map(({ field, reason }) => [field, reason] as const);
}

describe('a good click', () => {
  test('is completed with the defaults and the arrival time', () => {
    expect(normalizeClick(sent, ARRIVED)).toEqual({
      click: { ...sent, user: 'GUEST', clientip: 'APIGWY', createdtime: ARRIVED },
      problems: [],
      ignored: [],
    });
  });

  test('keeps its values as sent, blanks at their ends included', () => {
    const click = { ...sent, component: ' login 😀', user: 'Zoë\n', clientip: '203.0.113.7' };
    expect(normalizeClick(click, ARRIVED).click).toMatchObject(click);
  });

  test('has its old date format rewritten', () => {
    const { click } = normalizeClick({ ...sent, createdtime: '02-08-2023 10:00:00' }, ARRIVED);
    expect(click?.createdtime).toBe('2023-02-08T10:00:00.000Z');
  });

  test.each([null, '', '  '])('takes the default for an optional field that is %p', (value) => {
    const { click } = normalizeClick({ ...sent, user: value, createdtime: value }, ARRIVED);
    expect(click).toMatchObject({ user: 'GUEST', createdtime: ARRIVED });
  });

  test('loses fields that the schema does not know, and says which', () => {
    const { click, ignored } = normalizeClick({ ...sent, browser: 'x', constructor: 'y' }, ARRIVED);
    expect(Object.keys(click ?? {})).toHaveLength(9);
    expect(ignored).toEqual(['browser', 'constructor']);
  });
});

describe('a bad click', () => {
  test('is refused with every missing field', () => {
    const { click } = normalizeClick({}, ARRIVED);
    expect(click).toBeUndefined();
    expect(problemsOf({})).toEqual(
      ['requestid', 'contextid', 'callerid', 'component', 'action', 'type'].map((name) => [
        name,
        'required, but missing',
      ]),
    );
  });

  test.each([
    ['blank', '', 'required, but blank'],
    ['only spaces', ' \t\n', 'required, but blank'],
    ['null', null, 'required, but null'],
    ['a number', 7, 'must be a string, got number'],
    ['a list', ['a'], 'must be a string, got array'],
    ['an object', {}, 'must be a string, got object'],
    ['a truth value', false, 'must be a string, got boolean'],
  ])('is refused when a required field is %s', (_, value, reason) => {
    expect(problemsOf({ ...sent, action: value })).toEqual([['action', reason]]);
  });

  test.each([
    ['begins a pair', 'a\ud800b', 'D800', 1],
    ['ends a pair', '\udfff', 'DFFF', 0],
    ['stands after a whole pair', '😀\udc00', 'DC00', 2],
  ])('is refused when a text holds a surrogate that %s and has no partner', (_, value, unit, position) => {
    const reason = `not valid Unicode: the surrogate U+${unit} at position ${position} has no partner`;
    expect(problemsOf({ ...sent, component: value })).toEqual([['component', reason]]);
    expect(problemsOf({ ...sent, user: value })).toEqual([['user', reason]]);
  });

  test('is refused when an optional field is not a string', () => {
    expect(problemsOf({ ...sent, user: 7 })).toEqual([['user', 'must be a string, got number']]);
  });

  test('is refused when its time does not exist, with the value and what is accepted', () => {
    expect(problemsOf({ ...sent, createdtime: '02-30-2023 10:00:00' })).toEqual([
      [
        'createdtime',
        expect.stringMatching(/^'02-30-2023 10:00:00' is not an existing time; expected yyyy-MM-dd/),
      ],
    ]);
  });

  test('has a long value quoted by its beginning only', () => {
    const [problem] = normalizeClick({ ...sent, createdtime: '9'.repeat(10_000) }, ARRIVED).problems;
    expect(problem?.reason.length).toBeLessThan(200);
  });

  test('is refused when a name is in the wrong case, since ignoring it would lose the value', () => {
    const { requestid, ...others } = sent;
    const result = normalizeClick({ ...others, RequestId: requestid, User: 'Ann', Extra: 1 }, ARRIVED);
    expect(result.problems.map(({ field, kind }) => [field, kind])).toEqual([
      ['requestid', 'wrong-case'],
      ['user', 'wrong-case'],
    ]);
    expect(result.problems[0]?.reason).toContain("'RequestId'");
    expect(result.ignored).toEqual(['Extra']);
  });

  test('may have a name twice, in both cases: the lower one counts', () => {
    const { click, ignored } = normalizeClick({ ...sent, user: 'Ann', User: 'Bob' }, ARRIVED);
    expect(click).toMatchObject({ user: 'Ann' });
    expect(ignored).toEqual(['User']);
  });

  test('does not take inherited names for fields', () => {
    const withInherited: unknown = Object.create({ requestid: 'inherited' });
    expect(problemsOf(withInherited)).toContainEqual(['requestid', 'required, but missing']);
  });

  test.each([
    ['text', 'string'],
    [7, 'number'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[], 'array'],
  ])('is refused when it is %p, not an object', (value, name) => {
    expect(problemsOf(value)).toEqual([[null, `must be a JSON object, got ${name}`]]);
  });
});
