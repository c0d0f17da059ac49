import { describe, expect, test } from 'vitest';
import { AddressSet, canonicalAddress, isLoopbackAddress, networkOf } from '../../src/access/addresses.ts';
import { isExposed } from '../../src/access/exposure.ts';

describe('canonicalAddress', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:0:192.0.2.1', '::ffff:0:c000:201'],
    ['localhost', undefined],
    ['192.0.2.1:80', undefined],
    ['192.0.2.01', undefined],
    ['', undefined],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:DB8::5', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
  ['::5', '0:0:0:0::/64'],
  ['::1', '::1'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('an AddressSet', () => {
  const set = new AddressSet(['10.0.0.0/8', '::ffff:192.0.2.0/120', '[2001:db8::]/32', '203.0.113.9']);

  test.each(['10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203', '192.0.2.77', '2001:DB8:1::1', '203.0.113.9'])(
    'has %s',
    (address) => expect(set.has(address)).toBe(true),
  );

  test.each(['11.0.0.1', '192.0.3.1', '2001:db9::1', '203.0.113.10', '::1', '::a01:203', 'unknown', ''])(
    'does not have %s',
    (address) => expect(set.has(address)).toBe(false),
  );
});

test.each(['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
  '%s is a loopback address',
  (address) => expect(isLoopbackAddress(address)).toBe(true),
);

test.each([
  ['127.0.0.1', undefined, false],
  ['localhost', 'http://localhost:4000', false],
  ['::1', 'http://[::1]:4000', false],
  ['127.0.0.1', 'https://calls.example.com', true],
  ['0.0.0.0', undefined, true],
  ['::', 'http://127.0.0.1:4000', true],
  ['localhost', 'http://localhost.example.com', true],
])('a server on %s with the public URL %s: exposed is %s', (host, publicUrl, exposed) => {
  const url = publicUrl === undefined ? undefined : new URL(publicUrl);
  expect(isExposed({ host, publicUrl: url })).toBe(exposed);
});
