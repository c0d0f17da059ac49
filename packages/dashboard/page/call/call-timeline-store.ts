/** The timeline of a call as a store outside React: loads all past events, then subscribes after the last of them. */
import type { Client } from 'urql';
import { toApiError } from '../api/errors.ts';
import type { Connection } from '../api/connection.ts';
import type { VariablesOf } from '../api/graphql.ts';
import { EVENTS, PAST_EVENTS, TRANSCRIPT, EVENT_TYPES } from './documents.ts';
import {
  EMPTY_TIMELINE,
  applyUpdates,
  type TimelineUpdate,
  type CallTimeline,
  type Party,
} from './call-timeline.ts';

interface CallTimelineStore {
  readonly state: () => CallTimeline;
  /** The API subscriptions run while there is a listener. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Partials arrive many times per second; they render in batches. */
const BATCH_MS = 60;
/** A partial that is neither replaced nor completed within this time is dropped: its final was missed. */
const PARTIAL_TTL_MS = 8000;

interface Deps {
  readonly client: Client;
  /** Partials are not sent again after a disconnect. */
  readonly connection: Connection;
  readonly callId: string;
  /** Whether to request fields that require the scope `listen`. */
  readonly canListen: boolean;
}

export function createCallTimelineStore({
  client,
  connection,
  callId: id,
  canListen,
}: Deps): CallTimelineStore {
  const listeners = new Set<() => void>();
  const types = [...EVENT_TYPES];
  let timeline = EMPTY_TIMELINE;
  let pending: TimelineUpdate[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expiries = new Map<Party, ReturnType<typeof setTimeout>>();
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

  function expireLater(party: Party): void {
    clearTimeout(expiries.get(party));
    expiries.set(
      party,
      setTimeout(() => push({ type: 'partials-expired', party }), PARTIAL_TTL_MS),
    );
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
      if (!data) return;
      const { utterance } = data.transcript;
      push({ type: 'transcript', utterance });
      if (!utterance.isFinal) expireLater(utterance.party);
    });
    const reconnects = connection.subscribe(
      () => connection.state().status === 'live' && push({ type: 'partials-expired' }),
    );
    return [events.unsubscribe, transcript.unsubscribe, reconnects];
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
      for (const expiry of expiries.values()) clearTimeout(expiry);
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
