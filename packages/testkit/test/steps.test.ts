/** Tests of the steps of a scenario, and of what it may state about them. */
import { describe, expect, it } from 'vitest';
import type { Step } from '@sidetone/testkit';
import { createHarness } from '../src/providers/harness.ts';
import { differenceOf } from '../src/providers/step-effects.ts';
import type { Mutation } from './support/good-provider/mutations.ts';
import { goodSubject } from './support/good-provider/scenario.ts';

const { call } = goodSubject().scenario;

/** Plays the call until its end, then further steps. */
async function played(steps: readonly Step[], mutation?: Mutation) {
  const harness = await createHarness(goodSubject(mutation));
  await harness.start();
  await harness.play([...call.toLive, ...call.live.filter((step) => !('wait' in step))]);
  const before = harness.stepEffects.length;
  await harness.play(steps);
  const differences = harness.stepEffects.slice(before).map((effects) => differenceOf(effects));
  return { harness, differences };
}

it('breaks the connections of all sockets in a `cut` step', async () => {
  const { harness } = await played([{ cut: true }]);
  expect(harness.accepted.map(({ closing }) => closing?.code)).toEqual([1006]);
  expect(harness.host.streams.every(({ endReason }) => endReason !== undefined)).toBe(true);
  expect(harness.errors).toEqual([]);
});

describe('what a step states', () => {
  const PING = '{"event":"ping"}';

  it.each<readonly [string, Step]>([
    ['messages as text', { wait: 30_000, sends: [PING] }],
    ['fields of JSON messages', { wait: 30_000, sends: [{ event: 'ping' }] }],
    ['several messages, in order', { wait: 60_000, sends: [PING, {}] }],
    ['that nothing happens', { wait: 29_000, sends: [], emits: [], requests: [] }],
  ])('is compared during a wait: %s', async (_what, step) => {
    expect((await played([step])).differences).toEqual([undefined]);
  });

  it.each<readonly [string, Step, string]>([
    [
      'another message',
      { wait: 30_000, sends: [{ event: 'pong' }] },
      'message 1 (text of 16 characters) is not',
    ],
    ['a missing message', { wait: 30_000, sends: [PING, PING] }, '2 message(s) are stated, and there were 1'],
    ['missing audio', { wait: 1, heard: { CUSTOMER: { sampleRate: 8000 } } }, 'no audio of CUSTOMER'],
    [
      'a missing event',
      { ...call.toEnd[0]!, emits: [] },
      '0 event(s) are stated, and there were 1: call.ended',
    ],
    [
      'another event',
      { ...call.toEnd[0]!, emits: [{ type: 'call.ended', end: { category: 'BUSY' } }] },
      'event 1 (call.ended) is not the stated one',
    ],
    ['a missing request', { wait: 1, requests: [{ method: 'GET' }] }, '1 request(s) are stated'],
  ])('differs with its number: %s', async (_what, step, difference) => {
    const [text] = (await played([step])).differences;
    expect(text).toMatch(/^step \d+: /);
    expect(text).toContain(difference);
  });
});
