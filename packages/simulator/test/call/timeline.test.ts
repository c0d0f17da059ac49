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

describe('the words of an utterance', () => {
  it('come one by one, each when its last letter has been said', () => {
    expect([0, 250, 500, 750, 1_000].map((ms) => textSpokenAt('ab cd ef g', ms, 1_000))).toEqual([
      '',
      'ab',
      'ab cd',
      'ab cd',
      'ab cd ef g',
    ]);
  });
});

describe('an utterance', () => {
  const placed = {
    speaker: 'customer',
    turn: 3,
    text: 'one two three',
    startMs: 100,
    durationMs: 1_000,
  } as const;

  it('starts, grows word by word, stops, and is final a little later', () => {
    expect(
      utteranceEvents({ ...placed, endMs: 1_100 }).map(({ atMs, event }) => [
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

  it('that is cut off is final with the words that were heard', () => {
    expect(utteranceEvents({ ...placed, endMs: 720 }).at(-1)?.event).toMatchObject({
      text: 'one two',
      endMs: 720,
    });
  });

  it('that is cut off before its first word has no transcript', () => {
    const kinds = utteranceEvents({ ...placed, endMs: 120 }).map(({ event }) => event.kind);
    expect(kinds).toEqual(['speech.started', 'speech.stopped']);
  });
});

describe('a script', () => {
  it('has a pause before each turn', () => {
    const [first, next] = scheduleTurns([turn('assistant', 'hello'), turn('customer', 'hi')]);
    expect(first).toMatchObject({ startMs: 500, endMs: 1_500 });
    expect(next).toMatchObject({ startMs: 2_000, endMs: 3_000 });
  });

  it('lets a turn that cuts in begin early, and silences the one before soon after', () => {
    const [first, next] = scheduleTurns([turn('assistant', 'hello'), turn('customer', 'hi', true)]);
    expect(first).toMatchObject({ startMs: 500, endMs: 1_100 });
    expect(next).toMatchObject({ startMs: 800, endMs: 1_800 });
  });

  it('says that the customer interrupted, at the moment when that happens', () => {
    const steps = scriptEvents([turn('assistant', 'hello'), turn('customer', 'hi', true)]);
    expect(steps.filter(({ event }) => event.kind === 'interrupted')).toEqual([
      { atMs: 800, event: { kind: 'interrupted', turn: 1 } },
    ]);
  });

  it.each(loadSpeech().scripts.map((script) => [script.name, script] as const))(
    '%s makes every turn final, in order',
    (_, script) => {
      const finals = scriptEvents(script.turns).flatMap(({ event }) =>
        event.kind === 'transcript.final' ? [event] : [],
      );
      expect(finals.map((fact) => fact.turn)).toEqual(script.turns.map((__, index) => index));
      for (const fact of finals) expect(script.turns[fact.turn]?.text.startsWith(fact.text)).toBe(true);
    },
  );
});
