/**
 * Resumable subscriptions. After a disconnect, the socket client subscribes again with the same payload object; the
 * latest cursor has been written to its variables by then, so no item is missed or delivered twice.
 */
import type { FormattedExecutionResult, Sink as AnySink, SubscribePayload } from 'graphql-ws';

type Result = FormattedExecutionResult<Record<string, unknown>, unknown>;
export type Sink = AnySink<Result>;

interface ResumableSubscription {
  readonly payload: SubscribePayload;
  readonly sink: Sink;
}

/** Resumes operations that declare `$after`. Other operations restart and deliver their snapshot again. */
export function resumable(payload: SubscribePayload, sink: Sink): ResumableSubscription {
  const variables: Record<string, unknown> = { ...payload.variables };
  const isResumable = /\$after\b/.test(payload.query);
  return {
    payload: { ...payload, variables },
    sink: {
      next(result) {
        const cursor = isResumable ? cursorOf(result) : undefined;
        if (cursor !== undefined) variables['after'] = cursor;
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    },
  };
}

/** Returns the cursor of an item, or undefined for partials, which have none. */
function cursorOf({ data }: Result): string | undefined {
  const [item] = Object.values(data ?? {}) as ({ cursor?: unknown } | null)[];
  return typeof item?.cursor === 'string' ? item.cursor : undefined;
}
