import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CALL_STATUSES,
  type CallFact,
  END_CATEGORIES,
  PARTIES,
  evolve,
  type Call,
  type ProviderEvent,
} from '@sidetone/core';
import { CALL_ID, derive, event, typesOf } from './call-factory.ts';

const end = { category: 'CUSTOMER_ENDED', code: 'bye' } as const;

describe('the start of a call', () => {
  test('is derived from the first event of any type', () => {
    const { call, facts } = derive([event('speech.started', { party: 'CUSTOMER' })]);
    expect(typesOf(facts)).toEqual(['CALL_STARTED', 'SPEECH_STARTED']);
    expect(call).toMatchObject({ status: 'IN_PROGRESS', answeredAt: 1000, createdAt: 1000 });
  });

  test('is derived once if call.started is repeated', () => {
    const announced = event('call.started', { status: 'RINGING', details: { from: '+15005550006' } });
    expect(typesOf(derive([announced, announced, announced]).facts)).toEqual(['CALL_STARTED']);
  });

  test('uses the creation time of the provider', () => {
    const { call } = derive([event('call.started', { details: { createdAt: 400 } }, 1000)]);
    expect(call.createdAt).toBe(400);
  });
});

describe('the creation time', () => {
  const DAY_MS = 24 * 60 * 60_000;
  const arrival = 20 * DAY_MS;

  test.each<[string, number, ProviderEvent[]]>([
    [
      'the answer in a report',
      DAY_MS,
      [
        event('call.started', { details: { from: '+1' } }, arrival),
        event('call.ended', { end }, DAY_MS + 42_000),
        event('call.report', { details: { answeredAt: DAY_MS, endedAt: DAY_MS + 42_000 } }, arrival),
      ],
    ],
    ['a report alone', DAY_MS, [event('call.report', { details: { answeredAt: DAY_MS } }, arrival)]],
    [
      'the end',
      DAY_MS,
      [event('speech.started', { party: 'CUSTOMER' }, arrival), event('call.ended', { end }, DAY_MS)],
    ],
    [
      'a late status',
      DAY_MS,
      [event('call.started', {}, arrival), event('call.status', { status: 'IN_PROGRESS' }, DAY_MS)],
    ],
    [
      'the details of the first event',
      DAY_MS,
      [event('call.started', { details: { answeredAt: DAY_MS } }, arrival)],
    ],
  ])('is not after %s', (_what, createdAt, events) => {
    expect(derive(events).call.createdAt).toBe(createdAt);
  });

  test('that contradicts the answer is ignored each time', () => {
    const details = event('call.started', { details: { createdAt: 1500 } }, 3000);
    const { call, facts } = derive([
      details,
      event('call.report', { details: { answeredAt: 1000 } }, 3000),
      details,
      details,
    ]);
    expect(call.createdAt).toBe(1000);
    expect(typesOf(facts).filter((type) => type === 'CALL_UPDATED')).toHaveLength(2);
  });
});

describe('call details', () => {
  test('are updated only if they differ', () => {
    const { facts } = derive([
      event('call.started', { details: { from: '+1', assistant: { name: 'Nova' } } }),
      event('call.started', { details: { from: '+1', to: '+2', assistant: { name: 'Nova' } } }),
    ]);
    expect(facts.at(-1)).toEqual({ type: 'CALL_UPDATED', details: { to: '+2' } });
    expect(facts).toHaveLength(2);
  });

  test('are merged, so missing fields are kept', () => {
    const { call } = derive([
      event('call.started', { details: { assistant: { name: 'Nova' }, providerData: { a: 1 } } }),
      event('call.started', { details: { assistant: { providerAssistantId: 'x' }, providerData: { b: 2 } } }),
    ]);
    expect(call.assistant).toEqual({ name: 'Nova', providerAssistantId: 'x' });
    expect(call.providerData).toEqual({ a: 1, b: 2 });
  });
});

describe('the status of a call', () => {
  test('never moves back when an event is late', () => {
    const { call, facts } = derive([
      event('call.status', { status: 'IN_PROGRESS' }, 3000),
      event('call.status', { status: 'RINGING' }, 2000),
      event('call.status', { status: 'QUEUED' }, 1000),
    ]);
    expect(call.status).toBe('IN_PROGRESS');
    expect(typesOf(facts)).toEqual(['CALL_STARTED']);
  });

  test('returns from FORWARDING after a failed transfer, but not for an older event', () => {
    const forwarding = [
      event('call.status', { status: 'IN_PROGRESS' }, 1000),
      event('call.status', { status: 'FORWARDING' }, 2000),
    ];
    const back = (at: number) => event('call.status', { status: 'IN_PROGRESS' }, at);
    expect(derive([...forwarding, back(3000)]).call.status).toBe('IN_PROGRESS');
    expect(derive([...forwarding, back(1500)]).call.status).toBe('FORWARDING');
  });

  test('sets the time of the answer even if the status arrives after the end', () => {
    const { call } = derive([
      event('call.ended', { end }, 5000),
      event('call.status', { status: 'IN_PROGRESS' }, 2000),
    ]);
    expect(call).toMatchObject({ status: 'ENDED', endedAt: 5000, answeredAt: 2000 });
  });

  test('does not set a time of the answer after the end', () => {
    const { call } = derive([
      event('call.ended', { end }, 5000),
      event('call.status', { status: 'IN_PROGRESS' }, 6000),
    ]);
    expect(call.answeredAt).toBeUndefined();
  });

  test('becomes IN_PROGRESS when speech is received while ringing', () => {
    const { call, facts } = derive([
      event('call.status', { status: 'RINGING' }, 1000),
      event('utterance.final', { party: 'CUSTOMER', text: 'hello' }, 2000),
    ]);
    expect(typesOf(facts)).toEqual(['CALL_STARTED', 'CALL_STATUS_CHANGED', 'UTTERANCE_FINALIZED']);
    expect(call).toMatchObject({ status: 'IN_PROGRESS', answeredAt: 2000 });
  });
});

