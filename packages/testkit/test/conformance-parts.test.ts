/** What the audits are made of. */
import { providerCallId, Secret } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { garbageOf } from '../src/checks/garbage.ts';
import { watchGlobals } from '../src/checks/globals.ts';
import { outcomeWithin, withinReal } from '../src/checks/patience.ts';
import { plainText } from '../src/checks/plain-text.ts';
import { gistOf, storyOf } from '../src/providers/story.ts';

const base = { providerCallId: providerCallId('c1'), occurredAt: 1_790_000_000_000 };
const started = { ...base, type: 'call.started' } as const;
const final = { ...base, type: 'utterance.final', party: 'CUSTOMER', text: 'Yes.' } as const;
const ended = { ...base, type: 'call.ended', end: { category: 'BUSY' } } as const;

describe('a story', () => {
  const words = { ...final, dedupeKey: 'k' };

  it('has each fact once, by key or by what is known already', () => {
    const events = [started, words, ended];
    const once = storyOf(events);
    expect(storyOf([...events, ...events]).facts.map(gistOf)).toEqual(once.facts.map(gistOf));
    expect(once.call?.status).toBe('ENDED');
  });

  it('grows by what is told again without a key', () => {
    const { dedupeKey: _none, ...keyless } = words;
    expect(storyOf([keyless, keyless]).facts).toHaveLength(storyOf([keyless]).facts.length + 1);
  });

  it('without events is empty', () => {
    expect(storyOf([])).toEqual({ facts: [], call: undefined });
  });
});

describe('the text of a value', () => {
  it.each([
    ['a text', 'k3y'],
    ['a field', { deep: [{ er: 'k3y' }] }],
    ['a key', { k3y: 1 }],
    ['an error', new Error('k3y')],
    ['a cause', new Error('x', { cause: { headers: 'k3y' } })],
    ['a map', new Map([['authorization', 'k3y']])],
    ['a set', new Set(['k3y'])],
    ['headers', new Headers({ 'x-key': 'k3y' })],
    ['an address', new URL('https://x.example/?key=k3y')],
    ['bytes', new TextEncoder().encode('k3y')],
  ])('holds what is in %s', (_what, value) => {
    expect(plainText(value)).toContain('k3y');
  });

  it('does not hold what is a secret', () => {
    expect(plainText({ key: new Secret('k3y') })).not.toContain('k3y');
  });

  it('ends, also where a value holds itself', () => {
    const round: { self?: unknown } = {};
    round.self = round;
    expect(plainText(round)).toContain('self');
  });
});

describe('watching the globals', () => {
  it('tells which were used, and leaves them as they were', () => {
    const before = [globalThis.setTimeout, globalThis.fetch, AbortSignal.timeout];
    const watch = watchGlobals();
    clearTimeout(setTimeout(() => undefined, 1));
    AbortSignal.timeout(1);
    watch.end();
    expect(watch.used).toEqual(['setTimeout', 'AbortSignal.timeout']);
    expect([globalThis.setTimeout, globalThis.fetch, AbortSignal.timeout]).toEqual(before);
  });
});

describe('waiting', () => {
  it('tells what became of a promise while time passes', async () => {
    const clock = createFakeClock();
    expect(await outcomeWithin(clock, clock.delay(900), 1000)).toMatchObject({ state: 'fulfilled' });
    expect(await outcomeWithin(clock, clock.delay(2000), 1000)).toEqual({ state: 'pending' });
    const error = new Error('no');
    expect(await outcomeWithin(clock, Promise.reject(error), 1000)).toEqual({ state: 'rejected', error });
  });

  it('ends by real time where fake time does not help', async () => {
    const late = new Error('too late');
    await expect(withinReal(1, late, new Promise(() => {}))).rejects.toBe(late);
    expect(await withinReal(60_000, late, Promise.resolve('done'))).toBe('done');
  });
});

describe('garbage', () => {
  it('is the same each time, and holds what is almost right', () => {
    const body = new TextEncoder().encode('{"type":"ended","call":{"id":"c1"}}');
    const texts = garbageOf(body).map((bytes) => new TextDecoder().decode(bytes));
    expect(texts).toEqual(garbageOf(body).map((bytes) => new TextDecoder().decode(bytes)));
    expect(texts).toContain('{"type":null,"call":{"id":null}}');
    expect(texts).toContain('{"type":"ended","call":[]}');
    expect(texts).toContain('{"type":"ended","');
    expect(texts).not.toContain('{"type":"ended","call":{"id":"c1"}}');
  });
});
