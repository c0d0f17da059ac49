/** `sidetone token`: creates, lists and revokes access tokens, in the running daemon or in its database. */
import { FaultError } from '@sidetone/core';
import { SCOPES, type Scope } from '../../access/viewer.ts';
import { createDaemonClient } from '../frame/daemon-client.ts';
import { minuteOf } from '../frame/instants.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput, type Column } from '../frame/output.ts';
import { fileOf, postgresOf, type PostgresCommandOptions } from '../frame/database.ts';
import type { OfflineToken, OfflineTokens } from '../../store/tokens/offline-tokens.ts';

/** Without a daemon, the command works on a database file, or one in PostgreSQL. */
interface WhereOptions extends PostgresCommandOptions {
  readonly url: string;
  readonly database?: string;
}

export interface TokenCreateOptions extends WhereOptions, OutputOptions {
  readonly scope: readonly string[];
  readonly expires?: string;
}

export type TokenOptions = WhereOptions & OutputOptions;

interface PrintedToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly source: string;
  readonly state: string;
  readonly createdAt: string | null;
  readonly createdBy: string | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

const FIELDS = 'name scopes source state createdAt createdBy expiresAt lastUsedAt';

const COLUMNS: readonly Column<PrintedToken>[] = [
  { title: 'name', value: ({ name }) => name },
  { title: 'scopes', value: ({ scopes }) => scopes.map(optionOf).join() },
  { title: 'state', value: ({ state }) => state.toLowerCase() },
  { title: 'source', value: ({ source }) => source.toLowerCase() },
  { title: 'created', value: ({ createdAt }) => minuteOf(createdAt) },
  { title: 'by', value: ({ createdBy }) => createdBy },
  { title: 'expires', value: ({ expiresAt }) => minuteOf(expiresAt) },
  { title: 'last used', value: ({ lastUsedAt }) => minuteOf(lastUsedAt) },
];

/** Prints the token on standard output, alone, so that a script can assign it to a variable. */
export async function createToken(name: string, options: TokenCreateOptions): Promise<void> {
  const scopes = options.scope.map(scopeOf);
  const expiresAt = options.expires === undefined ? null : expiryOf(options.expires, Date.now());
  const request = { name, scopes, expiresAt };
  const secret = isOffline(options)
    ? await withDatabase(options, (tokens) => tokens.create(request, Date.now()))
    : await createOnline(options.url, request);
  const output = createOutput(options);
  output.info('This token is shown once. It is stored only as a hash.');
  await output.result({ name, scopes, expiresAt: isoOf(expiresAt), token: secret }, secret);
}

export async function listTokens(options: TokenOptions): Promise<void> {
  const tokens = isOffline(options)
    ? await withDatabase(options, async (stored) => (await stored.list(Date.now())).map(printed))
    : (await createDaemonClient(options).query<{ tokens: PrintedToken[] }>(`{ tokens { ${FIELDS} } }`))
        .tokens;
  await createOutput(options).rows(tokens, COLUMNS);
}

export async function revokeToken(name: string, options: TokenOptions): Promise<void> {
  const output = createOutput(options);
  if (isOffline(options)) await withDatabase(options, (tokens) => tokens.revoke(name, Date.now()));
  else {
    const mutation = `mutation ($name: String!) { revokeToken(name: $name) { ${FIELDS} } }`;
    await createDaemonClient(options).query(mutation, { name });
  }
  if (options.json) await output.result({ name, state: 'REVOKED' }, name);
  else output.info(`revoked ${name}`);
}

interface Request {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number | null;
}

async function createOnline(url: string, { name, scopes, expiresAt }: Request): Promise<string> {
  const mutation = `mutation ($input: CreateTokenInput!) { createToken(input: $input) { token } }`;
  const input = { name, scopes, expiresAt: isoOf(expiresAt) };
  const { createToken: created } = await createDaemonClient({ url }).query<{
    createToken: { readonly token: string };
  }>(mutation, { input });
  return created.token;
}

const isOffline = ({ database, postgres = false }: WhereOptions): boolean =>
  postgres || database !== undefined;

async function withDatabase<Result>(
  options: WhereOptions,
  use: (tokens: OfflineTokens) => Promise<Result>,
): Promise<Result> {
  const tokens = await openTokens(options);
  try {
    return await use(tokens);
  } finally {
    await tokens.close();
  }
}

async function openTokens(options: WhereOptions): Promise<OfflineTokens> {
  if (options.postgres) {
    if (options.database !== undefined)
      throw new FaultError('INPUT_INVALID', 'expected at most one of --database and --postgres');
    const { openTokenDatabase } = await import('../../store/postgres/token-database.ts');
    return openTokenDatabase(postgresOf(options));
  }
  const path = fileOf('--database', options.database ?? '', 'use --postgres');
  return (await import('../../store/tokens/token-file.ts')).openTokenFile(path);
}

const isoOf = (at: number | null | undefined): string | null =>
  at == null ? null : new Date(at).toISOString();

function printed(token: OfflineToken): PrintedToken {
  const { name, scopes, state, createdAt, createdBy, expiresAt, lastUsedAt } = token;
  return {
    name,
    scopes,
    source: 'DATABASE',
    state,
    createdAt: isoOf(createdAt),
    createdBy,
    expiresAt: isoOf(expiresAt),
    lastUsedAt: isoOf(lastUsedAt),
  };
}

const optionOf = (scope: string): string => scope.toLowerCase().replace('_', '-');

function scopeOf(text: string): Scope {
  const scope = SCOPES.find((each) => optionOf(each) === text.toLowerCase());
  if (scope) return scope;
  const known = SCOPES.map(optionOf).join(', ');
  throw new FaultError('INPUT_INVALID', `--scope: expected any of ${known}, received "${text}"`);
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Returns the time of a duration such as 30d, a date or an instant, epoch ms. Exported for tests. */
export function expiryOf(text: string, now: number): number {
  const [, digits, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (digits !== undefined) return now + Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS];
  const parsed = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(parsed)) return parsed;
  throw new FaultError(
    'INPUT_INVALID',
    `--expires: expected a duration such as 12h or 30d, or a date such as 2027-01-31, received "${text}"`,
  );
}
