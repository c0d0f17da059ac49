/** The story of a call as a store outside React: all that happened so far, then, behind its last event, what happens. */
import type { Client } from 'urql';
import { troubleOf } from '../api/errors.ts';
import type { VariablesOf } from '../api/graphql.ts';
import { EVENTS, EVENTS_SO_FAR, TRANSCRIPT, TYPES } from './documents.ts';
import { EMPTY_STORY, take, type News, type Story } from './story.ts';

export interface StoryFeed {
  readonly state: () => Story;
  /** Runs while somebody listens. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Partials of both parties come many times a second: they are rendered together. */
const BATCH_MS = 60;

/** @param mayListen whether fields that need the scope `listen` can be asked for. */
export function createStoryFeed(client: Client, id: string, mayListen: boolean): StoryFeed {
  const listeners = new Set<() => void>();
  const types = [...TYPES];
  let story = EMPTY_STORY;
  let waiting: News[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => undefined;

  function tell(news: News): void {
    waiting.push(news);
    timer ??= setTimeout(settle, BATCH_MS);
  }

  function settle(): void {
    timer = undefined;
    story = take(story, waiting);
    waiting = [];
    for (const listener of listeners) listener();
  }

  /** Tells every page of the past, and behind which event it goes on; nothing when it was called off or failed. */
  async function past(isOff: () => boolean): Promise<{ readonly after: string | null } | undefined> {
    let after: string | null = null;
    for (;;) {
      const variables: VariablesOf<typeof EVENTS_SO_FAR> = { id, types, after, mayListen };
      const { data, error } = await client
        .query(EVENTS_SO_FAR, variables, { requestPolicy: 'network-only' })
        .toPromise();
      if (isOff()) return undefined;
      if (error) tell({ type: 'trouble', trouble: troubleOf(error) });
      if (!data?.call) return undefined;
      const { nodes, pageInfo } = data.call.events;
      tell({ type: 'events', events: nodes });
      after = pageInfo.endCursor ?? after;
      if (!pageInfo.hasNextPage) return { after };
    }
  }

  function follow(after: string | null): (() => void)[] {
    tell({ type: 'caught-up' });
    const events = client
      .subscription(EVENTS, { id, after, types, mayListen })
      .subscribe(({ data, error }) => {
        if (data) tell({ type: 'events', events: [data.callEvents] });
        if (error) tell({ type: 'trouble', trouble: troubleOf(error) });
      });
    const words = client.subscription(TRANSCRIPT, { id, after }).subscribe(({ data }) => {
      if (data) tell({ type: 'transcript', update: data.transcript });
    });
    return [events.unsubscribe, words.unsubscribe];
  }

  function start(): () => void {
    let isOff = false;
    const stops: (() => void)[] = [];
    story = EMPTY_STORY;
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
      waiting = [];
    };
  }

  return {
    state: () => story,
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
