import { describe, expect, test } from 'vitest';
import { PARTIES, type Party, type ProviderEvent } from '@sidetone/core';
import { MAX_FINAL_DELAY_MS } from '../../src/transcript/final-position.ts';
import { derive, event } from '../call-factory.ts';

const answered = event('call.status', { status: 'IN_PROGRESS' }, 0);
const started = (at: number, party: Party = 'ASSISTANT') => event('speech.started', { party }, at);
const stopped = (at: number, party: Party = 'ASSISTANT') => event('speech.stopped', { party }, at);
const final = (at: number, party: Party = 'ASSISTANT', text = 'hi') =>
  event('utterance.final', { party, text }, at);

/** Returns the offsets of each utterance. */
const positions = (...events: ProviderEvent[]): (number | undefined)[][] =>
  derive([answered, ...events]).facts.flatMap((fact) =>
    fact.type === 'UTTERANCE_FINALIZED' ? [[fact.utterance.startMs, fact.utterance.endMs]] : [],
  );

describe('a final', () => {
  test('after the end of its speech is placed at that speech', () => {
    expect(positions(started(1660), stopped(10_593), final(10_754))).toEqual([[1660, 10_593]]);
  });

  test('before the end of its speech ends when it arrives', () => {
    expect(positions(started(980), final(1604), stopped(1823))).toEqual([[980, 1604]]);
  });

  test.each(PARTIES)('of %s is not affected by speech of the other party', (party) => {
    const other = party === 'ASSISTANT' ? 'CUSTOMER' : 'ASSISTANT';
    expect(positions(started(1000, other), stopped(2000, other), final(2100, party))).toEqual([
      [undefined, 2100],
    ]);
  });

  test('is placed at a speech that overlaps that of the other party', () => {
    expect(
      positions(
        started(980, 'CUSTOMER'),
        final(1604, 'CUSTOMER'),
        started(1660),
        stopped(1823, 'CUSTOMER'),
        stopped(10_593),
        started(10_700, 'CUSTOMER'),
        final(10_754),
        final(12_000, 'CUSTOMER'),
      ),
    ).toEqual([
      [980, 1604],
      [1660, 10_593],
      [10_700, 12_000],
    ]);
  });

  test('is about the last speech if that has none and the next one has begun', () => {
    expect(positions(started(1000), stopped(2000), started(2050), final(2300), final(4000))).toEqual([
      [1000, 2000],
      [2050, 4000],
    ]);
  });

  test('is about the last speech if it comes too early for the next one', () => {
    expect(
      positions(started(1000), final(1900, 'ASSISTANT', 'a'), stopped(3000), started(3050), final(3100)),
    ).toEqual([
      [1000, 1900],
      [1900, 3000],
    ]);
  });

  test('is about the current speech if the last one has a final', () => {
    expect(positions(started(1000), final(1900), stopped(2000), started(2500), final(3100))).toEqual([
      [1000, 1900],
      [2500, 3100],
    ]);
  });

  test('that is one of several of a speech follows the previous one', () => {
    expect(positions(started(1000), final(2000), stopped(4000), final(4100), final(4200))).toEqual([
      [1000, 2000],
      [2000, 4000],
      [4000, 4000],
    ]);
  });

  test('after the end of the call is placed at the speech that the end interrupted', () => {
    expect(
      positions(
        started(1000),
        event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, 2000),
        final(2200),
      ),
    ).toEqual([[1000, 2000]]);
  });

  test('that arrives too late has no start', () => {
    const late = 2000 + MAX_FINAL_DELAY_MS;
    expect(positions(started(1000), stopped(2000), final(late))).toEqual([[1000, 2000]]);
    expect(positions(started(1000), stopped(2000), final(late + 1))).toEqual([[undefined, late + 1]]);
  });

  test('never ends before it starts', () => {
    for (const events of [
      [started(3000), stopped(2000), final(2500)],
      [started(1000), final(3000), final(2000)],
      [started(1000), stopped(4000), final(4500), started(4600), final(4650), final(4640)],
    ])
      for (const [startMs, endMs] of positions(...events)) expect(startMs ?? 0).toBeLessThanOrEqual(endMs!);
  });
});
