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
import { CALL_ID, event, tell, typesOf } from './call-factory.ts';

const end = { category: 'CUSTOMER_ENDED', code: 'bye' } as const;

describe('a call begins', () => {
  test('with the first event about it, whatever it is', () => {
    const { call, facts } = tell([event('speech.started', { party: 'CUSTOMER' })]);
    expect(typesOf(facts)).toEqual(['CALL_STARTED', 'SPEECH_STARTED']);
    expect(call).toMatchObject({ status: 'IN_PROGRESS', answeredAt: 1000, createdAt: 1000 });
  });

  test('once, however often it is announced', () => {
    const announced = event('call.started', { status: 'RINGING', details: { from: '+15005550006' } });
    expect(typesOf(tell([announced, announced, announced]).facts)).toEqual(['CALL_STARTED']);
  });

  test('with the time that the provider tells', () => {
    const { call } = tell([event('call.started', { details: { createdAt: 400 } }, 1000)]);
    expect(call.createdAt).toBe(400);
  });
});

describe('details', () => {
  test('are news only where they differ', () => {
    const { facts } = tell([
      event('call.started', { details: { from: '+1', assistant: { name: 'Nova' } } }),
      event('call.started', { details: { from: '+1', to: '+2', assistant: { name: 'Nova' } } }),
    ]);
    expect(facts.at(-1)).toEqual({ type: 'CALL_UPDATED', details: { to: '+2' } });
    expect(facts).toHaveLength(2);
  });

  test('of a part do not erase the other parts', () => {
    const { call } = tell([
      event('call.started', { details: { assistant: { name: 'Nova' }, providerData: { a: 1 } } }),
      event('call.started', { details: { assistant: { providerAssistantId: 'x' }, providerData: { b: 2 } } }),
    ]);
    expect(call.assistant).toEqual({ name: 'Nova', providerAssistantId: 'x' });
    expect(call.providerData).toEqual({ a: 1, b: 2 });
  });
});

describe('the status', () => {
  test('never moves back because a message came late', () => {
    const { call, facts } = tell([
      event('call.status', { status: 'IN_PROGRESS' }, 3000),
      event('call.status', { status: 'RINGING' }, 2000),
      event('call.status', { status: 'QUEUED' }, 1000),
    ]);
    expect(call.status).toBe('IN_PROGRESS');
    expect(typesOf(facts)).toEqual(['CALL_STARTED']);
  });

  test('comes back from FORWARDING when a transfer failed, but not by an older message', () => {
    const forwarding = [
      event('call.status', { status: 'IN_PROGRESS' }, 1000),
      event('call.status', { status: 'FORWARDING' }, 2000),
    ];
    const back = (at: number) => event('call.status', { status: 'IN_PROGRESS' }, at);
    expect(tell([...forwarding, back(3000)]).call.status).toBe('IN_PROGRESS');
    expect(tell([...forwarding, back(1500)]).call.status).toBe('FORWARDING');
  });

  test('says when the call was answered, also when that is heard after the end', () => {
    const { call } = tell([
      event('call.ended', { end }, 5000),
      event('call.status', { status: 'IN_PROGRESS' }, 2000),
    ]);
    expect(call).toMatchObject({ status: 'ENDED', endedAt: 5000, answeredAt: 2000 });
  });

  test('does not say that a call was answered after it ended', () => {
    const { call } = tell([
      event('call.ended', { end }, 5000),
      event('call.status', { status: 'IN_PROGRESS' }, 6000),
    ]);
    expect(call.answeredAt).toBeUndefined();
  });

  test('moves on when somebody speaks in a call that was thought to ring', () => {
    const { call, facts } = tell([
      event('call.status', { status: 'RINGING' }, 1000),
      event('utterance.final', { party: 'CUSTOMER', text: 'hello' }, 2000),
    ]);
    expect(typesOf(facts)).toEqual(['CALL_STARTED', 'CALL_STATUS_CHANGED', 'UTTERANCE_FINALIZED']);
    expect(call).toMatchObject({ status: 'IN_PROGRESS', answeredAt: 2000 });
  });
});

