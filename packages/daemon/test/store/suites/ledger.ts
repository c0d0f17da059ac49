/** What every engine stores of the events of calls. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../../src/calls/ports.ts';
import { aCommand, anyDrafts, callIdOf, DraftMaker, PROVIDER } from './drafts.ts';
import type { OpenStore, TestStore } from './engine.ts';

/** Commits drafts, so many in each commit. */
export async function commitAll(
  { ledger }: Pick<TestStore, 'ledger'>,
  drafts: readonly Draft[],
  size: number,
) {
  const records = [];
  for (let from = 0; from < drafts.length; from += size)
    records.push(...(await ledger.commit(drafts.slice(from, from + size))));
  return records;
}

/** @param reference the engine whose rows the others must have. */
export function testLedger(open: OpenStore, reference: OpenStore, numRuns: number): void {
  const opened = async <Result>(task: (store: TestStore) => Promise<Result>, from = open): Promise<Result> =>
    task(await from());

  describe('a commit', () => {
    test('writes the same rows, however many events it has', async () => {
      await fc.assert(
        fc.asyncProperty(anyDrafts, fc.integer({ min: 1, max: 50 }), async (drafts, size) => {
          const expected = await opened(async (store) => {
            await commitAll(store, drafts, 1);
            return store.rows();
          }, reference);
          await opened(async (store) => {
            const records = await commitAll(store, drafts, size);
            expect(records).toEqual(
              drafts.map(({ callId, at, fact }, i) => ({ position: i + 1, callId, at, fact })),
            );
            expect(await store.rows()).toEqual(expected);
          });
        }),
        { numRuns },
      );
    });

    test('stores nothing if one of its events cannot be stored', async () => {
      const maker = new DraftMaker();
      const drafts = [maker.start('a'), maker.line('a', 1), maker.line('a', 1)];
      await opened(async (store) => {
        await expect(store.ledger.commit(drafts)).rejects.toThrow(/UNIQUE|23505/);
        expect(await store.ledger.live()).toEqual([]);
        // The position is not lost.
        expect(await store.ledger.commit(drafts.slice(0, 1))).toMatchObject([{ position: 1 }]);
      });
    });

    test('of no events stores nothing', () =>
      opened(async ({ ledger }) => expect(await ledger.commit([])).toEqual([])));
  });

  test('calls, utterances and keys are found', async () => {
    const maker = new DraftMaker();
    const details = {
      direction: 'OUTBOUND',
      from: '+1',
      to: '+2',
      assistant: { name: 'Nova', providerAssistantId: 'n' },
      createdAt: 5,
      providerData: { deep: [{ x: null }], ü: '日本' },
    } as const;
    const drafts = [
      maker.start('a', details),
      maker.next('a', { type: 'CALL_STATUS_CHANGED', status: 'IN_PROGRESS' }, 2000, 'the key'),
      maker.line('a', 2),
      maker.line('a', 1),
    ];
    await opened(async ({ ledger }) => {
      await ledger.commit(drafts);
      const call = maker.calls.get(callIdOf('a'))!;
      expect(await ledger.get(call.id)).toEqual(call);
      expect(await ledger.find(PROVIDER, call.providerCallId)).toEqual(call);
      expect(await ledger.live()).toEqual([call]);
      expect(await ledger.get(callIdOf('b'))).toBeUndefined();
      expect(await ledger.find(PROVIDER, 'b' as never)).toBeUndefined();
      expect(await ledger.knowsKey(call.id, 'the key')).toBe(true);
      expect(await ledger.knowsKey(call.id, 'another')).toBe(false);
      expect((await ledger.utterances(call.id)).map(({ text }) => text)).toEqual(['words 1', 'words 2']);
      expect(await ledger.utterance('utt_a_2' as never)).toMatchObject({
        position: 3,
        orderMs: 2,
        callId: call.id,
      });
      expect(await ledger.utterance('utt_a_3' as never)).toBeUndefined();
    });
  });

  test('a command stored without a call belongs to the call that it gets later', async () => {
    const maker = new DraftMaker();
    const command = aCommand('cmd_1', { kind: 'PLACE_CALL', idempotencyKey: 'k', fingerprint: 'f' });
    const accepted = { ...command, status: 'ACCEPTED' } as const;
    await opened(async ({ ledger }) => {
      await ledger.putCommand(command);
      expect((await ledger.unfinished()).commands).toEqual([{ command }]);
      await ledger.commit([
        maker.start('a'),
        maker.next('a', { type: 'COMMAND_CHANGED', command: accepted, by: 'ada' }),
      ]);
      expect(await ledger.commandByKey('ada', 'k')).toEqual({ callId: callIdOf('a'), command: accepted });
      expect((await ledger.unfinished()).commands).toEqual([]);
      // The call stays, whatever the order in which they are stored.
      await ledger.putCommand(command);
      expect(await ledger.commandByKey('ada', 'k')).toEqual({ callId: callIdOf('a'), command });
    });
  });

  test('a key of one requester belongs to one command', () =>
    opened(async ({ ledger }) => {
      await ledger.putCommand(aCommand('cmd_1', { idempotencyKey: 'k' }));
      await expect(ledger.putCommand(aCommand('cmd_2', { idempotencyKey: 'k' }))).rejects.toThrow();
      await ledger.putCommand(aCommand('cmd_3', { idempotencyKey: 'k', requestedBy: 'bob' }));
      expect((await ledger.commandByKey('bob', 'k'))?.command.id).toBe('cmd_3');
      expect(await ledger.commandByKey('eve', 'k')).toBeUndefined();
    }));

  test('what a daemon left open is found', () =>
    opened(async ({ ledger }) => {
      const maker = new DraftMaker();
      const listenerId = 'lsn_1' as never;
      const stream = { id: 'str_1' as never, encoding: 'mulaw', sampleRate: 8000, parties: [] };
      await ledger.commit([
        maker.start('a'),
        maker.next('a', { type: 'STREAM_STARTED', stream }),
        maker.next('a', { type: 'LISTENING_STARTED', listenerId, by: 'ada' }, 9),
      ]);
      const { streams, listenings } = await ledger.unfinished();
      expect(streams).toEqual([{ callId: callIdOf('a'), streamId: 'str_1' }]);
      expect(listenings).toMatchObject([{ callId: callIdOf('a'), id: listenerId, by: 'ada', startedAt: 9 }]);
    }));

  test('the index of numbers is complete, and is not filled again', () =>
    opened(async (store) => {
      const maker = new DraftMaker();
      await store.ledger.commit([
        maker.start('a', { from: '+14155550100' }),
        maker.start('b', { to: '1001' }),
      ]);
      const { callNumbers } = await store.rows();
      expect(callNumbers).toHaveLength(2);
      expect(await store.ledger.indexNumbers()).toBe(false);
      expect(await store.ledger.indexNumbers()).toBe(false);
      expect((await store.rows()).callNumbers).toEqual(callNumbers);
      expect(await store.ledger.addTotals()).toBe(false);
    }));
}
