/** `sidetone inspect`: lists the last requests and sockets between providers and the running daemon. */
import { FaultError } from '@sidetone/core';
import { createDaemonClient } from '../frame/daemon-client.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput, type Column } from '../frame/output.ts';

export interface InspectOptions extends OutputOptions {
  readonly url: string;
  readonly provider?: string;
  readonly failed?: boolean;
  readonly first: number;
}

export interface InspectedRequest {
  readonly provider: string;
  readonly at: string;
  readonly direction: 'RECEIVED' | 'SENT';
  readonly kind: 'REQUEST' | 'SOCKET';
  readonly method: string;
  readonly path: string;
  readonly contentType: string | null;
  readonly bytes: number | null;
  readonly messageType: string | null;
  readonly body: unknown;
  readonly durationMs: number | null;
  readonly status: number | null;
  readonly closeCode: number | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
}

const QUERY = `query ($first: Int!) { providers { id recentRequests(first: $first) {
  at direction kind method path contentType bytes messageType body durationMs status closeCode code reason remedy
} } }`;

const resultOf = ({ status, closeCode, durationMs }: InspectedRequest): string => {
  if (closeCode !== null) return `closed ${closeCode}`;
  if (durationMs === null) return 'open';
  return status === null ? 'failed' : String(status);
};

export const COLUMNS: readonly Column<InspectedRequest>[] = [
  { title: 'time', value: ({ at }) => at.slice(0, 19).replace('T', ' ') },
  { title: 'provider', value: ({ provider }) => provider },
  { title: 'direction', value: ({ direction }) => direction.toLowerCase() },
  { title: 'request', value: ({ kind, method, path }) => `${kind === 'SOCKET' ? 'socket' : method} ${path}` },
  { title: 'type', value: ({ messageType }) => messageType },
  { title: 'bytes', value: ({ bytes }) => bytes },
  { title: 'ms', value: ({ durationMs }) => durationMs },
  { title: 'result', value: resultOf },
  { title: 'reason', value: ({ code, reason }) => (code === null ? reason : `${code}: ${reason}`) },
];

/** @throws {FaultError} INPUT_INVALID if there is no such provider. */
export async function inspect({
  provider,
  failed = false,
  first,
  ...options
}: InspectOptions): Promise<void> {
  const { providers } = await createDaemonClient(options).query<{
    providers: readonly { readonly id: string; readonly recentRequests: readonly InspectedRequest[] }[];
  }>(QUERY, { first });
  if (provider !== undefined && !providers.some(({ id }) => id === provider))
    throw new FaultError(
      'INPUT_INVALID',
      `--provider: expected one of ${providers.map(({ id }) => id).join(', ')}`,
    );
  const requests = providers
    .filter(({ id }) => provider === undefined || id === provider)
    .flatMap(({ id, recentRequests }) => recentRequests.map((request) => ({ ...request, provider: id })))
    .filter(({ code }) => !failed || code !== null)
    .toSorted((one, other) => one.at.localeCompare(other.at));
  const output = createOutput(options);
  await output.rows(requests, COLUMNS);
  for (const remedy of remediesOf(requests)) output.info(remedy);
}

/** Returns what to do about each error, once. */
export const remediesOf = (requests: readonly InspectedRequest[]): readonly string[] => [
  ...new Set(requests.flatMap(({ code, remedy }) => (code === null ? [] : [`${code}: ${remedy ?? ''}`]))),
];
