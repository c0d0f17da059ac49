import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeLine } from '../src/audio/timeline.ts';
import { inputOf } from '../src/translate.ts';
import {
  HEARD_MARGIN_MS,
  joinTexts,
  NO_TURNS,
  replayFromMs,
  step,
  type TurnEvent,
  type TurnInput,
  type Turns,
} from '../src/turns.ts';
import { decodeServerMessage } from '../src/wire.ts';
import { closeOf, frame, sequence } from './samples.ts';

/** A socket that was sent a long call, from `atMs` of the call on. */
function lineFrom(atMs: number) {
  const line = createTimeLine();
  line.add(100_000, atMs);
  return line;
}

interface Run {
  readonly turns: Turns;
  readonly events: readonly TurnEvent[];
}

function run(inputs: readonly TurnInput[], from: Turns = NO_TURNS): Run {
  let turns = from;
  const events = inputs.flatMap((input) => {
    const [next, told] = step(turns, input);
    turns = next;
    return told;
  });
  return { turns, events };
}

/** What a sequence of samples tells of a channel: finals and revisions, in order. */
function told(events: readonly TurnEvent[]) {
  return events.flatMap((event) =>
    event.type === 'closed' || event.type === 'revised'
      ? [[event.type, event.text, event.reason, event.isCertain]]
      : [],
  );
}

/** The inputs of a sequence's messages from the service. */
function inputsOf(prefix: string, skip: readonly string[] = []): TurnInput[] {
  const line = lineFrom(0);
  return sequence(prefix)
    .filter((sample) => sample.channel === 'out' && !closeOf(sample.body) && !skip.includes(sample.name))
    .flatMap((sample) => inputOf(decodeServerMessage(frame(sample.body)), line)?.input ?? []);
}

interface WindowOptions {
  readonly isFinal?: boolean;
  readonly isPause?: boolean;
  readonly isAnswer?: boolean;
  readonly confidence?: number;
}

/** A window in which each word of `text` is 200 ms long, the first 100 ms in. */
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
    isAnswer: false,
    ...options,
  };
}

const FINAL = { isFinal: true } as const;
const PAUSE = { isFinal: true, isPause: true } as const;

