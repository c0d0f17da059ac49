/**
 * A subscription that goes on where it stopped. The socket's client subscribes anew after a drop with the same payload;
 * whatever cursor came last is by then in its variables, so that nothing is missed and nothing comes twice.
 */
import type { FormattedExecutionResult, Sink as AnySink, SubscribePayload } from 'graphql-ws';

type Result = FormattedExecutionResult<Record<string, unknown>, unknown>;
export type Sink = AnySink<Result>;

export interface Resumable {
  readonly payload: SubscribePayload;
  readonly sink: Sink;
}

/** Only operations that declare `$after` are resumed; others begin anew, and give their picture again. */
export function resumable(payload: SubscribePayload, sink: Sink): Resumable {
  const variables: Record<string, unknown> = { ...payload.variables };
  const isResumed = /\$after\b/.test(payload.query);
  return {
    payload: { ...payload, variables },
    sink: {
      next(result) {
        const cursor = isResumed ? cursorOf(result) : undefined;
        if (cursor !== undefined) variables['after'] = cursor;
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    },
  };
}

/** The place that an item has in the event log; a partial has none. */
function cursorOf({ data }: Result): string | undefined {
  const [item] = Object.values(data ?? {}) as ({ cursor?: unknown } | null)[];
  return typeof item?.cursor === 'string' ? item.cursor : undefined;
}
