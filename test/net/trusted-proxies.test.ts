import { describe, expect, test } from 'vitest';
import { clientBehind, isIn, networkOf } from '../../src/net/trusted-proxies.ts';

const trusted = ['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48'];

describe('the client of a request', () => {
  test.each([
    ['a peer that is not trusted, whatever it says', '203.0.113.9', '192.0.2.1', '203.0.113.9'],
    ['the proxy itself, where it names nobody', '127.0.0.1', undefined, '127.0.0.1'],
    ['the last hop', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['the last hop, not what the client wrote before it', '127.0.0.1', '192.0.2.1, 203.0.113.9', '203.0.113.9'],
    [
      'the hop before a chain of trusted proxies',
      '127.0.0.1',
      '192.0.2.1,203.0.113.9, 10.1.1.1, 10.2.2.2',
      '203.0.113.9',
    ],
    ['the first, where all are trusted', '127.0.0.1', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['the proxy before what is no address', '127.0.0.1', '192.0.2.1, unknown, 10.2.2.2', '10.2.2.2'],
    ['the proxy before an empty hop', '127.0.0.1', '192.0.2.1, ,', '127.0.0.1'],
    ['without a port', '127.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['with a mapped address', '::ffff:127.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['a network of IPv6, without the zone', 'fe80::1%eth0', undefined, 'fe80::/64'],
    ['a network of IPv6', '2001:db8:1::7', '[2001:db8:2:3:4:5:6:7]:4711', '2001:db8:2:3::/64'],
  ])('is %s', (_, peer, forwardedFor, client) => {
    expect(clientBehind(trusted, { peer, forwardedFor })).toBe(client);
  });

  test('is one customer for all addresses of a /64', () => {
    expect(networkOf('2001:db8::1')).toBe(networkOf('2001:db8::ffff:1:2:3'));
    expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8::1'));
    expect(networkOf('192.0.2.1')).not.toBe(networkOf('192.0.2.2'));
  });
});

test('a network holds its addresses and no others', () => {
  for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '10.255.0.1', '2001:db8:1:ffff::1'])
    expect([address, isIn(address, trusted)]).toEqual([address, true]);
  for (const address of ['127.0.0.2', '11.0.0.1', '2001:db8:2::1', '::1', '', 'localhost'])
    expect([address, isIn(address, trusted)]).toEqual([address, false]);
});
