/** What every engine stores besides events: the audit log, access tokens, the state of plugins, waveforms. */
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../src/access/audit.ts';
import { MAX_STORED_TOKENS, type StoredToken } from '../../../src/access/tokens/stored-token.ts';
import { callIdOf, DraftMaker } from './drafts.ts';
import type { OpenStore } from './engine.ts';

const erased = (at: number): AuditEntry => ({ at, by: 'ann', action: 'ERASE', callId: `call_${at}` });

const aToken = (name: string, fields: Partial<StoredToken> = {}): StoredToken => ({
  name,
  sha256: 'x'.repeat(64),
  scopes: ['READ', 'CONTROL'],
  createdAt: 5,
  createdBy: 'ann',
  expiresAt: null,
  revokedAt: null,
  ...fields,
});

const created = (name: string): AuditEntry => ({
  at: 5,
  by: 'ann',
  action: 'TOKEN_CREATED',
  details: { name, scopes: ['READ'], expiresAt: null },
});

/** @param reference the engine that the others must equal. */
export function testBesideEvents(open: OpenStore, reference: OpenStore): void {
  test('entries of the audit log are one chain of hashes, with those of events and tokens', async () => {
    const seen = [];
    for (const each of [reference, open]) {
      const store = await each();
      const maker = new DraftMaker();
      await store.audit.append(erased(1), {
        at: 2,
        by: 'ü"\\',
        action: 'SIGN_IN_FAILED',
        details: { address: '::1', failures: 2 },
      });
      await store.ledger.commit([
        maker.start('a'),
        maker.next('a', { type: 'CALL_HOLD_CHANGED', held: true, by: 'ada' }),
        maker.next('a', { type: 'CAPTURE_CHANGED', parts: ['RECORDING'], by: 'ada' }),
      ]);
      await store.tokens.put(aToken('t'), created('t'));
      await store.audit.append();
      await store.audit.expire(1, 9);
      await store.audit.expire(0, 9);
      seen.push((await store.rows()).auditLog);
    }
    expect(seen[1]).toHaveLength(5);
    expect(seen[1]).toEqual(seen[0]);
  });

  describe('access tokens', () => {
    test('are stored, replaced and revoked, each with an entry of the audit log', async () => {
      const store = await open();
      await store.tokens.put(aToken('a'), created('a'));
      await store.tokens.put(aToken('b', { expiresAt: 9 }), created('b'));
      const revoked = { at: 6, by: 'ann', action: 'TOKEN_REVOKED', details: { name: 'a' } } as const;
      expect(await store.tokens.revoke('a', 5, revoked)).toBe(true);
      await store.tokens.put(aToken('a', { scopes: ['ADMIN'] }), created('a'));
      expect(await store.tokens.revoke('a', 6, revoked)).toBe(true);
      expect(await store.tokens.revoke('a', 7, revoked)).toBe(false);
      const list = await store.tokens.list();
      expect(list.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
        aToken('a', { scopes: ['ADMIN'], revokedAt: 6 }),
        aToken('b', { expiresAt: 9 }),
      ]);
      expect((await store.rows()).auditLog).toHaveLength(5);
    });

    test('do not replace a valid one, which another program may have stored meanwhile', async () => {
      const { tokens, rows } = await open();
      await tokens.put(aToken('a', { expiresAt: 9 }), created('a'));
      await expect(tokens.put(aToken('a', { createdAt: 8 }), created('a'))).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        details: { argument: 'name' },
      });
      expect((await rows()).auditLog).toHaveLength(1);
      await tokens.put(aToken('a', { createdAt: 9 }), created('a'));
      expect(await tokens.list()).toEqual([aToken('a', { createdAt: 9 })]);
    });

    test('take the place of the oldest one that has ended, and only of that', async () => {
      const { tokens, insertTokens } = await open();
      const others = Array.from({ length: MAX_STORED_TOKENS - 1 }, (_, i) => aToken(`t${i}`));
      await insertTokens([aToken('ended', { createdAt: 1, expiresAt: 2 }), ...others]);
      await tokens.put(aToken('next'), created('next'));
      expect((await tokens.list()).map(({ name }) => name)).not.toContain('ended');
      await expect(tokens.put(aToken('more'), created('more'))).rejects.toMatchObject({
        code: 'LIMIT_TOKENS',
      });
      await tokens.revoke('next', 6, created('next'));
      await tokens.put(aToken('next', { createdBy: 'bob' }), created('next'));
      expect(await tokens.list()).toHaveLength(MAX_STORED_TOKENS);
    });
  });

  test('the state of plugins is stored by owner, and listed by prefix in the order of bytes', async () => {
    const { state } = await open();
    for (const key of ['a', 'ab', 'a%', 'aé', 'b', 'a_']) await state.set('one', key, `value of ${key}`);
    await state.set('two', 'a', 'other');
    expect(await state.get('one', 'a')).toBe('value of a');
    expect(await state.get('one', 'c')).toBeUndefined();
    await state.set('one', 'a', 'new');
    await state.delete('one', 'b');
    await state.delete('one', 'x');
    const keys = (await state.list('one', 'a')).map(([key]) => key);
    expect(keys).toEqual(['a', 'a%', 'a_', 'ab', 'aé']);
    expect(await state.list('one', 'a%')).toEqual([['a%', 'value of a%']]);
    expect(await state.list('two', '')).toEqual([['a', 'other']]);
  });

  test('of writers that replace the same value of a plugin at once, one succeeds', async () => {
    const { state } = await open();
    const all = (expected: string | undefined, values: readonly (string | undefined)[]): Promise<boolean[]> =>
      Promise.all(values.map((value) => state.compareAndSet('one', 'key', expected, value)));
    expect((await all(undefined, ['a', 'a', 'b'])).filter(Boolean)).toEqual([true]);
    const first = await state.get('one', 'key');
    expect((await all(first, ['c', undefined, 'd'])).filter(Boolean)).toEqual([true]);
    await state.set('one', 'key', 'e');
    await state.set('two', 'key', 'e');
    expect(await all('f', ['g', undefined])).toEqual([false, false]);
    expect(await all(undefined, [undefined])).toEqual([false]);
    expect(await all('e', [undefined, undefined])).toEqual([true, false]);
    expect(await all(undefined, [undefined])).toEqual([true]);
    expect([await state.get('one', 'key'), await state.get('two', 'key')]).toEqual([undefined, 'e']);
  });

  test('random keys are created once, also by two daemons that start at once', async () => {
    const { secrets } = await open();
    const [one, other] = await Promise.all([secrets(), secrets()]);
    expect(new Set(Object.values(one)).size).toBe(3);
    expect(Object.values(one).map(({ length }) => length)).toEqual([64, 64, 64]);
    expect(other).toEqual(one);
    expect(await secrets()).toEqual(one);
  });

  test('pieces of waveforms are stored and replaced', async () => {
    const { ledger, waveforms } = await open();
    await ledger.commit([new DraftMaker().start('a')]);
    const piece = (number: number, byte: number) =>
      ({
        callId: callIdOf('a'),
        party: 'CUSTOMER',
        piece: number,
        peaks: Uint8Array.of(byte, 0, 255),
      }) as const;
    await waveforms.put([piece(2, 1), piece(1, 2)]);
    await waveforms.put([piece(2, 3)]);
    await waveforms.put([]);
    expect(await waveforms.get(callIdOf('a'), 'CUSTOMER', 2)).toEqual(Uint8Array.of(3, 0, 255));
    expect(await waveforms.get(callIdOf('a'), 'ASSISTANT', 2)).toBeUndefined();
    const list = await waveforms.list(callIdOf('a'));
    expect(list.map((row) => [row.piece, [...row.peaks]])).toEqual([
      [1, [2, 0, 255]],
      [2, [3, 0, 255]],
    ]);
  });
}
