/** A whole daemon in this process: real port, real database, and a provider that a test plays. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock, ProviderEvent } from '@sidetone/core';
import { createClient, type Client } from 'graphql-ws';
import { afterEach } from 'vitest';
import { WebSocket } from 'ws';
import { configSchema } from '../../src/config/schema.ts';
import { startDaemon, type Daemon } from '../../src/daemon.ts';
import { scripts, type Script } from '../fixtures/scripted-plugin.ts';
import * as tokens from '../../src/tokens.ts';
import { event } from './harness.ts';
import { createTestLog, type LogLine } from './silent-log.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

export interface TestDaemon {
  readonly daemon: Daemon;
  readonly script: Script;
  readonly lines: LogLine[];
  readonly client: Client;
  query(query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
  /** Tells what the provider tells. */
  emit(event: ProviderEvent): void;
  /** Resolves when all that was told is stored. */
  committed(): Promise<void>;
  /** Begins a call of the provider, and gives our id of it. */
  aCall(): Promise<string>;
  subscribe(
    query: string,
    variables?: Record<string, unknown>,
  ): AsyncIterableIterator<Partial<GraphqlAnswer>>;
  url(path: string): string;
  /** How many readers wait for events, beside those of the daemon itself. */
  readers(): number;
}

export interface GraphqlAnswer {
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into an answer as it likes
  readonly data: any;
  readonly errors?: readonly {
    message: string;
    path?: readonly (string | number)[];
    extensions: Record<string, unknown>;
  }[];
}

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).toReversed()) await stop();
});

/** Starts a daemon on a database in `dir`; it stops after the test. */
export async function startTestDaemon(
  dir: string,
  settings: Record<string, unknown> = {},
  clock?: Clock,
): Promise<TestDaemon> {
  const key = randomUUID();
  const config = configSchema.parse({
    server: { port: 0 },
    storage: { path: join(dir, 'test.db'), durability: 'normal' },
    providers: { test: { plugin: './scripted-plugin.ts', options: { key } } },
    ...settings,
  });
  const { log, lines } = createTestLog();
  const daemon = await startDaemon({ config, baseDir: FIXTURES, log, ...(clock && { clock }) });
  const client = createClient({
    url: `${daemon.url.href.replace('http', 'ws')}graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  running.push(async () => {
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
    emit: (told) => scripts.get(key)!.host.emit(told),
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

/** The next value of a subscription, or an error when none comes. */
export async function nextOf<Value>(iterator: AsyncIterator<Value>, withinMs = 5000): Promise<Value> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(`nothing came within ${withinMs} ms`)), withinMs).unref();
  });
  const { done, value } = await Promise.race([iterator.next(), late]);
  if (done) throw new Error('the subscription ended');
  return value;
}

/** Waits until something observable is so. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 5000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