describe('the end of a call', () => {
  test('keeps its time and gets its reason if the first one was UNKNOWN', () => {
    const unknown = { category: 'UNKNOWN', code: 'completed' } as const;
    const { call, facts } = derive([
      event('call.status', { status: 'IN_PROGRESS' }),
      event('call.ended', { end: unknown }, 2000),
      event('call.ended', { end }, 3000),
      event('call.ended', { end: unknown }, 4000),
      event('call.ended', { end: { category: 'BUSY' } }, 5000),
    ]);
    expect(facts.slice(-1)).toEqual([{ type: 'CALL_UPDATED', details: {}, end }]);
    expect(call).toMatchObject({ status: 'ENDED', endedAt: 2000, end });
  });

  test('is the first call.ended; later ones are ignored', () => {
    const other = { category: 'PROVIDER_FAULT' } as const;
    const { call, facts } = derive([
      event('call.status', { status: 'IN_PROGRESS' }),
      event('call.ended', { end }, 2000),
      event('call.ended', { end: other }, 3000),
    ]);
    expect(call).toMatchObject({ status: 'ENDED', end, endedAt: 2000 });
    expect(typesOf(facts).filter((type) => type === 'CALL_ENDED')).toHaveLength(1);
  });

  test('ends all speech, and later speech marks are ignored', () => {
    const { call, facts } = derive([
      event('speech.started', { party: 'CUSTOMER' }),
      event('call.ended', { end }),
      event('speech.started', { party: 'ASSISTANT' }),
    ]);
    expect(call.speakingSince).toEqual({});
    expect(typesOf(facts).at(-1)).toBe('CALL_ENDED');
  });

  test('does not reject a late final', () => {
    const { facts } = derive([
      event('call.ended', { end }),
      event('utterance.final', { party: 'CUSTOMER', text: 'bye' }),
    ]);
    expect(typesOf(facts).at(-1)).toBe('UTTERANCE_FINALIZED');
  });
});

describe('an utterance', () => {
  const spoken = (since: number, until: number) => [
    event('call.status', { status: 'IN_PROGRESS' }, 1000),
    event('speech.started', { party: 'CUSTOMER' }, since),
    event('utterance.final', { party: 'CUSTOMER', text: 'hello' }, until),
  ];

  test('is placed between the start of speech and its arrival, relative to the answer', () => {
    expect(derive(spoken(1500, 2500)).facts.at(-1)).toMatchObject({
      utterance: { startMs: 500, endMs: 1500 },
    });
  });

  test('does not start before the previous one of the same party ended', () => {
    const again = event('utterance.final', { party: 'CUSTOMER', text: 'and more' }, 4000);
    expect(derive([...spoken(1500, 2500), again]).facts.at(-1)).toMatchObject({
      utterance: { startMs: 1500, endMs: 3000 },
    });
  });

  test('keeps the offsets of the provider', () => {
    const final = event('utterance.final', { party: 'ASSISTANT', text: 'hi', startMs: 10, endMs: 20 }, 9000);
    expect(derive([final]).facts.at(-1)).toMatchObject({ utterance: { startMs: 10, endMs: 20 } });
  });

  test('without text is ignored', () => {
    expect(typesOf(derive([event('utterance.final', { party: 'CUSTOMER', text: '  ' })]).facts)).toEqual([
      'CALL_STARTED',
    ]);
  });
});

