import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeline } from '../../src/audio/timeline.ts';
import { channelInputOf } from '../../src/translate.ts';
import { joinTexts } from '../../src/turns/segments.ts';
import { step } from '../../src/turns/step.ts';
import {
  INITIAL_TURNS,
  REPLAY_MARGIN_MS,
  replayFromMs,
  type TurnEvent,
  type TurnInput,
  type TurnState,
} from '../../src/turns/turn-state.ts';
import { decodeServerMessage } from '../../src/wire.ts';
import { closeOf, frame, sequence } from '../samples.ts';

/** Returns the timeline of a socket that received a long call from `atMs` on. */
function timelineFrom(atMs: number) {
  const timeline = createTimeline();
  timeline.add(100_000, atMs);
  return timeline;
}

interface Run {
  readonly turns: TurnState;
  readonly events: readonly TurnEvent[];
}

function run(inputs: readonly TurnInput[], from: TurnState = INITIAL_TURNS): Run {
  let turns = from;
  const events = inputs.flatMap((input) => {
    const [next, emitted] = step(turns, input);
    turns = next;
    return emitted;
  });
  return { turns, events };
}

/** Returns the finished utterances and revisions, in order. */
function utterancesOf(events: readonly TurnEvent[]) {
  return events.flatMap((event) =>
    event.type === 'finished' || event.type === 'revised'
      ? [[event.type, event.text, event.reason, event.isFinal]]
      : [],
  );
}

/** Returns the inputs of a sequence's messages. */
function inputsOf(prefix: string, skip: readonly string[] = []): TurnInput[] {
  const timeline = timelineFrom(0);
  return sequence(prefix)
    .filter((sample) => sample.channel === 'out' && !closeOf(sample.body) && !skip.includes(sample.name))
    .flatMap((sample) => channelInputOf(decodeServerMessage(frame(sample.body)), timeline)?.input ?? []);
}

interface WindowOptions {
  readonly isFinal?: boolean;
  readonly isPause?: boolean;
  readonly fromFinalize?: boolean;
  readonly confidence?: number;
}

/** Returns a window whose words are 200 ms long, 250 ms apart, and start after 100 ms. */
function window(startMs: number, endMs: number, text: string, options: WindowOptions = {}): TurnInput {
  const words = text
    .split(' ')
    .filter((word) => word !== '')
    .map((word, index) => ({
      text: word,
      startMs: startMs + 100 + index * 250,
      endMs: startMs + 300 + index * 250,
    }));
  return {
    type: 'window',
    startMs,
    endMs,
    text,
    words,
    isFinal: false,
    isPause: false,
    fromFinalize: false,
    ...options,
  };
}

const FINAL = { isFinal: true } as const;
const PAUSE = { isFinal: true, isPause: true } as const;

