import { BlockList, isIP } from 'node:net';

const addresses = new BlockList();
addresses.addSubnet('127.0.0.0', 8);
addresses.addAddress('::1', 'ipv6');
// A connection to the unspecified address goes to this machine.
addresses.addAddress('0.0.0.0');
addresses.addAddress('::', 'ipv6');

/** RFC 6761, and what Linux distributions write to /etc/hosts. */
const NAMES = /^(.+\.)?localhost(\.localdomain)?\.?$/;

/** Whether the URL, with or without `http://`, refers to this machine. */
export function isLoopback(url: string): boolean {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  if (!URL.canParse(text)) return false;
  // URL normalizes addresses: 127.1 and 0x7f000001 are 127.0.0.1.
  const host = new URL(text).hostname.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(host);
  return version === 0 ? NAMES.test(host) : addresses.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
