import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ClientAddresses, MAX_PROXIES } from '../../src/access/forwarding.ts';

const PROXY = '10.0.0.1';
const trusting = new ClientAddresses(['10.0.0.0/8', '::1']);

const sender = (remoteAddress: string | undefined, headers: IncomingMessage['headers']) =>
  ({ socket: { remoteAddress }, headers }) as IncomingMessage;

describe('the address of a client', () => {
  test('is that of the connection, in one notation, if no proxy is trusted', () => {
    const addresses = new ClientAddresses([]);
    const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' };
    expect(addresses.addressOf(sender(PROXY, headers))).toBe(PROXY);
    expect(addresses.addressOf(sender('::ffff:192.0.2.1', headers))).toBe('192.0.2.1');
    expect(addresses.addressOf(sender(undefined, headers))).toBe('unknown');
  });

  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['1.1.1.1, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['1.1.1.1, 203.0.113.9, ::ffff:10.9.9.9', '203.0.113.9'],
    ['203.0.113.9:5678', '203.0.113.9'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]:5678', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['10.2.2.2, 10.3.3.3', '10.2.2.2'],
    ['203.0.113.9, unknown', PROXY],
    ['203.0.113.9, unknown, 10.9.9.9', '10.9.9.9'],
    ['', PROXY],
    ['<script>', PROXY],
  ])('in X-Forwarded-For of a trusted proxy: "%s" is %s', (header, address) => {
    expect(trusting.addressOf(sender(PROXY, { 'x-forwarded-for': header }))).toBe(address);
    expect(trusting.addressOf(sender(`::ffff:${PROXY}`, { 'x-forwarded-for': header }))).toBe(address);
  });

  test.each([
    ['for=203.0.113.9', '203.0.113.9'],
    ['For="[2001:db8::1]:80";proto=https', '2001:db8::1'],
    ['for=1.1.1.1, proto=https;for="203.0.113.9:80";by=10.0.0.1', '203.0.113.9'],
    ['for=203.0.113.9, for=_hidden', PROXY],
    ['proto=https', PROXY],
  ])('in Forwarded of a trusted proxy: %s is %s', (forwarded, address) => {
    expect(trusting.addressOf(sender('::1', { forwarded })).replace('::1', PROXY)).toBe(
      address.replace('::1', PROXY),
    );
  });

  test('is that of the proxy if the two headers differ', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=198.51.100.1' };
    expect(trusting.addressOf(sender(PROXY, headers))).toBe(PROXY);
  });

  test('cannot be set by a client that is not a trusted proxy', () => {
    expect(trusting.addressOf(sender('203.0.113.9', { 'x-forwarded-for': '127.0.0.1' }))).toBe('203.0.113.9');
  });

  test('is looked for in a bounded number of entries', () => {
    const header = ['203.0.113.9', ...Array.from({ length: MAX_PROXIES }, () => PROXY)].join(',');
    expect(trusting.addressOf(sender(PROXY, { 'x-forwarded-for': header }))).toBe(PROXY);
  });
});
