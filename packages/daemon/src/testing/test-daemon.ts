/** A daemon for tests of a plugin: on a free port of loopback, with its database in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderPlugin, TranscriberPlugin } from '@sidetone/core';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { configSchema } from '../config/schema.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import { createLog, type LogLevel } from '../log.ts';
import { systemClock } from '../system-clock.ts';
import { writeModule } from './plugin-module.ts';

/** How often `until` asks, and how long it does so by default, ms. */
const POLL_MS = 20;
const UNTIL_MS = 10_000;

export interface TestDaemonOptions {
  /** A provider plugin: the object, an absolute path of its module, or the name of a package. */
  readonly plugin: ProviderPlugin<never> | string;
  /** The options of the plugin, as in a configuration. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** A transcriber for its calls, with its options. */
  readonly transcriber?: {
    readonly plugin: TranscriberPlugin<never> | string;
    readonly options?: Readonly<Record<string, unknown>>;
  };
  /** Other sections of the configuration, such as `recording`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What is written to standard error. Default: warn. */
  readonly logLevel?: LogLevel;
}

type Variables = Readonly<Record<string, unknown>>;

export interface TestDaemon {
  /** The address of the daemon, with a trailing slash. */
  readonly url: URL;
  /** The address of the plugin's ingress, with a trailing slash: requests below it are passed to the plugin. */
  readonly pluginUrl: URL;
  /** Sends a query or mutation. Returns its data. @throws {Error} if the response has errors. */
  query<Data = Record<string, unknown>>(document: string, variables?: Variables): Promise<Data>;
  /** Yields the data of each event of a subscription, until the loop ends. @throws {Error} if an event has errors. */
  subscribe<Data = Record<string, unknown>>(document: string, variables?: Variables): AsyncIterable<Data>;
  /** Calls `read` until it returns a value that is true, and returns it. @throws {Error} naming `what` after the timeout, 10 s. */
  until<Value>(
    read: () => Value | Promise<Value>,
    what: string,
    timeoutMs?: number,
  ): Promise<NonNullable<Value>>;
  /** Stops the daemon and deletes its folder. Safe to call twice. */
  close(): Promise<void>;
}

const PROVIDER = 'plugin';
const TRANSCRIBER = 'transcriber';

/**
 * Starts a daemon with one plugin. Resolves when the plugin has started or failed: `{ providers { state stateMessage } }`.
 * @throws {FaultError} if the plugin cannot be loaded, or its options are invalid.
 */
export async function startTestDaemon(options: TestDaemonOptions): Promise<TestDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-test-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const daemon = await startDaemon({
      config: configSchema.parse(configOf(options, folder)),
      baseDir: process.cwd(),
      log: createLog(options.logLevel ?? 'warn'),
    });
    return withClients(daemon, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

function configOf({ plugin, options, transcriber, config }: TestDaemonOptions, folder: string): object {
  const entry = (each: object | string, of: Variables = {}): object => ({
    plugin: typeof each === 'string' ? each : writeModule(folder, each),
    options: of,
  });
  return {
    server: { host: '127.0.0.1', port: 0 },
    storage: { path: join(folder, 'sidetone.db') },
    recording: { path: join(folder, 'recordings') },
    providers: {
      [PROVIDER]: { ...entry(plugin, options), ...(transcriber && { transcribe: TRANSCRIBER }) },
    },
    ...(transcriber && { transcribers: { [TRANSCRIBER]: entry(transcriber.plugin, transcriber.options) } }),
    ...config,
  };
}

function withClients(daemon: Daemon, remove: () => void): TestDaemon {
  const endpoint = new URL('graphql', daemon.url);
  const client = createClient({
    url: endpoint.href.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  return {
    url: daemon.url,
    pluginUrl: new URL(`providers/${PROVIDER}/`, daemon.url),
    async query<Data>(document: string, variables: Variables = {}) {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: document, variables }),
      });
      return dataOf<Data>((await response.json()) as Result<Data>);
    },
    async *subscribe<Data>(document: string, variables: Variables = {}) {
      for await (const result of client.iterate<Data>({ query: document, variables: { ...variables } }))
        yield dataOf<Data>(result);
    },
    until,
    async close() {
      await client.dispose();
      await daemon.stop();
      remove();
    },
  };
}

interface Result<Data> {
  readonly data?: Data | null | undefined;
  readonly errors?: readonly { readonly message: string }[] | undefined;
}

function dataOf<Data>({ data, errors = [] }: Result<Data>): Data {
  if (errors.length === 0 && data) return data;
  throw new Error(errors.map(({ message }) => message).join('; ') || 'the response has no data');
}

async function until<Value>(
  read: () => Value | Promise<Value>,
  what: string,
  timeoutMs = UNTIL_MS,
): Promise<NonNullable<Value>> {
  const startedAt = systemClock.elapsed();
  for (;;) {
    const value = await read();
    if (value) return value;
    if (systemClock.elapsed() - startedAt > timeoutMs)
      throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await systemClock.delay(POLL_MS);
  }
}
