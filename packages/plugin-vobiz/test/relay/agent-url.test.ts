import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentUrlFor, agentUrlProblem, parseWebSocketUrl } from '../../src/relay/agent-url.ts';

describe('the URL of an agent', () => {
  it('contains percent-encoded values of the call in its path and query', () => {
    const template = 'wss://a.example.in/{callId}/x?from={from}&to={to}&{from}';
    expect(agentUrlFor(template, { callId: 'a/b', from: '+91 9&' }).href).toBe(
      'wss://a.example.in/a%2Fb/x?from=%2B91%209%26&to=&%2B91%209%26',
    );
  });

  it('has the same host and path for any call id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (callId) => {
        const url = agentUrlFor('wss://a.example.in/x?call={callId}&key=k', { callId });
        expect([url.host, url.pathname, url.searchParams.get('key')]).toEqual(['a.example.in', '/x', 'k']);
        expect(url.searchParams.get('call')).toBe(callId);
      }),
    );
  });

  it.each([
    'https://a.example.in/x',
    'nonsense',
    'wss://a.example.in/#x',
    'wss://{callId}.example.in/',
    'wss://{from}:x@a.example.in/',
    'wss://a.example.in/{call}',
    'wss://a.example.in/?{caller}={from}',
  ])('is rejected: %s', (template) => {
    expect(agentUrlProblem(template)).toMatch(/^expected /);
  });

  it.each(['ws://127.0.0.1:9000', 'wss://u:p@a.example.in/{callId}?f={from}&t={to}'])(
    'is accepted: %s',
    (template) => {
      expect(agentUrlProblem(template)).toBeUndefined();
      expect(parseWebSocketUrl(template)).toBeDefined();
    },
  );
});
