import { expect, test } from 'vitest';
import { isPublicAddress } from '../../src/access/public-address.ts';

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '10.255.0.1',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.0.0.8',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:0a00:0001',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '[::1]',
  'localhost',
  '',
  '0x7f.1',
])('%s is not a public address', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  '1.1.1.1',
  '100.63.255.255',
  '172.32.0.1',
  '192.167.0.1',
  '::ffff:8.8.8.8',
  '2606:4700::1111',
  '[2a00::1]',
])('%s is a public address', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
