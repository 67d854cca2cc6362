import { clickColumns, clickFields, clickPartition, sampleClicks } from '../../schemas/click';

describe('Click schema', () => {
  test('gives the Glue table one string column with a comment for each field, in the order of the fields.', () => {
    expect(clickColumns.map((column) => column.name)).toEqual([
      'requestid',
      'contextid',
      'callerid',
      'component',
      'action',
      'type',
      'user',
      'clientip',
      'createdtime',
    ]);
    expect(new Set(clickColumns.map((column) => column.type))).toEqual(new Set(['string']));
    expect(clickColumns.every((column) => column.comment.length > 0)).toBe(true);
  });

  test('requires six fields, and has defaults for others.', () => {
    const required = clickFields.filter((field) => field.required).map((field) => field.name);
    expect(required).toEqual(['requestid', 'contextid', 'callerid', 'component', 'action', 'type']);
    expect(clickFields.find((field) => field.name === 'user')?.default).toBe('GUEST');
    expect(clickFields.find((field) => field.name === 'clientip')?.default).toBe('APIGWY');
  });

  test('has a partition key that is not a column, as Glue requires.', () => {
    expect(clickPartition.name).toBe('data');
    expect(clickColumns.map((column) => column.name)).not.toContain(clickPartition.name);
  });
});

describe('Sample clicks', () => {
  test('are two clicks on each of the four steps, numbered from 001.', () => {
    const clicks = sampleClicks();
    expect(clicks.map(({ component, action, type }) => [component, action, type])).toEqual([
      ['login', 'load', 'webpage'],
      ['login', 'load', 'webpage'],
      ['products', 'show', 'webpage'],
      ['products', 'show', 'webpage'],
      ['checkout', 'show', 'webpage'],
      ['checkout', 'show', 'webpage'],
      ['submitorder', 'backend', 'process'],
      ['submitorder', 'backend', 'process'],
    ]);
    expect(clicks.at(0)?.requestid).toBe('OAP-guid-001');
    expect(clicks.at(-1)?.contextid).toBe('OAP-ctxt-008');
    expect(clicks.every((click) => click.callerid === 'OrderingApplication')).toBe(true);
  });

  test('contain only the required fields.', () => {
    const required = clickFields.filter((field) => field.required).map((field) => field.name);
    sampleClicks().forEach((click) => {
      expect(Object.keys(click)).toEqual(required);
    });
  });
});