describe('the sequences of the samples', () => {
  it('seq01: segments are one utterance at a pause; what comes behind it adds nothing', () => {
    const { events } = run(inputsOf('seq01'));
    expect(told(events)).toEqual([['closed', 'My policy number is four four one two.', 'pause', true]]);
    expect(events.filter(({ type }) => type === 'started' || type === 'stopped')).toEqual([
      { type: 'started', atMs: 1020 },
      { type: 'stopped', atMs: 4360 },
    ]);
    const partials = events.flatMap((event) => (event.type === 'partial' ? [event.text] : []));
    expect(partials).toEqual([
      'my policy',
      'my policy number is four',
      'My policy number is',
      'My policy number is four four one',
    ]);
  });

  it('seq03: words that were shown and whose final is empty are kept, as doubtful', () => {
    expect(told(run(inputsOf('seq03')).events)).toEqual([['closed', 'yes please', 'pause', false]]);
  });

  it('seq04: in noise the gap between words closes', () => {
    expect(told(run(inputsOf('seq04')).events)).toEqual([['closed', 'I will wait here.', 'gap', true]]);
  });

  it('seq05: a gap splits although the next words are shown already', () => {
    expect(told(run(inputsOf('seq05')).events)).toEqual([
      ['closed', 'Hello there, this is a test.', 'gap', true],
      ['closed', 'I want to add one more thing.', 'pause', true],
    ]);
  });

  it('seq06: a stale end of an utterance, and one that tells nothing, are ignored', () => {
    expect(told(run(inputsOf('seq06')).events)).toEqual([
      ['closed', 'First part second part.', 'pause', true],
    ]);
  });

  it('seq07: an answer to what we asked closes; no answer changes nothing when nothing is open', () => {
    const [shown, answer] = inputsOf('seq07');
    const { events } = run([shown!, { type: 'asked' }, answer!, { type: 'asked' }, { type: 'unanswered' }]);
    expect(told(events)).toEqual([['closed', 'Hold on.', 'forced', true]]);
  });

  it('seq09: a replay on a new socket completes what was open', () => {
    const old = inputsOf('seq09').slice(0, 2);
    const before = run([...old, { type: 'interrupted' }]);
    expect(before.turns.finalToMs).toBe(202_400);
    const line = lineFrom(202_400);
    const [first, second] = sequence('seq09')
      .slice(4, 6)
      .map((sample) => inputOf(decodeServerMessage(frame(sample.body)), line)!.input);
    const after = run([first!, second!], before.turns);
    expect(told(after.events)).toEqual([
      ['closed', 'The order number is Seven seven oh nine.', 'pause', true],
    ]);
    // Without a replay in time it is closed as it is, and mended later.
    const lost = run([{ type: 'over', reason: 'lost' }, first!, second!], before.turns);
    expect(told(lost.events)).toEqual([
      ['closed', 'The order number is seven seven', 'lost', false],
      ['revised', 'The order number is Seven seven oh nine.', 'lost', true],
    ]);
  });

  it('seq10: the end of the call closes what is open', () => {
    const { events } = run([...inputsOf('seq10'), { type: 'over', reason: 'end' }]);
    expect(told(events)).toEqual([['closed', 'Bye.', 'end', true]]);
  });

  it('seq12: of a turn of Flux, only its end is an utterance', () => {
    const { events } = run(inputsOf('seq12'));
    expect(told(events)).toEqual([['closed', 'Kal subah bhej dijiye please.', 'pause', true]]);
    expect(events[0]).toMatchObject({ type: 'started' });
  });

  // The three that the samples leave out, as their outcome is described.
  it('seq02: two channels know nothing of one another, and both gaps are stale', () => {
    const customer = [
      window(2000, 4000, 'Where is my refund?', PAUSE),
      { type: 'gap', lastWordEndMs: 3050 } as const,
    ];
    const agent = [
      window(0, 2200, 'Good morning, how can I help you?', PAUSE),
      { type: 'gap', lastWordEndMs: 1800 } as const,
      window(2200, 5000, 'Sure, one moment please.', PAUSE),
    ];
    expect(told(run(customer).events)).toEqual([['closed', 'Where is my refund?', 'pause', true]]);
    expect(told(run(agent).events)).toEqual([
      ['closed', 'Good morning, how can I help you?', 'pause', true],
      ['closed', 'Sure, one moment please.', 'pause', true],
    ]);
  });

  it('seq08: what was closed before a connection is lost stays closed', () => {
    const { events } = run([
      window(0, 1500, 'Is anyone there?', PAUSE),
      { type: 'interrupted' },
      { type: 'over', reason: 'lost' },
    ]);
    expect(told(events)).toEqual([['closed', 'Is anyone there?', 'pause', true]]);
  });

  it('seq11: words that a gap closed before their final came are revised by it', () => {
    const { events, turns } = run([
      window(1000, 2000, 'can you repeat'),
      { type: 'gap', lastWordEndMs: 1800 },
      window(1000, 2600, 'can you repeat that'),
      window(1000, 2800, 'Can you repeat that?', PAUSE),
    ]);
    expect(told(events)).toEqual([
      ['closed', 'can you repeat', 'gap', false],
      ['revised', 'Can you repeat that?', 'gap', true],
    ]);
    // The words of a revision are never shown as a new utterance.
    expect(events.filter(({ type }) => type === 'partial')).toHaveLength(1);
    expect(turns.number).toBe(1);
  });
});

