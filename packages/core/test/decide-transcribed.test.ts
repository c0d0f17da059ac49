/** Calls with a transcriber: which events of the provider are still used, and how facts change the call. */
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

/** Derives facts from provider events, mixed with given facts. Returns them with their times and the resulting call. */
function derive(steps: readonly Step[]) {
  let call: Call | undefined;
  let utterances = 0;
  const log: { fact: CallFact; at: number }[] = [];
  const apply = (fact: CallFact, at: number): void => {
    call = evolve(call, CALL_ID, fact, at);
    log.push({ fact, at });
  };
  for (const step of steps) {
    if ('fact' in step) {
      apply(step.fact, step.at);
      continue;
    }
    const context = {
      providerId: providerId('test'),
      ids: { utterance: () => `utt_${++utterances}` as UtteranceId },
      storedTranscript: () =>
        log.flatMap(({ fact }) => (fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance] : [])),
    };
    for (const fact of decide(call, CALL_ID, step, context)) apply(fact, step.occurredAt);
  }
  return { call: call!, log, facts: log.map(({ fact }) => fact) };
}

const transcription = (state: CallTranscriptionState, at = 2000, transcriber = 'deepgram'): Step => ({
  fact: { type: 'TRANSCRIPTION_CHANGED', transcription: { transcriber, state } },
  at,
});
const transcribed = (text: string, at = 2500): Step => ({
  fact: {
    type: 'UTTERANCE_FINALIZED',
    utterance: { id: 'utt_transcribed' as UtteranceId, party: 'CUSTOMER', text, startMs: 100, endMs: 900 },
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

describe('while a transcriber is active', () => {
  test.each(['CONNECTING', 'TRANSCRIBING', 'RECONNECTING'] as const)(
    'finals of the provider are ignored: %s',
    (state) => {
      expect(textsOf(derive([answered, transcription(state), said('hello')]).facts)).toEqual([]);
    },
  );

  test.each(['FAILED', 'STOPPED'] as const)('finals of the provider are used again after %s', (state) => {
    const { facts } = derive([answered, transcription('TRANSCRIBING'), transcription(state), said('hello')]);
    expect(textsOf(facts)).toEqual(['hello']);
  });

  test('other events of the provider are used', () => {
    const { facts } = derive([
      answered,
      transcription('TRANSCRIBING'),
      event('dtmf', { digits: '1' }),
      event('speech.started', { party: 'CUSTOMER' }),
    ]);
    expect(facts.slice(2).map(({ type }) => type)).toEqual(['DTMF_RECEIVED', 'SPEECH_STARTED']);
  });
});

describe('a report', () => {
  test('does not add utterances to a transcript of a transcriber, but its other fields are used', () => {
    const { call, facts } = derive([
      answered,
      transcription('TRANSCRIBING'),
      transcribed('hello there'),
      ended,
      report('Hello.', 'Quite other words.'),
    ]);
    expect(textsOf(facts)).toEqual(['hello there']);
    expect(call).toMatchObject({ summary: 'Done.', isTranscriptReported: true });
  });

  test('adds missing utterances if the transcription has failed', () => {
    const { facts } = derive([
      answered,
      transcribed('hello there'),
      transcription('FAILED'),
      ended,
      report('Hello there.', 'Quite other words.'),
    ]);
    expect(textsOf(facts)).toEqual(['hello there', 'Quite other words.']);
  });

  test('adds all utterances if the transcriber has returned none', () => {
    const { facts } = derive([answered, transcription('CONNECTING'), ended, report('Hello.')]);
    expect(textsOf(facts)).toEqual(['Hello.']);
  });
});

describe('the end of a call', () => {
  test('stops the transcription and clears its error code', () => {
    const { call } = derive([
      answered,
      {
        fact: {
          type: 'TRANSCRIPTION_CHANGED',
          transcription: { transcriber: 'deepgram', state: 'RECONNECTING', code: 'X', message: 'x' },
        },
        at: 2000,
      },
      ended,
    ]);
    expect(call.transcription).toEqual({ transcriber: 'deepgram', state: 'STOPPED', since: 8000 });
  });

  test('does not change a failed or stopped transcription', () => {
    for (const state of ['FAILED', 'STOPPED'] as const) {
      const { call } = derive([answered, transcription(state), ended]);
      expect(call.transcription).toEqual({ transcriber: 'deepgram', state, since: 2000 });
    }
  });

  test('does not add a transcription to a call without one', () => {
    expect(derive([answered, ended]).call).not.toHaveProperty('transcription');
  });

  test('makes late finals of the provider ignored if the call was transcribed until its end', () => {
    const { facts } = derive([
      answered,
      transcription('TRANSCRIBING'),
      transcribed('hello'),
      ended,
      said('hallo', 9000),
    ]);
    expect(textsOf(facts)).toEqual(['hello']);
  });

  test('does not ignore late finals if the transcriber has returned nothing', () => {
    const { facts } = derive([answered, transcription('CONNECTING'), ended, said('hello', 9000)]);
    expect(textsOf(facts)).toEqual(['hello']);
  });

  test('does not ignore late finals if the transcription had failed or was stopped', () => {
    for (const state of ['FAILED', 'STOPPED'] as const) {
      const { facts } = derive([
        answered,
        transcribed('hello'),
        transcription(state),
        ended,
        said('bye', 9000),
      ]);
      expect(textsOf(facts)).toEqual(['hello', 'bye']);
    }
  });
});

describe('facts of a transcription', () => {
  test('set the state of the transcription and its time', () => {
    const failed = {
      transcriber: 'deepgram',
      state: 'FAILED',
      code: 'DEEPGRAM_UNAVAILABLE',
      message: 'service unavailable',
    } as const;
    const { call } = derive([
      answered,
      transcription('CONNECTING'),
      { fact: { type: 'TRANSCRIPTION_CHANGED', transcription: failed, by: 'ada' }, at: 4000 },
    ]);
    expect(call.transcription).toEqual({ ...failed, since: 4000 });
    const again = evolve(
      call,
      CALL_ID,
      { type: 'TRANSCRIPTION_CHANGED', transcription: { transcriber: 'deepgram', state: 'CONNECTING' } },
      5000,
    );
    expect(again.transcription).toEqual({ transcriber: 'deepgram', state: 'CONNECTING', since: 5000 });
  });

  test('of a revision do not change the call', () => {
    const { call } = derive([answered, transcribed('hello')]);
    const utterance = {
      id: 'utt_transcribed' as UtteranceId,
      party: 'CUSTOMER',
      text: 'yellow',
      endMs: 5,
    } as const;
    expect(evolve(call, CALL_ID, { type: 'UTTERANCE_REVISED', utterance }, 9000)).toBe(call);
  });

  test('determine whether a transcriber is active', () => {
    const active = CALL_TRANSCRIPTION_STATES.filter((state) =>
      isTranscribed({ transcription: { transcriber: 'deepgram', state, since: 0 } }),
    );
    expect(active).toEqual(['CONNECTING', 'TRANSCRIBING', 'RECONNECTING']);
    expect(isTranscribed({})).toBe(false);
  });
});

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ state: fc.constantFrom(...CALL_TRANSCRIPTION_STATES), at: fc.nat(9999) })
    .map(({ state, at }) => transcription(state, at)),
  fc.nat(9999).map((at) => transcribed('hello', at)),
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

test('replaying the facts of any such sequence yields the same call', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
      const { call, log } = derive([answered, ...steps]);
      const replayed = log.reduce<Call | undefined>(
        (before, { fact, at }) => evolve(before, CALL_ID, fact, at),
        undefined,
      );
      expect(replayed).toEqual(call);
    }),
  );
});
