import { createHash } from 'node:crypto';
import { FaultError } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccessToken } from '../../../src/access/access-tokens.ts';
import type { AuditEntry } from '../../../src/access/audit.ts';
import type { StoredToken } from '../../../src/access/tokens/stored-token.ts';
import {
  CHECK_INTERVAL_MS,
  CLOSE_DELAY_MS,
  TokenRegistry,
} from '../../../src/access/tokens/token-registry.ts';
import type { NowOrLater } from '../../../src/now-or-later.ts';
import { TokenUse, WRITE_INTERVAL_MS } from '../../../src/access/tokens/token-use.ts';

const HOUR_MS = 3_600_000;

const token = (name: string, scopes: AccessToken['scopes'] = ['READ']): AccessToken => ({
  name,
  scopes,
  sha256: createHash('sha256').update(name).digest('hex'),
});

let clock: FakeClock;
let rows: StoredToken[];
let version: number;
/** Whether the store returns promises, and what it throws. */
let isLater: boolean;
let failure: FaultError | undefined;
let warnings: number;
let entries: AuditEntry[];
let kept: string | undefined;
let writes: number;
let closed: string[];
let viewers: Set<string>;
let valid: { names: string[]; isOpen: boolean };

beforeEach(() => {
  clock = createFakeClock();
  rows = [];
  version = 1;
  isLater = false;
  failure = undefined;
  warnings = 0;
  entries = [];
  kept = undefined;
  writes = 0;
  closed = [];
  viewers = new Set();
});

function answer<Value>(read: () => Value): NowOrLater<Value> {
  if (failure) throw failure;
  return isLater ? Promise.resolve().then(read) : read();
}

async function start(
  configured: readonly AccessToken[] = [],
  settings: { isRequired?: boolean; mustNotOpen?: boolean } = {},
): Promise<TokenRegistry & { readonly use: TokenUse }> {
  const use = new TokenUse({
    kept: { get: () => kept, set: (text) => void ((kept = text), writes++) },
    now: () => clock.now(),
    log: { warn: () => undefined },
  });
  const registry = new TokenRegistry({
    configured,
    isRequired: false,
    mustNotOpen: false,
    ...settings,
    store: {
      list: () => answer(() => rows),
      put: (row, entry) =>
        answer(() => {
          rows = [...rows.filter(({ name }) => name !== row.name), row];
          entries.push(entry);
        }),
      revoke: (name, revokedAt, entry) =>
        answer(() => {
          rows = rows.map((row) => (row.name === name ? { ...row, revokedAt } : row));
          entries.push(entry);
          return true;
        }),
      version: () => answer(() => version),
    },
    use,
    holders: () => [
      {
        setTokens: (tokens, isOpen) => void (valid = { names: tokens.map(({ name }) => name), isOpen }),
      },
    ],
    connections: () => ({ viewers, closeThoseOf: (names) => void closed.push(...names.keys()) }),
    clock,
    log: { info: () => undefined, warn: () => void warnings++ },
  });
  await registry.start();
  return Object.assign(registry, { use });
}

const request = (name: string, expiresAt: number | null = null) => ({
  name,
  scopes: ['READ'] as const,
  expiresAt,
});