describe('an utterance', () => {
  it('has the times of its words, and else those of its windows', () => {
    const { events } = run([window(1000, 2000, 'one', FINAL), window(2000, 3000, 'two', PAUSE)]);
    expect(events.find(({ type }) => type === 'closed')).toMatchObject({ startMs: 1100, endMs: 2300 });
    const bare: TurnInput = { ...window(500, 900, 'bare', PAUSE), words: [] } as TurnInput;
    expect(run([bare]).events.find(({ type }) => type === 'closed')).toMatchObject({
      startMs: 500,
      endMs: 900,
    });
  });

  it('has the mean confidence of its windows, by words', () => {
    const { events } = run([
      window(0, 1000, 'one two three', { ...FINAL, confidence: 0.9 }),
      window(1000, 2000, 'four', { ...PAUSE, confidence: 0.5 }),
    ]);
    const closed = events.find(({ type }) => type === 'closed') as { confidence?: number };
    expect(closed.confidence).toBeCloseTo(0.8);
    const without = run([window(0, 1000, 'one', PAUSE)]).events.find(({ type }) => type === 'closed');
    expect(without).not.toHaveProperty('confidence');
  });

  it('is not closed by a pause in which nothing was said', () => {
    expect(run([window(0, 3000, '', PAUSE)]).events).toEqual([]);
  });

  it('longer than a minute is closed by the next final', () => {
    const windows = Array.from({ length: 21 }, (_, index) =>
      window(index * 3000, index * 3000 + 3000, 'word', FINAL),
    );
    expect(told(run(windows.slice(0, 20)).events)).toEqual([]);
    expect(told(run(windows).events)).toMatchObject([
      ['closed', expect.stringMatching(/^word/), 'length', true],
    ]);
  });

  it('keeps the words behind a gap for the next one, and shows them there', () => {
    const { events } = run([
      window(0, 1000, 'first', FINAL),
      window(1000, 3000, 'second'),
      { type: 'gap', lastWordEndMs: 300 },
    ]);
    expect(events.slice(-4)).toEqual([
      expect.objectContaining({ type: 'closed', number: 0, text: 'first' }),
      { type: 'stopped', atMs: 300 },
      { type: 'started', atMs: 1100 },
      { type: 'partial', number: 1, text: 'second' },
    ]);
  });

  it('is left open by a gap behind which it has words, or that lies before what is closed', () => {
    expect(
      told(run([window(0, 1000, 'one two', FINAL), { type: 'gap', lastWordEndMs: 300 }]).events),
    ).toEqual([]);
    expect(told(run([window(0, 1000, 'one two'), { type: 'gap', lastWordEndMs: 300 }]).events)).toEqual([]);
    const closed = run([window(0, 1000, 'one', PAUSE), window(1000, 2000, 'two', FINAL)]);
    expect(told(run([{ type: 'gap', lastWordEndMs: 320 }], closed.turns).events)).toEqual([]);
  });

  it('keeps what is shown when the silence before it is final', () => {
    const { events } = run([window(1000, 2000, 'one two'), window(0, 1000, '', PAUSE)]);
    expect(told(events)).toEqual([]);
  });

  it('that is not answered is closed as it is shown, and revised by its final', () => {
    const { events } = run([
      window(0, 1000, 'one', FINAL),
      window(1000, 2000, 'two'),
      { type: 'asked' },
      { type: 'unanswered' },
      window(1000, 2500, 'Two.', PAUSE),
    ]);
    expect(told(events)).toEqual([
      ['closed', 'one two', 'forced', false],
      ['revised', 'one Two.', 'forced', true],
    ]);
  });

  it('whose speaker went on after it was asked for is not cut short', () => {
    const asked = run([window(0, 1000, 'one'), { type: 'asked' }]);
    expect(told(run([window(0, 2000, 'one two'), { type: 'unanswered' }], asked.turns).events)).toEqual([]);
    expect(told(run([window(0, 2000, 'one'), { type: 'unanswered' }], asked.turns).events)).toHaveLength(1);
  });

  it('is closed by an answer only if it was asked for', () => {
    const answer = window(0, 1000, 'one', { ...FINAL, isAnswer: true });
    expect(told(run([answer]).events)).toEqual([]);
    expect(told(run([{ type: 'asked' }, answer]).events)).toHaveLength(1);
  });

  it('is revised by every final for its doubtful part, and by no other', () => {
    const { events, turns } = run([
      window(0, 2000, 'one two three four'),
      { type: 'over', reason: 'lost' },
      window(0, 450, 'One', FINAL),
      window(450, 1300, 'two three four.', FINAL),
      window(1300, 2000, 'Five', PAUSE),
    ]);
    expect(told(events)).toEqual([
      ['closed', 'one two three four', 'lost', false],
      ['revised', 'One', 'lost', true],
      ['revised', 'One two three four.', 'lost', true],
      ['closed', 'Five', 'pause', true],
    ]);
    expect(turns.doubt).toBeUndefined();
  });

  it('takes back words that turn out to be the end of the one before', () => {
    // An interim tells no times, so that its words seem to lie behind the doubtful ones.
    const { events } = run([
      window(0, 1000, 'one two'),
      { type: 'over', reason: 'lost' },
      { ...window(600, 1500, 'two'), words: [] } as TurnInput,
      { ...window(0, 1600, 'One two.', PAUSE) },
    ]);
    expect(events.filter(({ type }) => type === 'partial').at(-1)).toMatchObject({ number: 1, text: '' });
    expect(told(events).at(-1)).toEqual(['revised', 'One two.', 'lost', true]);
  });
});