describe('sequences of samples', () => {
  it('seq01: joins segments until a pause, and ignores a later utterance end', () => {
    const { events } = run(inputsOf('seq01'));
    expect(utterancesOf(events)).toEqual([
      ['finished', 'My policy number is four four one two.', 'pause', true],
    ]);
    expect(events.filter(({ type }) => type === 'speechStarted' || type === 'speechStopped')).toEqual([
      { type: 'speechStarted', atMs: 1020 },
      { type: 'speechStopped', atMs: 4360 },
    ]);
    const partials = events.flatMap((event) => (event.type === 'partial' ? [event.text] : []));
    expect(partials).toEqual([
      'my policy',
      'my policy number is four',
      'My policy number is',
      'My policy number is four four one',
    ]);
  });

  it('seq03: keeps a partial whose final is empty as provisional', () => {
    expect(utterancesOf(run(inputsOf('seq03')).events)).toEqual([['finished', 'yes please', 'pause', false]]);
  });

  it('seq04: finishes an utterance at a gap between words', () => {
    expect(utterancesOf(run(inputsOf('seq04')).events)).toEqual([
      ['finished', 'I will wait here.', 'wordGap', true],
    ]);
  });

  it('seq05: finishes an utterance at a gap although the next partial was shown', () => {
    expect(utterancesOf(run(inputsOf('seq05')).events)).toEqual([
      ['finished', 'Hello there, this is a test.', 'wordGap', true],
      ['finished', 'I want to add one more thing.', 'pause', true],
    ]);
  });

  it('seq06: ignores stale and empty utterance ends', () => {
    expect(utterancesOf(run(inputsOf('seq06')).events)).toEqual([
      ['finished', 'First part second part.', 'pause', true],
    ]);
  });

  it('seq07: finishes an utterance at the response to Finalize', () => {
    const [shown, response] = inputsOf('seq07');
    const { events } = run([
      shown!,
      { type: 'finalizeSent' },
      response!,
      { type: 'finalizeSent' },
      { type: 'finalizeTimedOut' },
    ]);
    expect(utterancesOf(events)).toEqual([['finished', 'Hold on.', 'finalize', true]]);
  });

  it('seq09: completes the open utterance by a replay', () => {
    const old = inputsOf('seq09').slice(0, 2);
    const before = run([...old, { type: 'disconnected' }]);
    expect(before.turns.finalToMs).toBe(202_400);
    const timeline = timelineFrom(202_400);
    const [first, second] = sequence('seq09')
      .slice(4, 6)
      .map((sample) => channelInputOf(decodeServerMessage(frame(sample.body)), timeline)!.input);
    const after = run([first!, second!], before.turns);
    expect(utterancesOf(after.events)).toEqual([
      ['finished', 'The order number is Seven seven oh nine.', 'pause', true],
    ]);
    // Without a replay in time it is finished, and revised later.
    const lost = run([{ type: 'ended', reason: 'lost' }, first!, second!], before.turns);
    expect(utterancesOf(lost.events)).toEqual([
      ['finished', 'The order number is seven seven', 'lost', false],
      ['revised', 'The order number is Seven seven oh nine.', 'lost', true],
    ]);
  });

  it('seq10: finishes the open utterance at the end of the call', () => {
    const { events } = run([...inputsOf('seq10'), { type: 'ended', reason: 'end' }]);
    expect(utterancesOf(events)).toEqual([['finished', 'Bye.', 'end', true]]);
  });

  it('seq12: finishes an utterance only at the end of a Flux turn', () => {
    const { events } = run(inputsOf('seq12'));
    expect(utterancesOf(events)).toEqual([['finished', 'Kal subah bhej dijiye please.', 'pause', true]]);
    expect(events[0]).toMatchObject({ type: 'speechStarted' });
  });

  // Sequences without samples, as their results are documented.
  it('seq02: ignores stale gaps of two independent channels', () => {
    const customer = [
      window(2000, 4000, 'Where is my refund?', PAUSE),
      { type: 'wordGap', lastWordEndMs: 3050 } as const,
    ];
    const agent = [
      window(0, 2200, 'Good morning, how can I help you?', PAUSE),
      { type: 'wordGap', lastWordEndMs: 1800 } as const,
      window(2200, 5000, 'Sure, one moment please.', PAUSE),
    ];
    expect(utterancesOf(run(customer).events)).toEqual([['finished', 'Where is my refund?', 'pause', true]]);
    expect(utterancesOf(run(agent).events)).toEqual([
      ['finished', 'Good morning, how can I help you?', 'pause', true],
      ['finished', 'Sure, one moment please.', 'pause', true],
    ]);
  });

  it('seq08: does not change a finished utterance after a disconnect', () => {
    const { events } = run([
      window(0, 1500, 'Is anyone there?', PAUSE),
      { type: 'disconnected' },
      { type: 'ended', reason: 'lost' },
    ]);
    expect(utterancesOf(events)).toEqual([['finished', 'Is anyone there?', 'pause', true]]);
  });

  it('seq11: revises an utterance that a gap finished before its final', () => {
    const { events, turns } = run([
      window(1000, 2000, 'can you repeat'),
      { type: 'wordGap', lastWordEndMs: 1800 },
      window(1000, 2600, 'can you repeat that'),
      window(1000, 2800, 'Can you repeat that?', PAUSE),
    ]);
    expect(utterancesOf(events)).toEqual([
      ['finished', 'can you repeat', 'wordGap', false],
      ['revised', 'Can you repeat that?', 'wordGap', true],
    ]);
    // The text of a revision is not shown as a new utterance.
    expect(events.filter(({ type }) => type === 'partial')).toHaveLength(1);
    expect(turns.number).toBe(1);
  });
});