describe('a token that is created', () => {
  test('is valid at once, and only its hash is stored', async () => {
    const registry = await start([token('ops', ['ADMIN'])]);
    const { secret } = await registry.create(request('ada'), 'ops');
    expect(secret).toMatch(/^sidetone_[\w-]{43}$/);
    expect(valid).toEqual({ names: ['ops', 'ada'], isOpen: false });
    expect(rows[0]!.sha256).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(JSON.stringify([rows, entries])).not.toContain(secret);
  });

  test('is in the audit log, as is its revocation', async () => {
    const registry = await start([token('ops', ['ADMIN'])]);
    await registry.create(request('ada'), 'ops');
    await registry.revoke('ada', 'ops');
    expect(entries).toEqual([
      expect.objectContaining({
        action: 'TOKEN_CREATED',
        by: 'ops',
        details: { name: 'ada', scopes: ['READ'], expiresAt: null },
      }),
      expect.objectContaining({ action: 'TOKEN_REVOKED', by: 'ops', details: { name: 'ada' } }),
    ]);
  });

  test.each([
    ['a name of the configuration', { ...request('ops') }, 'name'],
    ['a reserved name', { ...request('local') }, 'name'],
    ['an invalid name', { ...request('Ada L.') }, 'name'],
    ['no scopes', { ...request('ada'), scopes: [] }, 'scopes'],
    ['an expiry in the past', { ...request('ada', 0) }, 'expiresAt'],
  ])('with %s is rejected', async (_case, wrong, argument) => {
    const registry = await start([token('ops')]);
    expect(() => registry.create(wrong, 'ops')).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', details: { argument } }),
    );
    expect(rows).toEqual([]);
  });

  test('closes a daemon that had none', async () => {
    const registry = await start();
    expect(valid.isOpen).toBe(true);
    await registry.create(request('ada'), 'local');
    expect(valid.isOpen).toBe(false);
    await clock.advance(CLOSE_DELAY_MS);
    expect(closed).toEqual(['local']);
  });
});

describe('a token that ends', () => {
  test('is invalid at once when it is revoked, and its connections are closed after the response', async () => {
    const registry = await start([token('ops')]);
    await registry.create(request('ada'), 'ops');
    expect((await registry.revoke('ada', 'ada')).state).toBe('REVOKED');
    expect(valid.names).toEqual(['ops']);
    expect(closed).toEqual([]);
    await clock.advance(CLOSE_DELAY_MS);
    expect(closed).toEqual(['ada']);
  });

  test('is invalid and its connections are closed when it expires', async () => {
    const registry = await start([token('ops')]);
    await registry.create(request('ada', clock.now() + HOUR_MS), 'ops');
    await clock.advance(HOUR_MS - 1);
    expect(valid.names).toEqual(['ops', 'ada']);
    await clock.advance(CHECK_INTERVAL_MS);
    expect(valid.names).toEqual(['ops']);
    expect(closed).toEqual(['ada']);
    expect(registry.list().at(-1)).toMatchObject({ name: 'ada', state: 'EXPIRED' });
  });

  test('does not open the daemon if it was the last one, also after a restart', async () => {
    const registry = await start();
    await registry.create(request('ada'), 'local');
    await registry.revoke('ada', 'ada');
    expect(valid).toEqual({ names: [], isOpen: false });
    await registry.stop();
    await start();
    expect(valid).toEqual({ names: [], isOpen: false });
  });

  test('leaves its name to a new one', async () => {
    const registry = await start([token('ops')]);
    const first = await registry.create(request('ada'), 'ops');
    expect(() => registry.create(request('ada'), 'ops')).toThrow('no other token has');
    await registry.revoke('ada', 'ops');
    expect((await registry.create(request('ada'), 'ops')).secret).not.toBe(first.secret);
    expect(valid.names).toEqual(['ops', 'ada']);
  });

  test('cannot end twice, and not if the configuration defines it', async () => {
    const registry = await start([token('ops')]);
    expect(() => registry.revoke('eve', 'ops')).toThrow(expect.objectContaining({ code: 'TOKEN_NOT_FOUND' }));
    expect(() => registry.revoke('ops', 'ops')).toThrow(
      expect.objectContaining({ code: 'TOKEN_CONFIGURED' }),
    );
    await registry.create(request('ada'), 'ops');
    await registry.revoke('ada', 'ops');
    expect(() => registry.revoke('ada', 'ops')).toThrow(expect.objectContaining({ code: 'TOKEN_NOT_FOUND' }));
  });
});