describe('a replay', () => {
  const before = run([
    window(0, 1000, 'one two', FINAL),
    window(1000, 2600, 'three four five'),
    { type: 'interrupted' },
  ]);

  it('tells nothing of windows that were final', () => {
    expect(run([window(0, 1000, 'one two', PAUSE)], before.turns).events).toEqual([]);
  });

  it('tells only the new words of a window that was final in part', () => {
    const { events } = run(
      [{ ...window(500, 2000, 'two two three', PAUSE), confidence: 1 } as TurnInput],
      before.turns,
    );
    expect(told(events)).toEqual([['closed', 'one two three', 'pause', true]]);
  });

  it('leaves what was shown on the screen until it is heard again', () => {
    const behind = run([window(1000, 1500, 'three')], before.turns);
    expect(behind.events).toEqual([]);
    const covering = run([window(1000, 2700, 'three four six')], behind.turns);
    expect(covering.events).toEqual([{ type: 'partial', number: 0, text: 'one two three four six' }]);
  });

  it('takes what it cannot bring as said, and none of it twice', () => {
    const skipped = run([{ type: 'skipped', toMs: 1500 }], before.turns);
    expect(told(skipped.events)).toEqual([['closed', 'one two three four five', 'lost', false]]);
    const { events } = run([window(1500, 4000, 'five six seven', PAUSE)], skipped.turns);
    // `five` was shown before; the words here are 250 ms apart from 1600 on.
    expect(told(events)).toEqual([['closed', 'six seven', 'pause', true]]);
  });

  it('does not take what comes behind a part that it cannot bring for a better end of it', () => {
    const skipped = run([{ type: 'skipped', toMs: 1500 }], before.turns);
    const word = { text: 'indeed', startMs: 1700, endMs: 1900 };
    const across = { ...window(1500, 2000, 'indeed', PAUSE), words: [word] } as TurnInput;
    expect(told(run([across], skipped.turns).events)).toEqual([['closed', 'indeed', 'pause', true]]);
  });

  it('begins at the last final while words are open or in doubt, and else little before what was heard', () => {
    expect(replayFromMs(before.turns, 2600)).toBe(1000);
    const lost = run([{ type: 'over', reason: 'lost' }], before.turns);
    expect(replayFromMs(lost.turns, 9000)).toBe(1000);
    const quiet = run([window(0, 1000, 'one', PAUSE), window(1000, 9000, '')]);
    expect(replayFromMs(quiet.turns, 9000)).toBe(9000 - HEARD_MARGIN_MS);
    expect(replayFromMs(quiet.turns, 2000)).toBe(1000);
  });
});

