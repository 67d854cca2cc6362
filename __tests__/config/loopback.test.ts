import { randomInt } from 'node:crypto';
import { isLoopback } from '../../config/loopback';

const HERE = [
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '0x7f000001',
  '2130706433',
  '0177.0.0.1',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:127.9.9.9]',
  '[::ffff:7f00:1]',
  'localhost',
  'localhost.',
  'LOCALHOST',
  's3.localhost',
  'a.b.localhost.',
  'localhost.localdomain',
];
const ELSEWHERE = [
  's3.us-east-1.amazonaws.com',
  '128.0.0.1',
  '126.255.255.255',
  '10.0.0.1',
  '[::2]',
  '[::ffff:10.0.0.1]',
  'localhost.example.com',
  'notlocalhost',
  '127.0.0.1.example.com',
  'local',
  '169.254.169.254',
];

describe.each(['http://HOST', 'https://HOST:4566/path', 'HTTP://user@HOST:1', 'HOST:4566', 'HOST'])(
  'A URL such as %s',
  (form) => {
    const urlOf = (host: string): string => form.replace('HOST', host);

    test.each(HERE)('refers to this machine with %s.', (host) => {
      expect(isLoopback(urlOf(host))).toBe(true);
    });

    test.each(ELSEWHERE)('refers to another machine with %s.', (host) => {
      expect(isLoopback(urlOf(host))).toBe(false);
    });
  },
);

test('Only addresses of 127.0.0.0/8 are this machine, as IPv4 and mapped to IPv6.', () => {
  for (let count = 0; count < 500; count += 1) {
    const first = count % 2 === 0 ? 127 : randomInt(1, 256);
    const address = [first, randomInt(256), randomInt(256), randomInt(256)].join('.');
    expect([address, isLoopback(`http://${address}`)]).toEqual([address, first === 127]);
    expect([address, isLoopback(`http://[::ffff:${address}]:1`)]).toEqual([address, first === 127]);
  }
});

test.each(['', 'http://', 'http://[', 'a b'])('%j is not a URL of this machine.', (url) => {
  expect(isLoopback(url)).toBe(false);
});