describe('the registry', () => {
  test('notices tokens that another program stored or revoked', async () => {
    await start([token('ops')]);
    const row = { ...token('ada'), createdAt: 0, createdBy: '-', expiresAt: null, revokedAt: null };
    rows = [row];
    await clock.advance(CHECK_INTERVAL_MS);
    expect(valid.names).toEqual(['ops']);
    version++;
    await clock.advance(CHECK_INTERVAL_MS);
    expect(valid.names).toEqual(['ops', 'ada']);
    rows = [{ ...row, revokedAt: 1 }];
    version++;
    await clock.advance(CHECK_INTERVAL_MS);
    expect([valid.names, closed]).toEqual([['ops'], ['ada']]);
  });

  test('prefers a token of the configuration to a stored one with the same name', async () => {
    const registry = await start();
    await registry.create(request('ada'), 'local');
    registry.replaceConfigured([token('ada', ['ADMIN'])]);
    expect(registry.list().map(({ source, state }) => `${source} ${state}`)).toEqual([
      'CONFIGURATION ACTIVE',
      'DATABASE REPLACED',
    ]);
    expect(closed).toContain('ada');
    expect(valid.names).toEqual(['ada']);
  });

  test('rejects the removal of the last token if other machines could then do everything', async () => {
    const registry = await start([token('ops')], { mustNotOpen: true });
    expect(() => registry.replaceConfigured([])).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    await registry.create(request('ada'), 'ops');
    registry.replaceConfigured([]);
    expect(valid).toEqual({ names: ['ada'], isOpen: false });
  });

  test('is closed without any token if auth.required is set', async () => {
    await start([], { isRequired: true });
    expect(valid).toEqual({ names: [], isOpen: false });
  });
});

describe('a store that answers later', () => {
  test('receives one change after another: a name is given once', async () => {
    isLater = true;
    const registry = await start([token('ops')]);
    const created = [registry.create(request('ada'), 'ops'), registry.create(request('ada'), 'ops')];
    const results = await Promise.allSettled(created.map((each) => Promise.resolve(each)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(valid.names).toEqual(['ops', 'ada']);
    expect((await registry.revoke('ada', 'ops')).state).toBe('REVOKED');
    expect(valid.names).toEqual(['ops']);
  });

  test('is read again when another program has written', async () => {
    isLater = true;
    await start([token('ops')]);
    rows = [{ ...token('ada'), createdAt: 0, createdBy: '-', expiresAt: null, revokedAt: null }];
    version++;
    await clock.advance(CHECK_INTERVAL_MS);
    await vi.waitFor(() => expect(valid.names).toEqual(['ops', 'ada']));
    version++;
    rows = [];
    await vi.waitFor(async () => {
      await clock.advance(CHECK_INTERVAL_MS);
      expect(valid.names).toEqual(['ops']);
    });
  });

  test('is reported once while it fails, and a token still expires', async () => {
    const registry = await start([token('ops')]);
    await registry.create(request('ada', clock.now() + HOUR_MS), 'ops');
    failure = new FaultError('STORE_UNREACHABLE', 'no server');
    await clock.advance(HOUR_MS + CHECK_INTERVAL_MS);
    expect([valid.names, warnings]).toEqual([['ops'], 1]);
  });
});

describe('the last use', () => {
  test('is listed at once, and written at most once a minute', async () => {
    const registry = await start([token('ops')]);
    const { secret: _secret, token: ada } = await registry.create(request('ada'), 'ops');
    for (let second = 0; second < 150; second++) {
      registry.use.record(ada.sha256);
      await clock.advance(1000);
    }
    expect(registry.list()[1]!.lastUsedAt).toBe(clock.now() - 1000);
    expect(registry.list()[0]!.lastUsedAt).toBeUndefined();
    expect(writes).toBe(Math.floor(150_000 / WRITE_INTERVAL_MS));
  });

  test('outlives a restart', async () => {
    const registry = await start([token('ops')]);
    registry.use.record(token('ops').sha256);
    await registry.stop();
    expect((await start([token('ops')])).list()[0]!.lastUsedAt).toBe(clock.now());
  });

  test('is about the present while a connection is open', async () => {
    const registry = await start([token('ops')]);
    viewers.add('ops');
    await clock.advance(WRITE_INTERVAL_MS + CHECK_INTERVAL_MS);
    expect(clock.now() - registry.list()[0]!.lastUsedAt!).toBeLessThan(WRITE_INTERVAL_MS);
  });

  test('of a token that was deleted is forgotten', async () => {
    const registry = await start([token('ops'), token('ada')]);
    registry.use.record(token('ada').sha256);
    registry.replaceConfigured([token('ops')]);
    await registry.stop();
    expect(kept).toBe('{}');
  });
});