describe('speech', () => {
  const marks = (events: readonly TurnEvent[]) =>
    events.filter((event) => event.type === 'started' || event.type === 'stopped');

  it('starts with a voice or the first word, and stops with the last', () => {
    const { events } = run([
      { type: 'speech', atMs: 50 },
      window(0, 1000, 'one', PAUSE),
      window(1000, 2000, 'two', PAUSE),
    ]);
    expect(marks(events)).toEqual([
      { type: 'started', atMs: 50 },
      { type: 'stopped', atMs: 300 },
      { type: 'started', atMs: 1100 },
      { type: 'stopped', atMs: 1300 },
    ]);
  });

  it('starts once, however often a voice begins', () => {
    const { events } = run([
      { type: 'speech', atMs: 50 },
      { type: 'speech', atMs: 500 },
    ]);
    expect(marks(events)).toHaveLength(1);
  });

  it('is not started by a voice that was heard before', () => {
    const { turns } = run([window(0, 1000, 'one', PAUSE)]);
    expect(run([{ type: 'speech', atMs: 100 }], turns).events).toEqual([]);
    expect(run([{ type: 'speech', atMs: 1200 }], turns).events).toHaveLength(1);
  });

  it('that was a noise stops with the next pause', () => {
    const { events } = run([
      { type: 'speech', atMs: 500 },
      window(0, 1000, '', FINAL),
      window(1000, 2000, '', PAUSE),
    ]);
    expect(marks(events)).toEqual([
      { type: 'started', atMs: 500 },
      { type: 'stopped', atMs: 2000 },
    ]);
  });

  it('stops at the end, not before it started', () => {
    const { events } = run([
      { type: 'speech', atMs: 5000 },
      { type: 'over', reason: 'end' },
    ]);
    expect(marks(events)).toEqual([
      { type: 'started', atMs: 5000 },
      { type: 'stopped', atMs: 5000 },
    ]);
  });
});

describe('texts', () => {
  it('are joined by a space where their script has any', () => {
    expect(joinTexts(['one', '', 'two'])).toBe('one two');
    expect(joinTexts(['你好', '世界'])).toBe('你好世界');
    expect(joinTexts(['สวัสดี', 'ครับ'])).toBe('สวัสดีครับ');
    expect(joinTexts(['नमस्ते', 'hello'])).toBe('नमस्ते hello');
    expect(joinTexts([])).toBe('');
  });
});

describe('whatever happens', () => {
  const ms = fc.integer({ min: 0, max: 20_000 });
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }).map((words) => words.join(' '));
  const input: fc.Arbitrary<TurnInput> = fc.oneof(
    fc
      .tuple(ms, ms, text, fc.boolean(), fc.boolean(), fc.boolean())
      .map(([startMs, length, words, isFinal, isPause, isAnswer]) =>
        window(startMs, startMs + length, words, { isFinal: isFinal || isPause, isPause, isAnswer }),
      ),
    ms.map((lastWordEndMs) => ({ type: 'gap', lastWordEndMs }) as const),
    ms.map((atMs) => ({ type: 'speech', atMs }) as const),
    ms.map((toMs) => ({ type: 'skipped', toMs }) as const),
    fc.constantFrom<TurnInput>(
      { type: 'asked' },
      { type: 'unanswered' },
      { type: 'interrupted' },
      { type: 'over', reason: 'lost' },
    ),
  );

  it('an utterance is final once and with words, is shown before only, and marks take turns', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        const { events } = run([...inputs, { type: 'over', reason: 'end' }]);
        const closed: number[] = [];
        let isSpeaking = false;
        const shown = new Map<number, string>();
        for (const event of events) {
          if (event.type === 'closed') {
            expect(closed).not.toContain(event.number);
            closed.push(event.number);
            shown.delete(event.number);
          }
          if (event.type === 'closed' || event.type === 'revised') {
            expect(event.text).not.toBe('');
            expect(event.endMs).toBeGreaterThanOrEqual(event.startMs);
          }
          if (event.type === 'revised') expect(closed).toContain(event.number);
          if (event.type === 'partial') {
            expect(closed).not.toContain(event.number);
            expect(shown.get(event.number)).not.toBe(event.text);
            shown.set(event.number, event.text);
          }
          if (event.type === 'started' || event.type === 'stopped') {
            expect(isSpeaking).toBe(event.type === 'stopped');
            isSpeaking = event.type === 'started';
          }
        }
        expect(isSpeaking).toBe(false);
        // Nothing stays on the screen that is neither final nor taken back.
        expect([...shown.values()].filter((left) => left !== '')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
