/** Sends an action to several calls, a few at a time, and keeps what became of each. Pure but for `send`. */

export const BULK_STATUSES = {
  waiting: 'Waiting',
  sending: 'Sending…',
  accepted: 'Accepted',
  confirmed: 'Confirmed',
  refused: 'Refused',
  unknown: 'Unknown',
} as const;

export type BulkStatus = keyof typeof BULK_STATUSES;

export interface BulkResult {
  readonly status: BulkStatus;
  /** Why it was refused, or why its outcome is unknown. */
  readonly message?: string;
  /** The command, whose later changes are reported by events. */
  readonly commandId?: string;
}

export type BulkResults = ReadonlyMap<string, BulkResult>;

/** The number of requests at the same time: providers limit their rate. */
export const MAX_PARALLEL = 4;

interface BulkRun {
  readonly ids: readonly string[];
  readonly send: (callId: string) => Promise<BulkResult>;
  readonly onResult: (callId: string, result: BulkResult) => void;
}

/** Resolves when every call has a result. `send` must not reject. */
export async function runBulk({ ids, send, onResult }: BulkRun): Promise<void> {
  const rest = [...ids];
  async function worker(): Promise<void> {
    for (let id = rest.shift(); id !== undefined; id = rest.shift()) {
      onResult(id, { status: 'sending' });
      onResult(id, await send(id));
    }
  }
  await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL, ids.length) }, worker));
}

/** The number of calls with each status, as `2 confirmed, 1 refused`. */
export function summaryOf(results: BulkResults): string {
  const counts = new Map<BulkStatus, number>();
  for (const { status } of results.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  return (Object.keys(BULK_STATUSES) as BulkStatus[])
    .flatMap((status) => {
      const count = counts.get(status);
      return count === undefined ? [] : `${count} ${BULK_STATUSES[status].toLowerCase().replace('…', '')}`;
    })
    .join(', ');
}

/** The calls to which an action can be sent again: it is known that it had no effect. */
export const refusedIn = (results: BulkResults): readonly string[] =>
  [...results].flatMap(([id, { status }]) => (status === 'refused' ? id : []));
