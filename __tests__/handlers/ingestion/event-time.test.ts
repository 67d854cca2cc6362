import { toIsoTime } from '../../../handlers/ingestion/event-time';

describe('event time', () => {
  test.each([
    ['2023-02-08T14:05:09Z', '2023-02-08T14:05:09.000Z'],
    ['2023-02-08T14:05:09.1Z', '2023-02-08T14:05:09.100Z'],
    ['2023-02-08T14:05:09.123456789Z', '2023-02-08T14:05:09.123Z'],
    ['2023-02-08 14:05:09', '2023-02-08T14:05:09.000Z'],
    ['2023-02-08T01:05:09+05:30', '2023-02-07T19:35:09.000Z'],
    ['2023-12-31T23:05:09-0800', '2024-01-01T07:05:09.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['02-08-2023 02:05:09', '2023-02-08T02:05:09.000Z'],
    ['02-08-2023 14:05:09', '2023-02-08T14:05:09.000Z'],
  ])('reads %s as %s', (sent, stored) => {
    expect(toIsoTime(sent)).toBe(stored);
  });

  test.each([
    ['02-30-2023 10:00:00', 'the day does not exist'],
    ['2023-02-30T10:00:00Z', 'the day does not exist'],
    ['2023-02-29T10:00:00Z', 'not a leap year'],
    ['13-01-2023 10:00:00', 'there is no month 13'],
    ['2023-02-08T24:00:00Z', 'there is no hour 24'],
    ['2023-02-08T10:60:00Z', 'there is no minute 60'],
    ['2023-02-08T10:00:00+15:00', 'there is no such zone'],
    ['2023-02-08T10:00:00+01:75', 'there is no such zone'],
    ['2023-02-08', 'a day is not a time'],
    ['08/02/2023 10:00:00', 'another format'],
    [' 2023-02-08T10:00:00Z', 'not trimmed'],
    ['1675865109000', 'a number'],
    ['now', 'a word'],
  ])('refuses %s: %s', (sent) => {
    expect(toIsoTime(sent)).toBeUndefined();
  });
});
