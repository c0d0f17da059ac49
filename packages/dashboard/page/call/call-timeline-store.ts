/** The timeline of a call as a store outside React: all that happened so far, then, behind its last event, what happens. */
import type { Client } from 'urql';
import { toApiError } from '../api/errors.ts';
import type { VariablesOf } from '../api/graphql.ts';
import { EVENTS, PAST_EVENTS, TRANSCRIPT, TYPES } from './documents.ts';
import { EMPTY_TIMELINE, applyUpdates, type TimelineUpdate, type CallTimeline } from './call-timeline.ts';

export interface CallTimelineStore {
  readonly state: () => CallTimeline;
  /** Runs while somebody listens. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Partials of both parties come many times a second: they are rendered together. */
const BATCH_MS = 60;

/** @param canListen whether fields that need the scope `listen` can be asked for. */
export function createCallTimelineStore(client: Client, id: string, canListen: boolean): CallTimelineStore {
  const listeners = new Set<() => void>();
  const types = [...TYPES];
  let timeline = EMPTY_TIMELINE;
  let pending: TimelineUpdate[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => undefined;

  function push(updates: TimelineUpdate): void {
    pending.push(updates);
    timer ??= setTimeout(flush, BATCH_MS);
  }

  function flush(): void {
    timer = undefined;
    timeline = applyUpdates(timeline, pending);
    pending = [];
    for (const listener of listeners) listener();
  }

  /** Tells every page of the past, and behind which event it goes on; nothing when it was called off or failed. */
  async function past(isOff: () => boolean): Promise<{ readonly after: string | null } | undefined> {
    let after: string | null = null;
    for (;;) {
      const variables: VariablesOf<typeof PAST_EVENTS> = { id, types, after, canListen };
      const { data, error } = await client
        .query(PAST_EVENTS, variables, { requestPolicy: 'network-only' })
        .toPromise();
      if (isOff()) return undefined;
      if (error) push({ type: 'error', error: toApiError(error) });
      if (!data?.call) return undefined;
      const { nodes, pageInfo } = data.call.events;
      push({ type: 'events', events: nodes });
      after = pageInfo.endCursor ?? after;
      if (!pageInfo.hasNextPage) return { after };
    }
  }

  function follow(after: string | null): (() => void)[] {
    push({ type: 'caught-up' });
    const events = client
      .subscription(EVENTS, { id, after, types, canListen })
      .subscribe(({ data, error }) => {
        if (data) push({ type: 'events', events: [data.callEvents] });
        if (error) push({ type: 'error', error: toApiError(error) });
      });
    const words = client.subscription(TRANSCRIPT, { id, after }).subscribe(({ data }) => {
      if (data) push({ type: 'transcript', update: data.transcript });
    });
    return [events.unsubscribe, words.unsubscribe];
  }

  function start(): () => void {
    let isOff = false;
    const stops: (() => void)[] = [];
    timeline = EMPTY_TIMELINE;
    const begin = async (): Promise<void> => {
      const end = await past(() => isOff);
      if (!isOff && end) stops.push(...follow(end.after));
    };
    void begin();
    return () => {
      isOff = true;
      for (const each of stops) each();
      clearTimeout(timer);
      timer = undefined;
      pending = [];
    };
  }

  return {
    state: () => timeline,
    subscribe(listener) {
      if (listeners.size === 0) stop = start();
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
  };
}