describe('utterance', () => {
  it('has the times of its words, or of its windows', () => {
    const { events } = run([window(1000, 2000, 'one', FINAL), window(2000, 3000, 'two', PAUSE)]);
    expect(events.find(({ type }) => type === 'finished')).toMatchObject({ startMs: 1100, endMs: 2300 });
    const bare: TurnInput = { ...window(500, 900, 'bare', PAUSE), words: [] } as TurnInput;
    expect(run([bare]).events.find(({ type }) => type === 'finished')).toMatchObject({
      startMs: 500,
      endMs: 900,
    });
  });

  it('has the mean confidence of its windows, weighted by words', () => {
    const { events } = run([
      window(0, 1000, 'one two three', { ...FINAL, confidence: 0.9 }),
      window(1000, 2000, 'four', { ...PAUSE, confidence: 0.5 }),
    ]);
    const closed = events.find(({ type }) => type === 'finished') as { confidence?: number };
    expect(closed.confidence).toBeCloseTo(0.8);
    const without = run([window(0, 1000, 'one', PAUSE)]).events.find(({ type }) => type === 'finished');
    expect(without).not.toHaveProperty('confidence');
  });

  it('is not created by a pause without text', () => {
    expect(run([window(0, 3000, '', PAUSE)]).events).toEqual([]);
  });

  it('is finished by the next final after a minute', () => {
    const windows = Array.from({ length: 21 }, (_, index) =>
      window(index * 3000, index * 3000 + 3000, 'word', FINAL),
    );
    expect(utterancesOf(run(windows.slice(0, 20)).events)).toEqual([]);
    expect(utterancesOf(run(windows).events)).toMatchObject([
      ['finished', expect.stringMatching(/^word/), 'length', true],
    ]);
  });

  it('does not include the partial after a gap, which starts the next one', () => {
    const { events } = run([
      window(0, 1000, 'first', FINAL),
      window(1000, 3000, 'second'),
      { type: 'wordGap', lastWordEndMs: 300 },
    ]);
    expect(events.slice(-4)).toEqual([
      expect.objectContaining({ type: 'finished', number: 0, text: 'first' }),
      { type: 'speechStopped', atMs: 300 },
      { type: 'speechStarted', atMs: 1100 },
      { type: 'partial', number: 1, text: 'second' },
    ]);
  });

  it('is not finished by a stale gap', () => {
    expect(
      utterancesOf(run([window(0, 1000, 'one two', FINAL), { type: 'wordGap', lastWordEndMs: 300 }]).events),
    ).toEqual([]);
    expect(
      utterancesOf(run([window(0, 1000, 'one two'), { type: 'wordGap', lastWordEndMs: 300 }]).events),
    ).toEqual([]);
    const closed = run([window(0, 1000, 'one', PAUSE), window(1000, 2000, 'two', FINAL)]);
    expect(utterancesOf(run([{ type: 'wordGap', lastWordEndMs: 320 }], closed.turns).events)).toEqual([]);
  });

  it('keeps a partial after a final silence before it', () => {
    const { events } = run([window(1000, 2000, 'one two'), window(0, 1000, '', PAUSE)]);
    expect(utterancesOf(events)).toEqual([]);
  });

  it('is finished with its partial after a Finalize timeout, and revised by its final', () => {
    const { events } = run([
      window(0, 1000, 'one', FINAL),
      window(1000, 2000, 'two'),
      { type: 'finalizeSent' },
      { type: 'finalizeTimedOut' },
      window(1000, 2500, 'Two.', PAUSE),
    ]);
    expect(utterancesOf(events)).toEqual([
      ['finished', 'one two', 'finalize', false],
      ['revised', 'one Two.', 'finalize', true],
    ]);
  });

  it('is not finished by Finalize if the party continues to speak', () => {
    const finalizing = run([window(0, 1000, 'one'), { type: 'finalizeSent' }]);
    expect(
      utterancesOf(run([window(0, 2000, 'one two'), { type: 'finalizeTimedOut' }], finalizing.turns).events),
    ).toEqual([]);
    expect(
      utterancesOf(run([window(0, 2000, 'one'), { type: 'finalizeTimedOut' }], finalizing.turns).events),
    ).toHaveLength(1);
  });

  it('is finished by a response to Finalize only if one was sent', () => {
    const response = window(0, 1000, 'one', { ...FINAL, fromFinalize: true });
    expect(utterancesOf(run([response]).events)).toEqual([]);
    expect(utterancesOf(run([{ type: 'finalizeSent' }, response]).events)).toHaveLength(1);
  });

  it('is revised by every final for its provisional part, and no other', () => {
    const { events, turns } = run([
      window(0, 2000, 'one two three four'),
      { type: 'ended', reason: 'lost' },
      window(0, 450, 'One', FINAL),
      window(450, 1300, 'two three four.', FINAL),
      window(1300, 2000, 'Five', PAUSE),
    ]);
    expect(utterancesOf(events)).toEqual([
      ['finished', 'one two three four', 'lost', false],
      ['revised', 'One', 'lost', true],
      ['revised', 'One two three four.', 'lost', true],
      ['finished', 'Five', 'pause', true],
    ]);
    expect(turns.revisable).toBeUndefined();
  });

  it('removes a partial that belongs to the previous utterance', () => {
    // Without word times, the partial seems to follow the provisional text.
    const { events } = run([
      window(0, 1000, 'one two'),
      { type: 'ended', reason: 'lost' },
      { ...window(600, 1500, 'two'), words: [] } as TurnInput,
      { ...window(0, 1600, 'One two.', PAUSE) },
    ]);
    expect(events.filter(({ type }) => type === 'partial').at(-1)).toMatchObject({ number: 1, text: '' });
    expect(utterancesOf(events).at(-1)).toEqual(['revised', 'One two.', 'lost', true]);
  });
});

