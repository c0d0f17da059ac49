import { describe, expect, it } from 'vitest';
import { scriptEvents, scheduleTurns, utteranceEvents, textSpokenAt } from '../../src/call/timeline.ts';
import { loadSpeech } from '../../src/speech/library.ts';
import type { Turn } from '../../src/speech/library.ts';

const second = new Int16Array(16_000);
const turn = (speaker: Turn['speaker'], text: string, cutsIn = false): Turn => ({
  speaker,
  text,
  samples: second,
  cutsIn,
});

describe('textSpokenAt', () => {
  it('adds each word when its last letter was spoken', () => {
    expect([0, 250, 500, 750, 1_000].map((ms) => textSpokenAt('ab cd ef g', ms, 1_000))).toEqual([
      '',
      'ab',
      'ab cd',
      'ab cd',
      'ab cd ef g',
    ]);
  });
});

describe('utteranceEvents', () => {
  const utterance = {
    speaker: 'customer',
    turn: 3,
    text: 'one two three',
    startMs: 100,
    durationMs: 1_000,
  } as const;

  it('reports the start, growing partials, the end and the final transcript', () => {
    expect(
      utteranceEvents({ ...utterance, endMs: 1_100 }).map(({ atMs, event }) => [
        atMs,
        event.kind,
        'text' in event && event.text,
      ]),
    ).toEqual([
      [100, 'speech.started', false],
      [340, 'transcript.partial', 'one'],
      [640, 'transcript.partial', 'one two'],
      [1_100, 'speech.stopped', false],
      [1_200, 'transcript.final', 'one two three'],
    ]);
  });

  it('shortens the final transcript of an utterance that is cut off', () => {
    expect(utteranceEvents({ ...utterance, endMs: 720 }).at(-1)?.event).toMatchObject({
      text: 'one two',
      endMs: 720,
    });
  });

  it('has no transcript for an utterance that is cut off before its first word', () => {
    const kinds = utteranceEvents({ ...utterance, endMs: 120 }).map(({ event }) => event.kind);
    expect(kinds).toEqual(['speech.started', 'speech.stopped']);
  });
});

describe('a script', () => {
  it('pauses before each turn', () => {
    const [first, next] = scheduleTurns([turn('assistant', 'hello'), turn('customer', 'hi')]);
    expect(first).toMatchObject({ startMs: 500, endMs: 1_500 });
    expect(next).toMatchObject({ startMs: 2_000, endMs: 3_000 });
  });

  it('starts an interrupting turn early and cuts off the previous one', () => {
    const [first, next] = scheduleTurns([turn('assistant', 'hello'), turn('customer', 'hi', true)]);
    expect(first).toMatchObject({ startMs: 500, endMs: 1_100 });
    expect(next).toMatchObject({ startMs: 800, endMs: 1_800 });
  });

  it('reports the interruption when it starts', () => {
    const events = scriptEvents([turn('assistant', 'hello'), turn('customer', 'hi', true)]);
    expect(events.filter(({ event }) => event.kind === 'interrupted')).toEqual([
      { atMs: 800, event: { kind: 'interrupted', turn: 1 } },
    ]);
  });

  it.each(loadSpeech().scripts.map((script) => [script.name, script] as const))(
    '%s has one final transcript for each turn, in order',
    (_, script) => {
      const finals = scriptEvents(script.turns).flatMap(({ event }) =>
        event.kind === 'transcript.final' ? [event] : [],
      );
      expect(finals.map((final) => final.turn)).toEqual(script.turns.map((__, index) => index));
      for (const final of finals) expect(script.turns[final.turn]?.text.startsWith(final.text)).toBe(true);
    },
  );
});
