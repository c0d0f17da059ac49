/** `sidetone backfill`: starts an import of past calls in the running daemon, and shows its progress. */
import { FaultError } from '@sidetone/core';
import { createDaemonClient } from '../frame/daemon-client.ts';
import { parseInstant } from '../frame/instants.ts';
import { createProgressLine } from '../frame/progress.ts';

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
  const daemon = createDaemonClient({ url });
  const input = {
    providerId: provider,
    since: isoOf('--since', since),
    until: until && isoOf('--until', until),
  };
  const start = `mutation ($input: BackfillInput!) { backfill(input: $input) { ${FIELDS} } }`;
  let progress = (await daemon.query<{ backfill: Progress }>(start, { input })).backfill;
  const line = createProgressLine(process.stdout);
  while (progress.state === 'RUNNING') {
    line.update(textOf(progress));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const { backfills } = await daemon.query<{
      backfills: (Progress & { provider: { id: string } })[];
    }>(`{ backfills { provider { id } ${FIELDS} } }`);
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

const isoOf = (option: string, text: string): string => new Date(parseInstant(option, text)).toISOString();