describe('replay', () => {
  const before = run([
    window(0, 1000, 'one two', FINAL),
    window(1000, 2600, 'three four five'),
    { type: 'disconnected' },
  ]);

  it('ignores windows that were final', () => {
    expect(run([window(0, 1000, 'one two', PAUSE)], before.turns).events).toEqual([]);
  });

  it('adds only the new words of a window that was partly final', () => {
    const { events } = run(
      [{ ...window(500, 2000, 'two two three', PAUSE), confidence: 1 } as TurnInput],
      before.turns,
    );
    expect(utterancesOf(events)).toEqual([['finished', 'one two three', 'pause', true]]);
  });

  it('keeps the partial until it is covered again', () => {
    const behind = run([window(1000, 1500, 'three')], before.turns);
    expect(behind.events).toEqual([]);
    const covering = run([window(1000, 2700, 'three four six')], behind.turns);
    expect(covering.events).toEqual([{ type: 'partial', number: 0, text: 'one two three four six' }]);
  });

  it('keeps the partial for skipped audio, without duplicates', () => {
    const skipped = run([{ type: 'skipped', toMs: 1500 }], before.turns);
    expect(utterancesOf(skipped.events)).toEqual([['finished', 'one two three four five', 'lost', false]]);
    const { events } = run([window(1500, 4000, 'five six seven', PAUSE)], skipped.turns);
    // `five` was shown before. The words are 250 ms apart from 1600 on.
    expect(utterancesOf(events)).toEqual([['finished', 'six seven', 'pause', true]]);
  });

  it('does not revise an utterance with text after skipped audio', () => {
    const skipped = run([{ type: 'skipped', toMs: 1500 }], before.turns);
    const word = { text: 'indeed', startMs: 1700, endMs: 1900 };
    const across = { ...window(1500, 2000, 'indeed', PAUSE), words: [word] } as TurnInput;
    expect(utterancesOf(run([across], skipped.turns).events)).toEqual([
      ['finished', 'indeed', 'pause', true],
    ]);
  });

  it('starts at the last final with open or provisional text, else shortly before the processed position', () => {
    expect(replayFromMs(before.turns, 2600)).toBe(1000);
    const lost = run([{ type: 'ended', reason: 'lost' }], before.turns);
    expect(replayFromMs(lost.turns, 9000)).toBe(1000);
    const quiet = run([window(0, 1000, 'one', PAUSE), window(1000, 9000, '')]);
    expect(replayFromMs(quiet.turns, 9000)).toBe(9000 - REPLAY_MARGIN_MS);
    expect(replayFromMs(quiet.turns, 2000)).toBe(1000);
  });
});

