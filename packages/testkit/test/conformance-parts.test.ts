/** What the audits are made of. */
import {
  PROVIDER_EVENT_TYPES,
  providerCallId,
  Secret,
  type ProviderEvent,
  type ProviderEventType,
} from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { eventMistake } from '../src/providers/event-check.ts';
import { garbageOf } from '../src/checks/garbage.ts';
import { watchGlobals } from '../src/checks/globals.ts';
import { outcomeWithin, withinReal } from '../src/checks/patience.ts';
import { plainText } from '../src/checks/plain-text.ts';
import { gistOf, storyOf } from '../src/providers/story.ts';

const base = { providerCallId: providerCallId('c1'), occurredAt: 1_790_000_000_000 };

/** One right event of each type, with every field that it needs. */
const RIGHT: { readonly [Type in ProviderEventType]: Extract<ProviderEvent, { type: Type }> } = {
  'call.started': { ...base, type: 'call.started' },
  'call.status': { ...base, type: 'call.status', status: 'RINGING' },
  'call.ended': { ...base, type: 'call.ended', end: { category: 'BUSY' } },
  'call.report': { ...base, type: 'call.report', utterances: [{ party: 'CUSTOMER', text: 'Yes.' }] },
  'utterance.partial': { ...base, type: 'utterance.partial', party: 'CUSTOMER', text: 'Ye' },
  'utterance.final': { ...base, type: 'utterance.final', party: 'CUSTOMER', text: 'Yes.' },
  'speech.started': { ...base, type: 'speech.started', party: 'CUSTOMER' },
  'speech.stopped': { ...base, type: 'speech.stopped', party: 'CUSTOMER' },
  dtmf: { ...base, type: 'dtmf', digits: '1' },
  'assistant.changed': { ...base, type: 'assistant.changed', assistant: { name: 'Nova' } },
  'transfer.started': { ...base, type: 'transfer.started' },
  'command.confirmed': { ...base, type: 'command.confirmed', commandId: 'cmd_1' as never },
  notice: { ...base, type: 'notice', code: 'DELAY', message: 'It takes long.' },
};

describe('an event', () => {
  it.each(PROVIDER_EVENT_TYPES)(
    'of type %s is right with the fields that it needs, and wrong without any',
    (type) => {
      expect(eventMistake(RIGHT[type])).toBeUndefined();
      for (const key of Object.keys(RIGHT[type]).filter((name) => name !== 'utterances')) {
        const { [key]: _gone, ...rest } = RIGHT[type] as unknown as Record<string, unknown>;
        expect(eventMistake(rest), key).toBeDefined();
        expect(eventMistake({ ...rest, [key]: Symbol('no value of any field') }), key).toBeDefined();
      }
    },
  );

  it.each([
    [{ ...RIGHT['call.status'], status: 'ENDED' }, 'status of a call.status is not what it has to be'],
    [
      { ...RIGHT['call.report'], utterances: [{ party: 'CUSTOMER' }] },
      'utterances of a call.report is not what it has to be',
    ],
    [{ ...RIGHT.dtmf, occurredAt: Number.NaN }, 'occurredAt of a dtmf is not what it has to be'],
    [{ ...RIGHT.dtmf, type: 'toString' }, 'the type of an event is unknown'],
    ['text', 'the type of an event is unknown'],
    [undefined, 'the type of an event is unknown'],
  ])('%j is none', (event, mistake) => {
    expect(eventMistake(event)).toBe(mistake);
  });
});

describe('a story', () => {
  const words = { ...RIGHT['utterance.final'], dedupeKey: 'k' };

  it('has each fact once, by key or by what is known already', () => {
    const events = [RIGHT['call.started'], words, RIGHT['call.ended']];
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
