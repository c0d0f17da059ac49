/** `sidetone backfill`: asks the running daemon for past calls, and shows how far it has come. */
import { FaultError, messageOf } from '@sidetone/core';

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

/** Returns when it is done. @throws {FaultError} when it cannot be, or stopped on its way. */
export async function backfill({ url, provider, since, until }: BackfillOptions): Promise<void> {
  const input = {
    providerId: provider,
    since: instant('--since', since),
    until: until && instant('--until', until),
  };
  const start = `mutation ($input: BackfillInput!) { backfill(input: $input) { ${FIELDS} } }`;
  let progress = ((await ask(url, start, { input })) as { backfill: Progress }).backfill;
  while (progress.state === 'RUNNING') {
    show(progress);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const query = `{ backfills { provider { id } ${FIELDS} } }`;
    const { backfills } = (await ask(url, query)) as {
      backfills: (Progress & { provider: { id: string } })[];
    };
    progress = backfills.find((each) => each.provider.id === provider) ?? progress;
  }
  show(progress);
  process.stdout.write('\n');
  if (progress.state === 'DONE') return;
  const reason = progress.message ?? 'the daemon stopped it';
  throw new FaultError(
    'PROVIDER_UNREACHABLE',
    `the backfill stopped: ${reason}; the same command goes on with it`,
  );
}

function show({ calls, reached, state }: Progress): void {
  const how = reached ? `, back to ${reached.slice(0, 16).replace('T', ' ')}` : '';
  process.stdout.write(`\r${state === 'DONE' ? 'done: ' : ''}${calls} calls${how}   `);
}

/** A date or an instant, as the API takes it. */
function instant(option: string, text: string): string {
  const parsed = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(parsed)) {
    throw new FaultError(
      'INPUT_INVALID',
      `${option}: found "${text}", expected a date like 2026-01-31 or 2026-01-31T12:00:00Z`,
    );
  }
  return new Date(parsed).toISOString();
}

/** Not an option of the command: whoever lists the processes would read it. */
const authorization = (token: string | undefined): Record<string, string> =>
  token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };

async function ask(url: string, query: string, variables: Record<string, unknown> = {}): Promise<unknown> {
  let answer: { data?: unknown; errors?: { message: string; extensions?: { remedy?: string } }[] };
  try {
    const response = await fetch(new URL('graphql', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(process.env['SIDETONE_TOKEN']) },
      body: JSON.stringify({ query, variables }),
    });
    answer = (await response.json()) as typeof answer;
  } catch (cause) {
    const message = `no daemon answers at ${url} (${messageOf((cause as Error).cause ?? cause)}); give its address with --url`;
    throw new FaultError('PROVIDER_UNREACHABLE', message, { cause });
  }
  const mistake = answer.errors?.[0];
  if (mistake) throw new FaultError('INPUT_INVALID', mistake.message);
  return answer.data;
}
