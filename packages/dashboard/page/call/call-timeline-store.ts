/** The timeline of a call as a store outside React: loads all past events, then subscribes after the last of them. */
import type { Client } from 'urql';
import { toApiError } from '../api/errors.ts';
import type { VariablesOf } from '../api/graphql.ts';
import { EVENTS, PAST_EVENTS, TRANSCRIPT, EVENT_TYPES } from './documents.ts';
import { EMPTY_TIMELINE, applyUpdates, type TimelineUpdate, type CallTimeline } from './call-timeline.ts';

interface CallTimelineStore {
  readonly state: () => CallTimeline;
  /** The API subscriptions run while there is a listener. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Partials arrive many times per second; they render in batches. */
const BATCH_MS = 60;

/** @param canListen whether to request fields that require the scope `listen`. */
export function createCallTimelineStore(client: Client, id: string, canListen: boolean): CallTimelineStore {
  const listeners = new Set<() => void>();
  const types = [...EVENT_TYPES];
  let timeline = EMPTY_TIMELINE;
  let pending: TimelineUpdate[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => undefined;

  function push(update: TimelineUpdate): void {
    pending.push(update);
    timer ??= setTimeout(flush, BATCH_MS);
  }

  function flush(): void {
    timer = undefined;
    timeline = applyUpdates(timeline, pending);
    pending = [];
    for (const listener of listeners) listener();
  }

  /** Pushes all past events. Returns the cursor of the last one, or undefined if stopped or failed. */
  async function loadPast(isStopped: () => boolean): Promise<{ readonly after: string | null } | undefined> {
    let after: string | null = null;
    for (;;) {
      const variables: VariablesOf<typeof PAST_EVENTS> = { id, types, after, canListen };
      const { data, error } = await client
        .query(PAST_EVENTS, variables, { requestPolicy: 'network-only' })
        .toPromise();
      if (isStopped()) return undefined;
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
    const transcript = client.subscription(TRANSCRIPT, { id, after }).subscribe(({ data }) => {
      if (data) push({ type: 'transcript', utterance: data.transcript.utterance });
    });
    return [events.unsubscribe, transcript.unsubscribe];
  }

  function start(): () => void {
    let isStopped = false;
    const stops: (() => void)[] = [];
    timeline = EMPTY_TIMELINE;
    const run = async (): Promise<void> => {
      const past = await loadPast(() => isStopped);
      if (!isStopped && past) stops.push(...follow(past.after));
    };
    void run();
    return () => {
      isStopped = true;
      for (const unsubscribe of stops) unsubscribe();
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
