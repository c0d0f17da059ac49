/** A complete daemon in this process: real port, real database, and a provider scripted by the test. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock, ProviderEvent } from '@sidetone/core';
import { createClient, type Client } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { configSchema } from '../../src/config/schema.ts';
import { startDaemon, type Daemon } from '../../src/daemon.ts';
import { scripts, type Script } from '../fixtures/scripted-plugin.ts';
import * as tokens from '../../src/tokens.ts';
import type { Database } from '../../src/store/database.ts';
import type { SqliteStore } from '../../src/store/open-sqlite.ts';
import { event } from './harness.ts';
import { createTestLog, type LogLine } from './silent-log.ts';

/** Time limit for what a test waits for, ms. A quiet machine needs a fraction of a second. Below the limit of a test. */
const PATIENCE_MS = 30_000;

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

export interface TestDaemon {
  readonly daemon: Daemon;
  readonly script: Script;
  readonly lines: LogLine[];
  readonly client: Client;
  query(query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
  /** Emits an event of the provider. */
  emit(event: ProviderEvent): void;
  /** Resolves when all emitted events are stored. */
  committed(): Promise<void>;
  /** Starts a call of the provider and returns its id. */
  aCall(): Promise<string>;
  subscribe(
    query: string,
    variables?: Record<string, unknown>,
  ): AsyncIterableIterator<Partial<GraphqlAnswer>>;
  url(path: string): string;
  /** Number of readers subscribed to events, without those of the daemon itself. */
  readers(): number;
}

export interface GraphqlAnswer {
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads arbitrary fields of the response
  readonly data: any;
  readonly errors?: readonly {
    message: string;
    path?: readonly (string | number)[];
    extensions: Record<string, unknown>;
  }[];
}

/**
 * Starts a daemon on a database in `dir`. It is stopped after the test.
 * @param settings of the configuration; `places` for a provider that can place calls
 */
export async function startTestDaemon(
  dir: string,
  { places = false, ...settings }: Record<string, unknown> = {},
  clock?: Clock,
): Promise<TestDaemon> {
  const key = randomUUID();
  const config = configSchema.parse({
    server: { port: 0 },
    storage: { path: join(dir, 'test.db'), durability: 'normal' },
    providers: { test: { plugin: './scripted-plugin.ts', options: { key, places } } },
    ...settings,
  });
  const { log, lines } = createTestLog();
  const daemon = await startDaemon({ config, baseDir: FIXTURES, log, ...(clock && { clock }) });
  const client = createClient({
    url: `${daemon.url.href.replace('http', 'ws')}graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  // Not a hook of this module: files of a worker share it, so its hooks would belong to the first file only.
  onTestFinished(async () => {
    await client.dispose();
    await daemon.stop();
  });
  const { notifier } = daemon.parts.resolve(tokens.RECORD_HUB);
  const own = notifier.listeners;
  const it: TestDaemon = {
    daemon,
    readers: () => notifier.listeners - own,
    script: scripts.get(key)!,
    lines,
    client,
    url: (path) => new URL(path, daemon.url).href,
    emit: (emitted) => scripts.get(key)!.host.emit(emitted),
    committed: () => daemon.parts.resolve(tokens.INGEST).committed(),
    async aCall() {
      it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
      await it.committed();
      return (await it.query('{ calls { nodes { id } } }')).data.calls.nodes[0].id as string;
    },
    subscribe: (query, variables) =>
      client.iterate({ query, variables: variables ?? null }) as AsyncIterableIterator<
        Partial<GraphqlAnswer>
      >,
    async query(query, variables) {
      const response = await fetch(new URL('graphql', daemon.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as GraphqlAnswer;
    },
  };
  return it;
}

/** Returns the database file of a daemon on SQLite. */
export const databaseOf = ({ daemon }: Pick<TestDaemon, 'daemon'>): Database =>
  (daemon.parts.resolve(tokens.STORE) as SqliteStore).database;

/** Returns the next value of a subscription; rejects if none arrives in time. */
export async function nextOf<Value>(iterator: AsyncIterator<Value>, withinMs = PATIENCE_MS): Promise<Value> {
  const timeout = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no value within ${withinMs} ms`)), withinMs).unref();
  });
  const { done, value } = await Promise.race([iterator.next(), timeout]);
  if (done) throw new Error('the subscription ended');
  return value;
}

/** Waits until a condition holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`timeout after ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
