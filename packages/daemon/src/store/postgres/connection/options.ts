/** The options of a connection to PostgreSQL, as the driver takes them. */
import { FaultError } from '@sidetone/core';
import type { PoolConfig } from 'pg';

/** Certificates of TLS, as text in PEM format. They take precedence over `sslmode` in the URL. */
export interface TlsOptions {
  /** The authorities that are trusted, instead of those of Node.js. */
  readonly ca?: string;
  /** The client's certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate must have, if it is not the host. */
  readonly servername?: string;
}

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=verify-full`. */
  readonly url: string;
  /** The schema of the tables, `public` by default. */
  readonly schema?: string;
  readonly tls?: TlsOptions;
  /** Most connections for reading. Those for writing and for history are beside them. */
  readonly connections?: number;
  /** `normal` confirms a commit before it is on the disk, as with SQLite. */
  readonly durability?: 'full' | 'normal';
  readonly connectTimeoutMs?: number;
  /** How long a statement may take, including its wait for locks. */
  readonly statementTimeoutMs?: number;
}

export const DEFAULT_SCHEMA = 'public';
export const DEFAULT_CONNECTIONS = 4;
/** Connections are opened when they are needed, and closed when they are idle. */
export const HISTORY_CONNECTIONS = 4;
/** More of them, for what subscriptions read of the event log. */
export const LOG_CONNECTIONS = 2;
export const CONNECT_TIMEOUT_MS = 5000;
export const STATEMENT_TIMEOUT_MS = 10_000;
/** A daemon that is paused in a transaction loses its locks after this time, ms. */
export const IDLE_TRANSACTION_MS = 5000;
/** How much longer the driver waits than the server, ms: for a server that does not answer at all. */
const ANSWER_MS = 2000;

/** Needs no quotes, neither in SQL nor in the options of a connection. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;

/** Returns the options of a pool of connections. @throws {FaultError} CONFIG_INVALID, without the URL. */
export function poolConfigOf(options: PostgresOptions, max: number): PoolConfig {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, statementTimeoutMs = STATEMENT_TIMEOUT_MS, tls } = options;
  return {
    connectionString: urlWithSettings(options),
    application_name: 'sidetone',
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    keepAlive: true,
    // A process that only has idle connections may end.
    allowExitOnIdle: true,
    ...(tls && { ssl: { ...tls } }),
  };
}

/** Returns `user@host:port/database`, for messages. Never the password. */
export function describeServer({ url }: Pick<PostgresOptions, 'url'>): string {
  const { username, host, hostname, pathname } = parseUrl(url);
  return `${username === '' ? '' : `${decodeURIComponent(username)}@`}${host === '' ? hostname || 'localhost' : host}${pathname}`;
}

/** The settings of a session are part of its start, so they cost no round trip. */
function urlWithSettings({
  url,
  schema = DEFAULT_SCHEMA,
  durability = 'full',
  tls,
}: PostgresOptions): string {
  if (!SCHEMA.test(schema))
    throw new FaultError(
      'CONFIG_INVALID',
      'the schema of PostgreSQL: expected lower-case letters, digits and underscores, at most 63',
    );
  const parsed = parseUrl(url);
  const settings = {
    search_path: schema,
    timezone: 'UTC',
    ...(durability === 'normal' && { synchronous_commit: 'off' }),
  };
  const added = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const own = parsed.searchParams.get('options');
  parsed.searchParams.set('options', [...(own === null ? [] : [own]), ...added].join(' '));
  if (tls)
    for (const name of ['sslmode', 'sslrootcert', 'sslcert', 'sslkey']) parsed.searchParams.delete(name);
  return parsed.href;
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^postgres(ql)?:$/.test(parsed.protocol)) return parsed;
  throw new FaultError(
    'CONFIG_INVALID',
    'the URL of PostgreSQL: expected postgres://user@host:port/database',
  );
}
