/** A call that a transcriber hears: what of the provider's own words is still news, and how the facts change the call. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CALL_TRANSCRIPTION_STATES,
  decide,
  evolve,
  isTranscribed,
  PARTIES,
  providerId,
  type Call,
  type CallFact,
  type CallTranscriptionState,
  type ProviderEvent,
  type UtteranceId,
} from '@sidetone/core';
import { CALL_ID, event } from './call-factory.ts';

type Step = ProviderEvent | { readonly fact: CallFact; readonly at: number };

/** A story of what the provider tells and of facts that were decided elsewhere; what follows, with its time. */
function tell(steps: readonly Step[]) {
  let call: Call | undefined;
  let utterances = 0;
  const log: { fact: CallFact; at: number }[] = [];
  const take = (fact: CallFact, at: number): void => {
    call = evolve(call, CALL_ID, fact, at);
    log.push({ fact, at });
  };
  for (const step of steps) {
    if ('fact' in step) {
      take(step.fact, step.at);
      continue;
    }
    const context = {
      providerId: providerId('test'),
      ids: { utterance: () => `utt_${++utterances}` as UtteranceId },
      heard: () => log.flatMap(({ fact }) => (fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance] : [])),
    };
    for (const fact of decide(call, CALL_ID, step, context)) take(fact, step.occurredAt);
  }
  return { call: call!, log, facts: log.map(({ fact }) => fact) };
}

const transcription = (state: CallTranscriptionState, at = 2000, transcriber = 'ear'): Step => ({
  fact: { type: 'TRANSCRIPTION_CHANGED', transcription: { transcriber, state } },
  at,
});
const heard = (text: string, at = 2500): Step => ({
  fact: {
    type: 'UTTERANCE_FINALIZED',
    utterance: { id: 'utt_heard' as UtteranceId, party: 'CUSTOMER', text, startMs: 100, endMs: 900 },
  },
  at,
});

const answered = event('call.status', { status: 'IN_PROGRESS' }, 1000);
const said = (text: string, at = 3000) => event('utterance.final', { party: 'CUSTOMER', text }, at);
const report = (...texts: string[]) =>
  event(
    'call.report',
    { summary: 'Done.', utterances: texts.map((text) => ({ party: 'CUSTOMER', text })) },
    9000,
  );
const ended = event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, 8000);

const textsOf = (facts: readonly CallFact[]): string[] =>
  facts.flatMap((fact) => (fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance.text] : []));

describe('while a transcriber tells what is said in a call', () => {
  test.each(['CONNECTING', 'TRANSCRIBING', 'RECONNECTING'] as const)(
    "the provider's own finals are no news: %s",
    (state) => {
      expect(textsOf(tell([answered, transcription(state), said('hello')]).facts)).toEqual([]);
    },
  );

  test.each(['FAILED', 'STOPPED'] as const)('and then no longer, they are: %s', (state) => {
    const { facts } = tell([answered, transcription('TRANSCRIBING'), transcription(state), said('hello')]);
    expect(textsOf(facts)).toEqual(['hello']);
  });

  test('all else that the provider tells is news', () => {
    const { facts } = tell([
      answered,
      transcription('TRANSCRIBING'),
      event('dtmf', { digits: '1' }),
      event('speech.started', { party: 'CUSTOMER' }),
    ]);
    expect(facts.slice(2).map(({ type }) => type)).toEqual(['DTMF_RECEIVED', 'SPEECH_STARTED']);
  });
});

describe('a report', () => {
  test("does not add its words to a transcriber's, and all else that it tells is kept", () => {
    const { call, facts } = tell([
      answered,
      transcription('TRANSCRIBING'),
      heard('hello there'),
      ended,
      report('Hello.', 'Quite other words.'),
    ]);
    expect(textsOf(facts)).toEqual(['hello there']);
    expect(call).toMatchObject({ summary: 'Done.', isTranscriptReported: true });
  });

  test('adds what is missing when the transcribing has failed', () => {
    const { facts } = tell([
      answered,
      heard('hello there'),
      transcription('FAILED'),
      ended,
      report('Hello there.', 'Quite other words.'),
    ]);
    expect(textsOf(facts)).toEqual(['hello there', 'Quite other words.']);
  });

  test('adds all its words when the transcriber has heard none', () => {
    const { facts } = tell([answered, transcription('CONNECTING'), ended, report('Hello.')]);
    expect(textsOf(facts)).toEqual(['Hello.']);
  });
});

