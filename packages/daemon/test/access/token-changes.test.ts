import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccessToken } from '../../src/access/access-tokens.ts';
import type { AuditEntry } from '../../src/access/audit.ts';
import { auditTokenChanges } from '../../src/access/token-changes.ts';
import type { Scope } from '../../src/access/viewer.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const token = (name: string, scopes: readonly Scope[] = ['READ'], secret = name): AccessToken => ({
  name,
  scopes,
  sha256: sha256(secret),
});
const shown = (name: string, scopes: readonly Scope[] = ['READ']) => ({ name, scopes });
const NOTHING = { added: [], removed: [], changed: [], secretsChanged: false };

let text: string | undefined;
let entries: AuditEntry[];

beforeEach(() => {
  text = undefined;
  entries = [];
});

/** Starts a daemon with these tokens. Returns what is written to the audit log. */
async function start(...tokens: AccessToken[]): Promise<unknown[]> {
  entries = [];
  await auditTokenChanges(tokens, {
    kept: { get: () => text, set: (value) => void (text = value) },
    audit: { append: (...added) => void entries.push(...added) },
    now: () => 5,
  });
  return entries.map((entry) => ('details' in entry ? entry.details : undefined));
}

describe('the audit of access tokens', () => {
  test('lists the tokens of the first start', async () => {
    expect(await start(token('b'), token('a', ['ADMIN', 'READ']))).toEqual([
      { ...NOTHING, added: [shown('a', ['ADMIN', 'READ']), shown('b')] },
    ]);
    expect(entries).toMatchObject([{ at: 5, by: 'daemon', action: 'TOKENS_CHANGED' }]);
  });

  test('writes nothing without tokens', async () => {
    expect(await start()).toEqual([]);
  });

  test('writes nothing if the tokens are the same in another order', async () => {
    await start(token('a', ['READ', 'LISTEN']), token('b'));
    expect(await start(token('b'), token('a', ['LISTEN', 'READ']))).toEqual([]);
  });

  test.each<[string, AccessToken[], object]>([
    ['an added token', [token('a'), token('b'), token('c')], { added: [shown('c')] }],
    ['a removed token', [token('a')], { removed: [shown('b')] }],
    ['no tokens any more', [], { removed: [shown('a'), shown('b')] }],
    ['other scopes', [token('a', ['ADMIN']), token('b')], { changed: [shown('a', ['ADMIN'])] }],
    ['another secret', [token('a'), token('b', ['READ'], 'rotated')], { secretsChanged: true }],
    ['swapped secrets', [token('a', ['READ'], 'b'), token('b', ['READ'], 'a')], { secretsChanged: true }],
    ['another name', [token('a'), token('c', ['READ'], 'b')], { added: [shown('c')], removed: [shown('b')] }],
  ])('records %s', async (_case, tokens, changes) => {
    await start(token('a'), token('b'));
    expect(await start(...tokens)).toEqual([{ ...NOTHING, ...changes }]);
    expect(await start(...tokens)).toEqual([]);
  });

  test('keeps no digest of a secret', async () => {
    const secret = token('a');
    await start(secret, token('b'));
    const stored = `${text}${JSON.stringify(entries)}`;
    for (const digest of [secret.sha256, sha256(secret.sha256)]) {
      expect(stored).not.toContain(digest);
      expect(stored).not.toContain(Buffer.from(digest, 'hex').toString('base64'));
    }
  });

  test('repeats an entry if the daemon crashed before the tokens were kept', async () => {
    await expect(
      auditTokenChanges([token('a')], {
        kept: {
          get: () => undefined,
          set() {
            throw new Error('crashed');
          },
        },
        audit: { append: (...added) => void entries.push(...added) },
        now: () => 5,
      }),
    ).rejects.toThrow('crashed');
    expect(entries).toHaveLength(1);
    expect(await start(token('a'))).toHaveLength(1);
  });
});