describe('a report with a transcript', () => {
  const said = (text: string, at: number) => event('utterance.final', { party: 'CUSTOMER', text }, at);
  const report = event('call.report', {
    utterances: [
      { party: 'CUSTOMER', text: 'Hello.', startMs: 0, endMs: 400 },
      { party: 'ASSISTANT', text: 'How can I help?', startMs: 500, endMs: 900 },
    ],
  });
  const textsOf = (facts: readonly CallFact[]): string[] =>
    facts.flatMap((fact) => (fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : []));

  test('adds missing utterances at their offsets', () => {
    const { facts } = derive([said('hello', 1000), report]);
    expect(textsOf(facts)).toEqual(['hello', 'How can I help?']);
    expect(facts.findLast(({ type }) => type === 'UTTERANCE_FINALIZED')).toMatchObject({
      utterance: { party: 'ASSISTANT', startMs: 500, endMs: 900 },
    });
  });

  test('makes later finals ignored if their text is known', () => {
    const late = event('utterance.final', { party: 'ASSISTANT', text: 'how can I help' }, 2000);
    const { facts } = derive([report, said('hello', 1500), late, said('and goodbye', 2500)]);
    expect(textsOf(facts)).toEqual(['Hello.', 'How can I help?', 'and goodbye']);
  });

  test('corrects the time of a known end, and does not end a call', () => {
    const times = event('call.report', { details: { endedAt: 4800 } });
    expect(derive([event('call.ended', { end }, 5000), times]).call.endedAt).toBe(4800);
    expect(derive([event('call.status', { status: 'IN_PROGRESS' }), times]).call).toMatchObject({
      status: 'IN_PROGRESS',
    });
  });
});

describe('speech', () => {
  test('starts once and stops once if marks are repeated', () => {
    const started = event('speech.started', { party: 'CUSTOMER' });
    const stopped = event('speech.stopped', { party: 'CUSTOMER' });
    const { facts } = derive([started, started, stopped, stopped]);
    expect(typesOf(facts)).toEqual(['CALL_STARTED', 'SPEECH_STARTED', 'SPEECH_STOPPED']);
  });
});

const party = fc.constantFrom(...PARTIES);
const anyEvent: fc.Arbitrary<ProviderEvent> = fc
  .tuple(
    fc.oneof(
      fc.record({
        type: fc.constant('call.started' as const),
        status: fc.constantFrom(...CALL_STATUSES),
        details: fc.record({ from: fc.string() }, { requiredKeys: [] }),
      }),
      fc.record({
        type: fc.constant('call.status' as const),
        status: fc.constantFrom('QUEUED', 'RINGING', 'IN_PROGRESS', 'FORWARDING'),
      }),
      fc.record({
        type: fc.constant('call.ended' as const),
        end: fc.record({ category: fc.constantFrom(...END_CATEGORIES) }),
      }),
      fc.record({ type: fc.constant('utterance.final' as const), party, text: fc.string() }),
      fc.record({ type: fc.constantFrom('speech.started' as const, 'speech.stopped' as const), party }),
      fc.record({ type: fc.constant('call.report' as const), summary: fc.string() }),
    ),
    fc.integer({ min: 0, max: 100_000 }),
  )
  .map(([fields, at]) => event(fields.type, fields as never, at));

describe('for any events in any order', () => {
  test('a call ends at most once and never lives again', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 30 }), (events) => {
        const { facts } = derive(events);
        let call: Call | undefined;
        let hasEnded = false;
        for (const fact of facts) {
          call = evolve(call, CALL_ID, fact, 0);
          if (hasEnded) expect(call.status).toBe('ENDED');
          if (fact.type === 'CALL_ENDED') expect(hasEnded).toBe(false);
          hasEnded ||= fact.type === 'CALL_ENDED';
        }
        expect(hasEnded).toBe(events.some(({ type }) => type === 'call.ended'));
      }),
    );
  });

  test('redelivery of all events after the end changes no status, end or speech', () => {
    const moves = (type: string) => /^(CALL_STARTED|CALL_STATUS_CHANGED|CALL_ENDED|SPEECH_\w+)$/.test(type);
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const sequence = [...events, event('call.ended', { end }, 0)];
        const once = typesOf(derive(sequence).facts).filter(moves);
        expect(typesOf(derive([...sequence, ...sequence]).facts).filter(moves)).toEqual(once);
      }),
    );
  });
});

describe('a final that may be known', () => {
  const said = (text: string, fields: object = {}) =>
    event('utterance.final', { party: 'CUSTOMER', text, ...fields }, 5000);
  const textsOf = (...events: ProviderEvent[]): string[] =>
    derive(events).facts.flatMap((fact) =>
      fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : [],
    );
  const again = { mayBeKnown: true };

  test('is added only if the transcript lacks it', () => {
    expect(textsOf(said('hello there'), said('Hello, there!', again))).toEqual(['hello there']);
    expect(textsOf(said('hello there'), said('good evening', again))).toEqual([
      'hello there',
      'good evening',
    ]);
    expect(textsOf(said('yes'), said('yes'))).toEqual(['yes', 'yes']);
  });

  test('is compared with utterances of about the same time', () => {
    const first = said('yes', { startMs: 1000, endMs: 1400 });
    expect(textsOf(first, said('Yes.', { ...again, startMs: 1600, endMs: 1900 }))).toEqual(['yes']);
    expect(textsOf(first, said('Yes.', { ...again, startMs: 6000, endMs: 6400 }))).toEqual(['yes', 'Yes.']);
  });
});
