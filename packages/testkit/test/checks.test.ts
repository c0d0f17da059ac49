/** Tests of the parts of the audits. */
import { providerCallId, Secret } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { garbageOf } from '../src/checks/garbage.ts';
import { watchGlobals } from '../src/checks/watch-globals.ts';
import { outcomeWithin, withRealTimeout } from '../src/checks/outcome.ts';
import { searchableText } from '../src/checks/searchable-text.ts';
import { comparableText, deriveFacts } from '../src/providers/derive-facts.ts';

const base = { providerCallId: providerCallId('c1'), occurredAt: 1_790_000_000_000 };
const started = { ...base, type: 'call.started' } as const;
const final = { ...base, type: 'utterance.final', party: 'CUSTOMER', text: 'Yes.' } as const;
const ended = { ...base, type: 'call.ended', end: { category: 'BUSY' } } as const;

describe('deriveFacts', () => {
  const keyed = { ...final, dedupeKey: 'k' };

  it('derives each fact once, by dedupe key or by the state of the call', () => {
    const events = [started, keyed, ended];
    const once = deriveFacts(events);
    expect(deriveFacts([...events, ...events]).facts.map(comparableText)).toEqual(
      once.facts.map(comparableText),
    );
    expect(once.call?.status).toBe('ENDED');
  });

  it('derives repeated events without a key again', () => {
    expect(deriveFacts([final, final]).facts).toHaveLength(deriveFacts([final]).facts.length + 1);
  });

  it('returns nothing without events', () => {
    expect(deriveFacts([])).toEqual({ facts: [], call: undefined });
  });
});

describe('searchableText', () => {
  it.each([
    ['a text', 'k3y'],
    ['a field', { deep: [{ er: 'k3y' }] }],
    ['a key', { k3y: 1 }],
    ['an error', new Error('k3y')],
    ['a cause', new Error('x', { cause: { headers: 'k3y' } })],
    ['a map', new Map([['authorization', 'k3y']])],
    ['a set', new Set(['k3y'])],
    ['headers', new Headers({ 'x-key': 'k3y' })],
    ['a URL', new URL('https://x.example/?key=k3y')],
    ['bytes', new TextEncoder().encode('k3y')],
  ])('contains the text of %s', (_name, value) => {
    expect(searchableText(value)).toContain('k3y');
  });

  it('does not contain a redacted secret', () => {
    expect(searchableText({ key: new Secret('k3y') })).not.toContain('k3y');
  });

  it('terminates for a circular value', () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(searchableText(circular)).toContain('self');
  });
});

describe('watchGlobals', () => {
  it('reports the globals that were used, and restores them', () => {
    const before = [globalThis.setTimeout, globalThis.fetch, AbortSignal.timeout];
    const watch = watchGlobals();
    clearTimeout(setTimeout(() => undefined, 1));
    AbortSignal.timeout(1);
    watch.end();
    expect(watch.used).toEqual(['setTimeout', 'AbortSignal.timeout']);
    expect([globalThis.setTimeout, globalThis.fetch, AbortSignal.timeout]).toEqual(before);
  });
});

describe('outcomeWithin and withRealTimeout', () => {
  it('return the state of a promise after fake time', async () => {
    const clock = createFakeClock();
    expect(await outcomeWithin(clock, clock.delay(900), 1000)).toMatchObject({ state: 'fulfilled' });
    expect(await outcomeWithin(clock, clock.delay(2000), 1000)).toEqual({ state: 'pending' });
    const error = new Error('no');
    expect(await outcomeWithin(clock, Promise.reject(error), 1000)).toEqual({ state: 'rejected', error });
  });

  it('reject a promise that never settles after real time', async () => {
    const timeout = new Error('timed out');
    await expect(withRealTimeout(1, timeout, new Promise(() => {}))).rejects.toBe(timeout);
    expect(await withRealTimeout(60_000, timeout, Promise.resolve('done'))).toBe('done');
  });
});

describe('garbageOf', () => {
  it('returns the same malformed variants each time', () => {
    const body = new TextEncoder().encode('{"type":"ended","call":{"id":"c1"}}');
    const texts = garbageOf(body).map((bytes) => new TextDecoder().decode(bytes));
    expect(texts).toEqual(garbageOf(body).map((bytes) => new TextDecoder().decode(bytes)));
    expect(texts).toContain('{"type":null,"call":{"id":null}}');
    expect(texts).toContain('{"type":"ended","call":[]}');
    expect(texts).toContain('{"type":"ended","');
    expect(texts).not.toContain('{"type":"ended","call":{"id":"c1"}}');
  });
});