describe('the end', () => {
  test('is the first one told; the others are no news', () => {
    const other = { category: 'PROVIDER_FAULT' } as const;
    const { call, facts } = tell([
      event('call.status', { status: 'IN_PROGRESS' }),
      event('call.ended', { end }, 2000),
      event('call.ended', { end: other }, 3000),
    ]);
    expect(call).toMatchObject({ status: 'ENDED', end, endedAt: 2000 });
    expect(typesOf(facts).filter((type) => type === 'CALL_ENDED')).toHaveLength(1);
  });

  test('ends all speech, and nobody begins to speak after it', () => {
    const { call, facts } = tell([
      event('speech.started', { party: 'CUSTOMER' }),
      event('call.ended', { end }),
      event('speech.started', { party: 'ASSISTANT' }),
    ]);
    expect(call.speakingSince).toEqual({});
    expect(typesOf(facts).at(-1)).toBe('CALL_ENDED');
  });

  test('does not keep out words that come late', () => {
    const { facts } = tell([
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

  test('lies between the start of speech and the moment it was told, from the answer of the call', () => {
    expect(tell(spoken(1500, 2500)).facts.at(-1)).toMatchObject({ utterance: { startMs: 500, endMs: 1500 } });
  });

  test('does not begin before the one before it of the same party ended', () => {
    const again = event('utterance.final', { party: 'CUSTOMER', text: 'and more' }, 4000);
    expect(tell([...spoken(1500, 2500), again]).facts.at(-1)).toMatchObject({
      utterance: { startMs: 1500, endMs: 3000 },
    });
  });

  test('keeps the offsets that the provider tells', () => {
    const told = event('utterance.final', { party: 'ASSISTANT', text: 'hi', startMs: 10, endMs: 20 }, 9000);
    expect(tell([told]).facts.at(-1)).toMatchObject({ utterance: { startMs: 10, endMs: 20 } });
  });

  test('without words is none', () => {
    expect(typesOf(tell([event('utterance.final', { party: 'CUSTOMER', text: '  ' })]).facts)).toEqual([
      'CALL_STARTED',
    ]);
  });
});

describe('a report that tells all that was said', () => {
  const said = (text: string, at: number) => event('utterance.final', { party: 'CUSTOMER', text }, at);
  const report = event('call.report', {
    utterances: [
      { party: 'CUSTOMER', text: 'Hello.', startMs: 0, endMs: 400 },
      { party: 'ASSISTANT', text: 'How can I help?', startMs: 500, endMs: 900 },
    ],
  });
  const textsOf = (facts: readonly CallFact[]): string[] =>
    facts.flatMap((fact) => (fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : []));

  test('adds what nobody heard, with its place in the call', () => {
    const { facts } = tell([said('hello', 1000), report]);
    expect(textsOf(facts)).toEqual(['hello', 'How can I help?']);
    expect(facts.at(-1)).toMatchObject({ utterance: { party: 'ASSISTANT', startMs: 500, endMs: 900 } });
  });

  test('makes words that come after it no news, unless they are others', () => {
    const late = event('utterance.final', { party: 'ASSISTANT', text: 'how can I help' }, 2000);
    const { facts } = tell([report, said('hello', 1500), late, said('and goodbye', 2500)]);
    expect(textsOf(facts)).toEqual(['Hello.', 'How can I help?', 'and goodbye']);
  });

  test('corrects the time of an end that was told before, and ends nothing itself', () => {
    const times = event('call.report', { details: { endedAt: 4800 } });
    expect(tell([event('call.ended', { end }, 5000), times]).call.endedAt).toBe(4800);
    expect(tell([event('call.status', { status: 'IN_PROGRESS' }), times]).call).toMatchObject({
      status: 'IN_PROGRESS',
    });
  });
});

describe('speech', () => {
  test('starts once and stops once, however often it is told', () => {
    const started = event('speech.started', { party: 'CUSTOMER' });
    const stopped = event('speech.stopped', { party: 'CUSTOMER' });
    const { facts } = tell([started, started, stopped, stopped]);
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

describe('whatever is told, in whatever order', () => {
  test('a call ends at most once and never lives again', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 30 }), (events) => {
        const { facts } = tell(events);
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

  test('a story that is told again after its end moves no status, ends nothing and makes nobody speak', () => {
    const moves = (type: string) => /^(CALL_STARTED|CALL_STATUS_CHANGED|CALL_ENDED|SPEECH_\w+)$/.test(type);
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const story = [...events, event('call.ended', { end }, 0)];
        const once = typesOf(tell(story).facts).filter(moves);
        expect(typesOf(tell([...story, ...story]).facts).filter(moves)).toEqual(once);
      }),
    );
  });
});
