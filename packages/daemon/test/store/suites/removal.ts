/** What every engine removes: erasure, retention, and what is not kept any longer. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PruneWork } from '../../../src/calls/retention/ports.ts';
import { RETENTION_KINDS } from '../../../src/calls/retention/rules.ts';
import { LONE_COMMAND_MS } from '../../../src/store/removal/eraser.ts';
import { TOMBSTONE_MS } from '../../../src/store/removal/tombstones.ts';
import { aCommand, anyDrafts, callIdOf, DraftMaker, PROVIDER } from './drafts.ts';
import type { OpenStore, TestStore } from './engine.ts';
import { commitAll } from './ledger.ts';

const CALLS = ['a', 'b', 'c'].map(callIdOf);

const anyWork: fc.Arbitrary<PruneWork> = fc.record({
  kind: fc.constantFrom(...RETENTION_KINDS),
  callIds: fc.subarray(CALLS, { minLength: 1 }),
  rows: fc.integer({ min: 1, max: 12 }),
  at: fc.constant(9),
  reason: fc.constant('AGE' as const),
  cutoff: fc.constant(5),
});

/** Runs the work, and returns all that can be seen of it. */
async function pruned(store: TestStore, works: readonly PruneWork[]) {
  const { retention } = store.ledger;
  const results: unknown[] = [];
  for (const work of works) {
    results.push(await retention.thatHave(work.kind, work.callIds), await retention.prune(work));
  }
  return { results, rows: await store.rows() };
}