describe('the end of a call', () => {
  test('stops its transcription, at that moment, whatever was wrong with it', () => {
    const { call } = tell([
      answered,
      {
        fact: {
          type: 'TRANSCRIPTION_CHANGED',
          transcription: { transcriber: 'ear', state: 'RECONNECTING', code: 'X', message: 'x' },
        },
        at: 2000,
      },
      ended,
    ]);
    expect(call.transcription).toEqual({ transcriber: 'ear', state: 'STOPPED', since: 8000 });
  });

  test('leaves one that has failed, or was switched off, as it was', () => {
    for (const state of ['FAILED', 'STOPPED'] as const) {
      const { call } = tell([answered, transcription(state), ended]);
      expect(call.transcription).toEqual({ transcriber: 'ear', state, since: 2000 });
    }
  });

  test('gives a call that was not transcribed no transcription', () => {
    expect(tell([answered, ended]).call).not.toHaveProperty('transcription');
  });

  test('does not make news of what the provider told too late of a call that was transcribed to it', () => {
    const { facts } = tell([
      answered,
      transcription('TRANSCRIBING'),
      heard('hello'),
      ended,
      said('hallo', 9000),
    ]);
    expect(textsOf(facts)).toEqual(['hello']);
  });

  test('makes news of it when the transcriber has heard nothing', () => {
    const { facts } = tell([answered, transcription('CONNECTING'), ended, said('hello', 9000)]);
    expect(textsOf(facts)).toEqual(['hello']);
  });

  test('makes news of what came too late of a call whose transcription had failed, or was switched off', () => {
    for (const state of ['FAILED', 'STOPPED'] as const) {
      const { facts } = tell([answered, heard('hello'), transcription(state), ended, said('bye', 9000)]);
      expect(textsOf(facts)).toEqual(['hello', 'bye']);
    }
  });
});

describe('the facts', () => {
  test('of a transcription are what the call says of it, and since when', () => {
    const told = { transcriber: 'ear', state: 'FAILED', code: 'EAR_DEAF', message: 'it is deaf' } as const;
    const { call } = tell([
      answered,
      transcription('CONNECTING'),
      { fact: { type: 'TRANSCRIPTION_CHANGED', transcription: told, by: 'ada' }, at: 4000 },
    ]);
    expect(call.transcription).toEqual({ ...told, since: 4000 });
    const again = evolve(
      call,
      CALL_ID,
      { type: 'TRANSCRIPTION_CHANGED', transcription: { transcriber: 'ear', state: 'CONNECTING' } },
      5000,
    );
    expect(again.transcription).toEqual({ transcriber: 'ear', state: 'CONNECTING', since: 5000 });
  });

  test('of a revision change nothing of the call', () => {
    const { call } = tell([answered, heard('hello')]);
    const utterance = {
      id: 'utt_heard' as UtteranceId,
      party: 'CUSTOMER',
      text: 'yellow',
      endMs: 5,
    } as const;
    expect(evolve(call, CALL_ID, { type: 'UTTERANCE_REVISED', utterance }, 9000)).toBe(call);
  });

  test('tell of a call whether a transcriber tells its words', () => {
    const is = CALL_TRANSCRIPTION_STATES.filter((state) =>
      isTranscribed({ transcription: { transcriber: 'ear', state, since: 0 } }),
    );
    expect(is).toEqual(['CONNECTING', 'TRANSCRIBING', 'RECONNECTING']);
    expect(isTranscribed({})).toBe(false);
  });
});

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ state: fc.constantFrom(...CALL_TRANSCRIPTION_STATES), at: fc.nat(9999) })
    .map(({ state, at }) => transcription(state, at)),
  fc.nat(9999).map((at) => heard('hello', at)),
  fc
    .record({ party: fc.constantFrom(...PARTIES), text: fc.string(), at: fc.nat(9999), kind: fc.nat(4) })
    .map(({ party, text, at, kind }) =>
      [
        () => event('utterance.final', { party, text }, at),
        () => event('call.status', { status: 'FORWARDING' }, at),
        () => event('speech.started', { party }, at),
        () => event('call.ended', { end: { category: 'BUSY' } }, at),
        () => event('call.report', { utterances: [{ party, text }] }, at),
      ][kind]!(),
    ),
);

test('replaying the facts of any such story gives the same call', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
      const { call, log } = tell([answered, ...steps]);
      const replayed = log.reduce<Call | undefined>(
        (before, { fact, at }) => evolve(before, CALL_ID, fact, at),
        undefined,
      );
      expect(replayed).toEqual(call);
    }),
  );
});
