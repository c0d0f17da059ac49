/** The board as a store outside React: it subscribes to the API and notifies listeners in batches. */
import { subscribeLive, type LiveSocket } from '../api/live.ts';
import type { CallLevels } from '../levels/documents.ts';
import { applyUpdates, EMPTY_BOARD, type Board, type BoardUpdate } from './board-state.ts';
import { LIVE_CALLS, SPEECH } from './documents.ts';
import { createLevelSpeakers } from './level-speakers.ts';

export interface BoardStore {
  readonly state: () => Board;
  /** The API subscriptions run while there is a listener. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Reads who is speaking from the levels of calls. */
  readonly pushLevels: (levels: readonly CallLevels[]) => void;
  /** The number of calls about which anything is stored. It does not grow with calls that have ended. */
  readonly size: () => number;
}

/** 200 calls cause about 50 updates per second; the list renders once per batch. */
const BATCH_MS = 100;
const TICK_MS = 1000;

export function createBoardStore(socket: LiveSocket): BoardStore {
  const listeners = new Set<() => void>();
  const speakers = createLevelSpeakers();
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
    speakers.keep(board.calls);
    for (const listener of listeners) listener();
  }

  function start(): () => void {
    let stopSpeech = (): void => undefined;
    const followSpeech = (after: string): void => {
      stopSpeech();
      stopSpeech = subscribeLive(socket, SPEECH, { after }, { next: (data) => push(data.callEvents) });
    };
    const stopCalls = subscribeLive(
      socket,
      LIVE_CALLS,
      {},
      {
        error: (error) => push({ __typename: 'Failed', error }),
        next({ liveCalls }) {
          push(liveCalls);
          // The snapshot contains the last utterances up to its cursor, so speech events are read after that cursor.
          if (liveCalls.__typename === 'LiveCallsSnapshot') followSpeech(liveCalls.cursor);
        },
      },
    );
    const ticks = setInterval(() => {
      if ([...board.calls.values()].some(({ seenEndedAt }) => seenEndedAt !== undefined))
        push({ __typename: 'Tick' });
    }, TICK_MS);
    return () => {
      stopCalls();
      stopSpeech();
      clearInterval(ticks);
      clearTimeout(timer);
      timer = undefined;
    };
  }

  return {
    state: () => board,
    pushLevels: (levels) => speakers.read(levels).forEach(push),
    size: () => Math.max(board.calls.size, speakers.size),
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
