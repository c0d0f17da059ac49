/** `sidetone backfill`: starts an import of past calls in the running daemon, and shows its progress. */
import { FaultError, FAULTS, messageOf, type FaultCode } from '@sidetone/core';
import { createProgressLine } from './progress.ts';

export interface BackfillOptions {
  readonly url: string;
  readonly provider: string;
  readonly since: string;
  readonly until?: string;
}

const POLL_MS = 1000;
const FIELDS = 'state calls reached message';

interface Progress {
  readonly state: 'RUNNING' | 'DONE' | 'FAILED' | 'STOPPED';
  readonly calls: number;
  readonly reached: string | null;
  readonly message: string | null;
}

/** Returns when the import is done. @throws {FaultError} if it cannot start, fails or is stopped. */
export async function backfill({ url, provider, since, until }: BackfillOptions): Promise<void> {
  const input = {
    providerId: provider,
    since: parseInstant('--since', since),
    until: until && parseInstant('--until', until),
  };
  const start = `mutation ($input: BackfillInput!) { backfill(input: $input) { ${FIELDS} } }`;
  let progress = ((await query(url, start, { input })) as { backfill: Progress }).backfill;
  const line = createProgressLine(process.stdout);
  while (progress.state === 'RUNNING') {
    line.update(textOf(progress));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const { backfills } = (await query(url, `{ backfills { provider { id } ${FIELDS} } }`)) as {
      backfills: (Progress & { provider: { id: string } })[];
    };
    progress = backfills.find((each) => each.provider.id === provider) ?? progress;
  }
  line.end(textOf(progress));
  if (progress.state === 'DONE') return;
  const reason = progress.message ?? 'the daemon stopped it';
  throw new FaultError(
    'PROVIDER_UNREACHABLE',
    `the backfill stopped: ${reason}; run the same command to continue it`,
  );
}

function textOf({ calls, reached, state }: Progress): string {
  const position = reached ? `, back to ${reached.slice(0, 16).replace('T', ' ')}` : '';
  return `${state === 'DONE' ? 'done: ' : ''}${calls} calls${position}`;
}

/** Parses a date, or an instant, and returns it in the format of the API. */
function parseInstant(option: string, text: string): string {
  const parsed = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(parsed)) {
    throw new FaultError(
      'INPUT_INVALID',
      `${option}: expected a date such as 2026-01-31 or 2026-01-31T12:00:00Z, received "${text}"`,
    );
  }
  return new Date(parsed).toISOString();
}

/** The token is not an option of the command, because other users can see the arguments of a process. */
const authorization = (token: string | undefined): Record<string, string> =>
  token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };

interface GraphqlResult {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: unknown };
  }[];
}

/** What a failed sign-in means for this command, which reads the token from the environment. */
const TOKEN_REASONS: Partial<Record<FaultCode, string>> = {
  AUTH_REQUIRED: 'SIDETONE_TOKEN: expected an access token of this daemon with the scope admin',
  FORBIDDEN: 'SIDETONE_TOKEN: expected an access token with the scope admin',
};

/** @throws {FaultError} DAEMON_UNREACHABLE, or the error of the daemon with its code. */
async function query(url: string, text: string, variables: Record<string, unknown> = {}): Promise<unknown> {
  const { data, errors } = await post(url, { query: text, variables });
  const [error] = errors ?? [];
  if (!error) return data;
  const reported = error.extensions?.code;
  const code = isFaultCode(reported) ? reported : 'INPUT_INVALID';
  const reason = TOKEN_REASONS[code];
  throw new FaultError(code, reason === undefined ? error.message : `${error.message}; ${reason}`);
}

async function post(url: string, body: unknown): Promise<GraphqlResult> {
  const unreachable = (reason: string, cause?: unknown): FaultError =>
    new FaultError('DAEMON_UNREACHABLE', `no daemon answers at ${url} (${reason})`, { cause });
  let response: Response;
  try {
    response = await fetch(new URL('graphql', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(process.env['SIDETONE_TOKEN']) },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw unreachable(messageOf((cause as Error).cause ?? cause), cause);
  }
  const result = (await response.json().catch(() => undefined)) as GraphqlResult | undefined;
  if (result) return result;
  throw unreachable(`HTTP status ${response.status} without a GraphQL result`);
}

const isFaultCode = (code: unknown): code is FaultCode =>
  typeof code === 'string' && Object.hasOwn(FAULTS, code);
