/** The board as a store outside React: subscriptions put updates in, and readers are told of a batch of them at a time. */
import type { Client } from 'urql';
import { toApiError } from '../api/errors.ts';
import { EMPTY_BOARD, applyUpdates, type Board, type BoardUpdate } from './board-state.ts';
import { LIVE_CALLS, WORDS } from './documents.ts';

export interface BoardStore {
  readonly state: () => Board;
  /** Runs while somebody listens. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly push: (updates: BoardUpdate) => void;
}

/** 200 calls have some fifty pieces of updates a second: the list is rendered for a batch of them. */
const BATCH_MS = 100;
const TICK_MS = 1000;

export function createBoardStore(client: Client): BoardStore {
  const listeners = new Set<() => void>();
  let board = EMPTY_BOARD;
  let pending: BoardUpdate[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => undefined;

  function push(updates: BoardUpdate): void {
    pending.push(updates);
    timer ??= setTimeout(flush, BATCH_MS);
  }

  function flush(): void {
    timer = undefined;
    board = applyUpdates(board, pending, Date.now());
    pending = [];
    for (const listener of listeners) listener();
  }

  function start(): () => void {
    let stopWords = (): void => undefined;
    const follow = (after: string): void => {
      stopWords();
      stopWords = client.subscription(WORDS, { after }).subscribe(({ data }) => {
        if (data) push(data.callEvents);
      }).unsubscribe;
    };
    const calls = client.subscription(LIVE_CALLS, {}).subscribe(({ data, error }) => {
      if (error) push({ __typename: 'ApiError', error: toApiError(error) });
      if (!data) return;
      push(data.liveCalls);
      // The picture holds the last words up to its cursor: what is said behind it follows, and nothing is told twice.
      if (data.liveCalls.__typename === 'LiveCallsSnapshot') follow(data.liveCalls.cursor);
    });
    const ticks = setInterval(() => {
      if ([...board.calls.values()].some(({ seenEndedAt }) => seenEndedAt !== undefined))
        push({ __typename: 'Tick' });
    }, TICK_MS);
    return () => {
      calls.unsubscribe();
      stopWords();
      clearInterval(ticks);
      clearTimeout(timer);
      timer = undefined;
    };
  }

  return {
    state: () => board,
    push,
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