/** @param reference the engine that the others must equal. */
export function testRemoval(open: OpenStore, reference: OpenStore, numRuns: number): void {
  test('retention removes the same rows, in steps of any size', async () => {
    await fc.assert(
      fc.asyncProperty(anyDrafts, fc.array(anyWork, { maxLength: 5 }), async (drafts, works) => {
        const stores = [reference, open];
        const seen: unknown[] = [];
        for (const each of stores) {
          const store = await each();
          await commitAll(store, drafts, 50);
          seen.push(await pruned(store, works));
        }
        expect(seen[1]).toEqual(seen[0]);
      }),
      { numRuns },
    );
  });

  test('an erased call leaves no row, and is remembered for a time', async () => {
    const store = await open();
    const { ledger } = store;
    const maker = new DraftMaker();
    await ledger.commit([
      maker.start('a', { from: '+14155550100' }),
      maker.line('a', 1),
      maker.next('a', { type: 'CALL_ANNOTATED', tagsAdded: ['t'], by: 'ada' }),
      maker.next('a', { type: 'CALL_ENDED', end: { category: 'BUSY' } }),
    ]);
    await store.waveforms.put([
      { callId: callIdOf('a'), party: 'CUSTOMER', piece: 1, peaks: new Uint8Array(3) },
    ]);
    const { providerCallId } = maker.calls.get(callIdOf('a'))!;
    expect(await ledger.isErased(PROVIDER, providerCallId, 0)).toBe(false);
    await ledger.erase(callIdOf('a'), 1000);
    expect(Object.values(await store.rows()).flat()).toEqual([]);
    expect(await ledger.isErased(PROVIDER, providerCallId, 1000 + TOMBSTONE_MS - 1)).toBe(true);
    expect(await ledger.isErased(PROVIDER, providerCallId, 1000 + TOMBSTONE_MS)).toBe(false);
    expect(await ledger.isErased(PROVIDER, 'b' as never, 1000)).toBe(false);
    await ledger.expire(1000 + TOMBSTONE_MS);
    expect(await ledger.isErased(PROVIDER, providerCallId, 1000)).toBe(false);
    // Positions are not used again.
    expect(await ledger.commit([new DraftMaker().start('b')])).toMatchObject([{ position: 5 }]);
  });

  test('erased text is removed from the files step by step', async () => {
    const { ledger } = await open();
    const maker = new DraftMaker();
    await ledger.commit([maker.start('a'), maker.line('a', 1)]);
    await ledger.erase(callIdOf('a'), 1);
    while ((await ledger.scrub()) === 'MORE');
    expect(await ledger.isScrubDue()).toBe(false);
  });

  describe('commands without a call', () => {
    test('are listed and erased once they are settled', async () => {
      const { ledger } = await open();
      const settled = { status: 'REFUSED', settledAt: 6 } as const;
      for (const id of ['cmd_2', 'cmd_1', 'cmd_3']) await ledger.putCommand(aCommand(id, settled));
      await ledger.putCommand(aCommand('cmd_4'));
      const { arguments: args } = aCommand('');
      expect(await ledger.loneCommands(undefined, 2)).toEqual([
        { id: 'cmd_1', arguments: args },
        { id: 'cmd_2', arguments: args },
      ]);
      expect(await ledger.loneCommands('cmd_2' as never, 2)).toEqual([{ id: 'cmd_3', arguments: args }]);
      expect(await ledger.eraseCommand('cmd_1' as never)).toBe(true);
      expect(await ledger.eraseCommand('cmd_1' as never)).toBe(false);
      expect(await ledger.eraseCommand('cmd_4' as never)).toBe(false);
    });

    test('expire', async () => {
      const { ledger } = await open();
      const settled = { status: 'REFUSED', settledAt: 6 } as const;
      await ledger.putCommand(aCommand('cmd_1', settled));
      await ledger.putCommand(aCommand('cmd_2', { ...settled, requestedAt: 6 }));
      await ledger.expire(5 + LONE_COMMAND_MS);
      expect((await ledger.loneCommands(undefined, 9)).map(({ id }) => id)).toEqual(['cmd_2']);
    });
  });

  test('ended calls are found in the order in which they ended', async () => {
    const { ledger } = await open();
    const { retention } = ledger;
    const maker = new DraftMaker();
    const ended = (name: string, at: number) => [
      maker.start(name, {}, 1),
      maker.next(name, { type: 'CALL_ENDED', end: { category: 'BUSY' } }, at),
    ];
    const held = { type: 'CALL_HOLD_CHANGED', held: true, by: 'ada' } as const;
    await ledger.commit([
      ...ended('c', 20),
      ...ended('b', 10),
      ...ended('a', 10),
      ...ended('d', 31),
      maker.start('live'),
    ]);
    await ledger.commit([maker.next('b', held)]);
    const found = await retention.endedCalls(undefined, 30, 9);
    expect(found).toEqual([
      { id: 'call_a', providerId: PROVIDER, endedAt: 10, isHeld: false },
      { id: 'call_b', providerId: PROVIDER, endedAt: 10, isHeld: true },
      { id: 'call_c', providerId: PROVIDER, endedAt: 20, isHeld: false },
    ]);
    expect(await retention.endedCalls(found[0], 30, 1)).toEqual([found[1]]);
    expect(await retention.countEnded(undefined, 30, 9)).toBe(3);
    expect(await retention.countEnded(found[0], 30, 1)).toBe(1);
    const pruned = await retention.prune({
      kind: 'CALLS',
      callIds: found.map(({ id }) => id),
      rows: 99,
      at: 40,
      reason: 'AGE',
    });
    expect(pruned).toMatchObject({ calls: ['call_a', 'call_c'], left: [] });
    expect(await retention.countEnded(undefined, 99, 9)).toBe(2);
  });

  test('the progress of rules is kept, and that of others forgotten', async () => {
    const { retention } = (await open()).ledger;
    expect(await retention.progress('x')).toBeUndefined();
    await retention.setProgress({ x: { endedAt: 1, id: 'a' } });
    expect(await retention.progress('x')).toEqual({ endedAt: 1, id: 'a' });
    await retention.setProgress({ y: { endedAt: 2, id: 'b' } });
    expect(await retention.progress('x')).toBeUndefined();
  });

  test('finished recordings are listed with the size of their files', async () => {
    const store = await open();
    const { ledger } = store;
    const maker = new DraftMaker();
    const started = { type: 'RECORDING_STARTED', startedAt: 7, channels: 2, sampleRate: 16_000 } as const;
    const stopped = { type: 'RECORDING_STOPPED', end: 'COMPLETE', durationMs: 5, bytes: 64 } as const;
    const names = ['b', 'a', 'c'];
    await ledger.commit(names.flatMap((name) => [maker.start(name), maker.next(name, started)]));
    await ledger.commit([maker.next('a', stopped), maker.next('b', stopped)]);
    expect(await ledger.retention.recordings(undefined, 9)).toEqual([
      { callId: 'call_a', bytes: 108, isHeld: false },
      { callId: 'call_b', bytes: 108, isHeld: false },
    ]);
    expect(await ledger.retention.recordings(callIdOf('a'), 9)).toHaveLength(1);
    expect(await store.recordings.open()).toMatchObject([
      { callId: 'call_c', state: 'RECORDING', endedAt: null },
    ]);
    expect(await store.recordings.get(callIdOf('a'))).toMatchObject({ state: 'COMPLETE', bytes: 64 });
    expect(await store.recordings.get(callIdOf('x'))).toBeUndefined();
  });
}