describe('speech', () => {
  const marks = (events: readonly TurnEvent[]) =>
    events.filter((event) => event.type === 'speechStarted' || event.type === 'speechStopped');

  it('starts with a voice or the first word, and stops with the last word', () => {
    const { events } = run([
      { type: 'speech', atMs: 50 },
      window(0, 1000, 'one', PAUSE),
      window(1000, 2000, 'two', PAUSE),
    ]);
    expect(marks(events)).toEqual([
      { type: 'speechStarted', atMs: 50 },
      { type: 'speechStopped', atMs: 300 },
      { type: 'speechStarted', atMs: 1100 },
      { type: 'speechStopped', atMs: 1300 },
    ]);
  });

  it('starts once for repeated voices', () => {
    const { events } = run([
      { type: 'speech', atMs: 50 },
      { type: 'speech', atMs: 500 },
    ]);
    expect(marks(events)).toHaveLength(1);
  });

  it('is not started by a voice in a finished utterance', () => {
    const { turns } = run([window(0, 1000, 'one', PAUSE)]);
    expect(run([{ type: 'speech', atMs: 100 }], turns).events).toEqual([]);
    expect(run([{ type: 'speech', atMs: 1200 }], turns).events).toHaveLength(1);
  });

  it('stops at the next pause after noise', () => {
    const { events } = run([
      { type: 'speech', atMs: 500 },
      window(0, 1000, '', FINAL),
      window(1000, 2000, '', PAUSE),
    ]);
    expect(marks(events)).toEqual([
      { type: 'speechStarted', atMs: 500 },
      { type: 'speechStopped', atMs: 2000 },
    ]);
  });

  it('stops at the end of the call, not before its start', () => {
    const { events } = run([
      { type: 'speech', atMs: 5000 },
      { type: 'ended', reason: 'end' },
    ]);
    expect(marks(events)).toEqual([
      { type: 'speechStarted', atMs: 5000 },
      { type: 'speechStopped', atMs: 5000 },
    ]);
  });
});

describe('joinTexts', () => {
  it('adds spaces unless the script has none', () => {
    expect(joinTexts(['one', '', 'two'])).toBe('one two');
    expect(joinTexts(['你好', '世界'])).toBe('你好世界');
    expect(joinTexts(['สวัสดี', 'ครับ'])).toBe('สวัสดีครับ');
    expect(joinTexts(['नमस्ते', 'hello'])).toBe('नमस्ते hello');
    expect(joinTexts([])).toBe('');
  });
});

describe('any inputs', () => {
  const ms = fc.integer({ min: 0, max: 20_000 });
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }).map((words) => words.join(' '));
  const input: fc.Arbitrary<TurnInput> = fc.oneof(
    fc
      .tuple(ms, ms, text, fc.boolean(), fc.boolean(), fc.boolean())
      .map(([startMs, length, words, isFinal, isPause, fromFinalize]) =>
        window(startMs, startMs + length, words, { isFinal: isFinal || isPause, isPause, fromFinalize }),
      ),
    ms.map((lastWordEndMs) => ({ type: 'wordGap', lastWordEndMs }) as const),
    ms.map((atMs) => ({ type: 'speech', atMs }) as const),
    ms.map((toMs) => ({ type: 'skipped', toMs }) as const),
    fc.constantFrom<TurnInput>(
      { type: 'finalizeSent' },
      { type: 'finalizeTimedOut' },
      { type: 'disconnected' },
      { type: 'ended', reason: 'lost' },
    ),
  );

  it('finish each utterance once, and alternate speech marks', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        const { events } = run([...inputs, { type: 'ended', reason: 'end' }]);
        const finished: number[] = [];
        let isSpeaking = false;
        const shown = new Map<number, string>();
        for (const event of events) {
          if (event.type === 'finished') {
            expect(finished).not.toContain(event.number);
            finished.push(event.number);
            shown.delete(event.number);
          }
          if (event.type === 'finished' || event.type === 'revised') {
            expect(event.text).not.toBe('');
            expect(event.endMs).toBeGreaterThanOrEqual(event.startMs);
          }
          if (event.type === 'revised') expect(finished).toContain(event.number);
          if (event.type === 'partial') {
            expect(finished).not.toContain(event.number);
            expect(shown.get(event.number)).not.toBe(event.text);
            shown.set(event.number, event.text);
          }
          if (event.type === 'speechStarted' || event.type === 'speechStopped') {
            expect(isSpeaking).toBe(event.type === 'speechStopped');
            isSpeaking = event.type === 'speechStarted';
          }
        }
        expect(isSpeaking).toBe(false);
        // No partial remains that is neither finished nor removed.
        expect([...shown.values()].filter((remaining) => remaining !== '')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
