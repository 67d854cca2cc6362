import { normalizeClick } from '../../../handlers/ingestion/normalize-click';
import sent from '../../fixtures/events/direct-click.json';

const ARRIVED = '2026-11-21T10:00:00.000Z';

describe('A valid click', () => {
  test('is completed with the defaults and the arrival time.', () => {
    expect(normalizeClick(sent, ARRIVED)).toEqual({
      click: { ...sent, user: 'GUEST', clientip: 'APIGWY', createdtime: ARRIVED },
      problems: [],
      ignored: [],
    });
  });

  test.each<[string, object, object, string[]]>([
    [
      'keeps its values without trimming',
      { component: ' login 😀', user: 'Zoë\n', clientip: '203.0.113.7' },
      { component: ' login 😀', user: 'Zoë\n', clientip: '203.0.113.7' },
      [],
    ],
    [
      'has its time converted from the old format',
      { createdtime: '02-08-2023 10:00:00' },
      { createdtime: '2023-02-08T10:00:00.000Z' },
      [],
    ],
    ...[null, '', '  '].map((value): [string, object, object, string[]] => [
      `has the default for an optional field that is ${JSON.stringify(value)}`,
      { user: value, createdtime: value },
      { user: 'GUEST', createdtime: ARRIVED },
      [],
    ]),
    [
      'loses fields that are not in the schema',
      { browser: 'x', constructor: 'y' },
      sent,
      ['browser', 'constructor'],
    ],
    ['ignores an upper-case duplicate of a field', { user: 'Ann', User: 'Bob' }, { user: 'Ann' }, ['User']],
  ])('%s.', (_, changes, expected, names) => {
    const { click, ignored } = normalizeClick({ ...sent, ...changes }, ARRIVED);
    expect(click).toMatchObject(expected);
    expect(Object.keys(click!)).toHaveLength(9);
    expect(ignored).toEqual(names);
  });
});

describe('An invalid click', () => {
  const required = ['requestid', 'contextid', 'callerid', 'component', 'action', 'type'];
  const { requestid, ...withoutId } = sent;
  const notAnObject = (name: string): [string | null, string][] => [
    [null, `must be a JSON object, got ${name}`],
  ];

  test.each<[unknown, (readonly [string | null, string])[]]>([
    [{}, required.map((name) => [name, 'required, but missing'])],
    [{ ...sent, action: '' }, [['action', 'required, but blank']]],
    [{ ...sent, action: ' \t\n' }, [['action', 'required, but blank']]],
    [{ ...sent, action: null }, [['action', 'required, but null']]],
    [{ ...sent, action: 7 }, [['action', 'must be a string, got number']]],
    [{ ...sent, action: ['a'] }, [['action', 'must be a string, got array']]],
    [{ ...sent, action: {} }, [['action', 'must be a string, got object']]],
    [{ ...sent, action: false }, [['action', 'must be a string, got boolean']]],
    [{ ...sent, user: 7 }, [['user', 'must be a string, got number']]],
    [Object.create({ requestid }), required.map((name) => [name, 'required, but missing'])],
    [
      // Otherwise these values would be lost.
      { ...withoutId, RequestId: requestid, User: 'Ann', Extra: 1 },
      [
        ['requestid', "found as 'RequestId': field names are lower case"],
        ['user', "found as 'User': field names are lower case"],
      ],
    ],
    ...[
      { text: 'a\ud800b', unit: 'D800', position: 1 },
      { text: '\udfff', unit: 'DFFF', position: 0 },
      { text: '😀\udc00', unit: 'DC00', position: 2 },
    ].map(({ text, unit, position }): [unknown, (readonly [string, string])[]] => {
      const reason = `not valid Unicode: the surrogate U+${unit} at position ${position} has no partner`;
      return [
        { ...sent, component: text, user: text },
        [
          ['component', reason],
          ['user', reason],
        ],
      ];
    }),
    ['text', notAnObject('string')],
    [7, notAnObject('number')],
    [null, notAnObject('null')],
    [undefined, notAnObject('undefined')],
    [[], notAnObject('array')],
  ])('%j is rejected with all reasons.', (click, reasons) => {
    const { click: stored, problems } = normalizeClick(click, ARRIVED);
    expect(stored).toBeUndefined();
    expect(problems.map(({ field, reason }) => [field, reason])).toEqual(reasons);
  });

  test('has a truncated quote of its invalid time.', () => {
    const [problem] = normalizeClick({ ...sent, createdtime: '9'.repeat(10_000) }, ARRIVED).problems;
    expect(problem).toMatchObject({ field: 'createdtime', kind: 'bad-time' });
    expect(problem!.reason).toMatch(/^'9{32}…' is not an existing time; expected yyyy-MM-dd/);
  });
});
