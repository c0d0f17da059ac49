/** Tests lost connections: the model of the service reports only words that it received completely. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOST_AFTER_MS } from '../src/session.ts';
import { textOfWord, WORD_MS, expectedTranscript, type Script, type SpokenCall } from '@sidetone/testkit';
import { start, utterancesOf } from './harness.ts';

const expected = (script: Script) => expectedTranscript(script, textOfWord);

const SCRIPT: Script = {
  CUSTOMER: [
    [1, 1000],
    [2, 1300],
    [3, 5000],
    [4, 5300],
    [5, 9000],
  ],
  ASSISTANT: [
    [11, 2500],
    [12, 5100],
    [13, 7000],
  ],
};

describe('lost connection', () => {
  it('loses and duplicates no words, even three times in a call', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    for (const untilMs of [1400, 5400, 9100, 12_000]) {
      await call.speak(untilMs - call.toMs, SCRIPT);
      if (untilMs < 12_000) harness.peers.at(-1)!.cut();
    }
    await call.end();
    expect(call.transcript()).toEqual(expected(SCRIPT));
    expect(call.of('gap')).toEqual([]);
    expect(harness.host.clock.pending).toBe(0);
  });

  /** Returns speech without a pause. */
  const speech = (words: number): Script => ({
    CUSTOMER: Array.from({ length: words }, (_, index): [number, number] => [index + 1, 500 + index * 300]),
  });

  it('within an utterance does not change its text', async () => {
    const harness = await start();
    harness.serve({ windowMs: 60_000 });
    const call = harness.open();
    await call.speak(6000, speech(50));
    harness.peers[0]!.cut();
    await call.speak(40_000, speech(50));
    await call.end();
    expect(call.transcript()).toEqual(expected(speech(50)));
    expect(call.of('utterance.revised')).toEqual([]);
    const lengths = call.of('utterance.partial').map(({ text }) => text.length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  });

  it('without a replay keeps the partial, and repeats no word', async () => {
    const harness = await start({ replay: { mode: 'none' } });
    harness.serve({ windowMs: 60_000 });
    const call = harness.open();
    await call.speak(6000, speech(50));
    const shown = call.of('utterance.partial').at(-1)!.text.split(' ');
    harness.peers[0]!.cut();
    await call.speak(40_000, speech(50));
    await call.end();
    const words = call.transcript()['CUSTOMER']!;
    expect(words.slice(0, shown.length)).toEqual(shown);
    expect(words.at(-1)).toBe(textOfWord(50));
    expect(new Set(words).size).toBe(words.length);
    expect(call.of('gap')).toHaveLength(1);
  });

  it('for a long time finishes the open utterance, and revises it later', async () => {
    const harness = await start();
    harness.serve({ windowMs: 60_000 });
    const call = harness.open();
    const script: Script = {
      ...SCRIPT,
      CUSTOMER: [
        [1, 1000],
        [2, 1300],
        ...[3, 4, 5, 6, 7].map((word, index): [number, number] => [word, 5000 + index * 300]),
      ],
    };
    // The customer's words are shown as a partial.
    await call.speak(6400, script);
    harness.reject(503);
    harness.peers.at(-1)!.cut();
    await call.speak(LOST_AFTER_MS + 500, script);
    expect(utterancesOf(call)).toContainEqual(['CUSTOMER', expect.stringMatching(/^word-3 word-4/)]);
    expect(call.of('utterance.revised')).toEqual([]);
    expect(call.of('speech.started').length).toBe(call.of('speech.stopped').length);
    harness.serve();
    await call.speak(40_000, script);
    await call.end();
    expect(call.of('utterance.revised').length).toBeGreaterThan(0);
    expect(call.transcript()).toEqual(expected(script));
  });

  /** Runs a silent call whose second dial gets no response for `outageMs`. */
  async function outage(options: object, outageMs: number): Promise<SpokenCall> {
    const harness = await start(options);
    harness.serve();
    const call = harness.open();
    await call.speak(5000);
    harness.host.answerDials(() => new Promise(() => undefined));
    harness.peers.at(-1)!.cut();
    await call.speak(outageMs);
    harness.serve();
    // Covers the pending dial and the backoff.
    await call.speak(15_000);
    expect(call.of('state').at(-1)?.state).toBe('TRANSCRIBING');
    call.controller.abort();
    return call;
  }

  it('for longer than the buffer is reported as a gap', async () => {
    const call = await outage({ bufferMs: 15_000 }, 16_000);
    const [gap] = call.of('gap');
    expect(call.of('gap')).toHaveLength(1);
    expect(gap!.fromMs).toBeGreaterThan(1500);
    expect(gap!.fromMs).toBeLessThan(5000);
    // It reconnected 17.5 to 24 s after the disconnect.
    expect(gap!.toMs).toBeGreaterThan(7500);
    expect(gap!.toMs).toBeLessThan(14_500);
  });

  it('is replayed as far as the options allow', async () => {
    const skipped = async (replay: object) => (await outage({ replay }, 7000)).of('gap');
    expect(await skipped({ mode: 'full' })).toEqual([]);
    const [capped, ...more] = await skipped({ mode: 'capped', maxMs: 4000 });
    const [none] = await skipped({ mode: 'none' });
    expect(more).toEqual([]);
    // It reconnected 8.5 to 9 s after the disconnect; 3 s before it may be unprocessed.
    expect(capped!.toMs).toBeGreaterThanOrEqual(5000 + 8500 - 4000);
    expect(capped!.toMs).toBeLessThanOrEqual(5000 + 9000 - 4000);
    expect(none!.toMs).toBeGreaterThanOrEqual(5000 + 8500);
    expect(none!.toMs).toBeLessThanOrEqual(5000 + 9000);
    expect(none!.fromMs).toBe(capped!.fromMs);
  });

  it('loses and duplicates no words at any position, for any outage that fits the buffer', async () => {
    const pause = fc.oneof(fc.integer({ min: 3, max: 12 }), fc.integer({ min: 13, max: 150 }));
    const words = fc.array(pause, { minLength: 1, maxLength: 18 });
    /** Returns consecutive words, each after a pause of the given number of frames. */
    const spoken = (pauses: readonly number[], first: number): [number, number][] => {
      let atMs = 0;
      return pauses.map((frames, index) => {
        atMs += frames * 20;
        const word: [number, number] = [first + index, atMs];
        atMs += WORD_MS;
        return word;
      });
    };
    const cuts = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        words,
        words,
        cuts,
        fc.integer({ min: 0, max: 3 }),
        async (customer, assistant, at, rejections) => {
          const script: Script = { CUSTOMER: spoken(customer, 1), ASSISTANT: spoken(assistant, 101) };
          const lastMs = Math.max(...Object.values(script).map((each) => each.at(-1)![1])) + WORD_MS;
          const harness = await start();
          harness.serve();
          const call = harness.open();
          await harness.host.clock.settle();
          for (const cutMs of at.map((frames) => frames * 20).toSorted((a, b) => a - b)) {
            if (cutMs > call.toMs) await call.speak(cutMs - call.toMs, script);
            harness.reject(503);
            harness.peers.at(-1)!.cut();
            // Each rejection is followed by a longer delay.
            for (let rejected = 0; rejected < rejections; rejected++) await call.speak(500, script);
            harness.serve();
            await call.speak(1000, script);
          }
          await call.speak(Math.max(8000, lastMs + 500 - call.toMs), script);
          await call.end();
          expect(call.transcript()).toEqual(expected(script));
          expect(call.of('gap')).toEqual([]);
          const finals = call.of('utterance.final').map(({ utteranceId }) => utteranceId);
          expect(new Set(finals).size).toBe(finals.length);
          expect(harness.host.clock.pending).toBe(0);
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  }, 60_000);
});
