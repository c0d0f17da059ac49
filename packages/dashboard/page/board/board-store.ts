/** The board as a store outside React: it subscribes to the API and notifies listeners in batches. */
import type { Client } from 'urql';
import { toApiError } from '../api/errors.ts';
import { applyUpdates, EMPTY_BOARD, type Board, type BoardUpdate } from './board-state.ts';
import { LIVE_CALLS, SPEECH } from './documents.ts';

export interface BoardStore {
  readonly state: () => Board;
  /** The API subscriptions run while there is a listener. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly push: (update: BoardUpdate) => void;
}

/** 200 calls cause about 50 updates per second; the list renders once per batch. */
const BATCH_MS = 100;
const TICK_MS = 1000;

export function createBoardStore(client: Client): BoardStore {
  const listeners = new Set<() => void>();
  let board = EMPTY_BOARD;
  let pending: BoardUpdate[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => undefined;

  function push(update: BoardUpdate): void {
    pending.push(update);
    timer ??= setTimeout(flush, BATCH_MS);
  }

  function flush(): void {
    timer = undefined;
    board = applyUpdates(board, pending, Date.now());
    pending = [];
    for (const listener of listeners) listener();
  }

  function start(): () => void {
    let stopSpeech = (): void => undefined;
    const followSpeech = (after: string): void => {
      stopSpeech();
      stopSpeech = client.subscription(SPEECH, { after }).subscribe(({ data }) => {
        if (data) push(data.callEvents);
      }).unsubscribe;
    };
    const calls = client.subscription(LIVE_CALLS, {}).subscribe(({ data, error }) => {
      if (error) push({ __typename: 'Failed', error: toApiError(error) });
      if (!data) return;
      push(data.liveCalls);
      // The snapshot contains the last utterances up to its cursor, so speech events are read after that cursor.
      if (data.liveCalls.__typename === 'LiveCallsSnapshot') followSpeech(data.liveCalls.cursor);
    });
    const ticks = setInterval(() => {
      if ([...board.calls.values()].some(({ seenEndedAt }) => seenEndedAt !== undefined))
        push({ __typename: 'Tick' });
    }, TICK_MS);
    return () => {
      calls.unsubscribe();
      stopSpeech();
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
