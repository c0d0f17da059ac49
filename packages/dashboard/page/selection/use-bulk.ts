/** Runs an action on several calls, and follows what becomes of it. */
import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import { subscribeLive } from '../api/live.ts';
import { toSentence } from '../api/errors.ts';
import { useSession } from '../session/session-context.ts';
import type { BulkKind } from './bulk-kinds.ts';
import { runBulk, type BulkResult, type BulkResults, type BulkStatus } from './bulk-run.ts';
import { COMMAND_CHANGES } from './documents.ts';
import { SENDERS } from './send-bulk.ts';

const STATUS_OF = {
  REQUESTED: 'accepted',
  ACCEPTED: 'accepted',
  CONFIRMED: 'confirmed',
  REFUSED: 'refused',
  UNKNOWN: 'unknown',
} as const satisfies Record<string, BulkStatus>;

type Change = Pick<BulkResult, 'status' | 'message'>;

function settled(result: BulkResult, changes: ReadonlyMap<string, Change>): BulkResult {
  const change = result.commandId === undefined ? undefined : changes.get(result.commandId);
  return change ? { ...result, ...change } : result;
}

interface Bulk {
  /** Undefined until the action was started. */
  readonly results: BulkResults | undefined;
  readonly run: (callIds: readonly string[], text: string) => void;
}

export function useBulk(kind: BulkKind): Bulk {
  const client = useClient();
  const { socket } = useSession().api;
  const [results, setResults] = useState<BulkResults>();
  /** The last change of each command: it may arrive before the answer to the request. */
  const [changes] = useState(() => new Map<string, Change>());

  useEffect(
    () =>
      subscribeLive(
        socket,
        COMMAND_CHANGES,
        {},
        {
          next({ callEvents }) {
            if (callEvents.__typename !== 'CommandChanged') return;
            const { id, status, failure } = callEvents.command;
            changes.set(id, {
              status: STATUS_OF[status],
              ...(failure && { message: toSentence(failure.message) }),
            });
            setResults(
              (known) =>
                known && new Map([...known].map(([callId, result]) => [callId, settled(result, changes)])),
            );
          },
        },
      ),
    [socket, changes],
  );

  const run = useCallback(
    (ids: readonly string[], text: string) => {
      setResults(
        (known) =>
          new Map([...(known ?? []), ...ids.map((id): [string, BulkResult] => [id, { status: 'waiting' }])]),
      );
      void runBulk({
        ids,
        send: (callId) => SENDERS[kind](client, callId, text),
        onResult: (callId, result) =>
          setResults((known) => new Map(known).set(callId, settled(result, changes))),
      });
    },
    [client, kind, changes],
  );
  return { results, run };
}
