/** The board as a store outside React: it subscribes to the API and notifies listeners in batches. */
import { subscribeLive, type LiveSocket } from '../api/live.ts';
import { followAllLevels } from '../attention/all-levels.ts';
import { createLevelWatch } from '../attention/level-watch.ts';
import { attentionOf, reasonsOf } from '../attention/reasons.ts';
import type { SettingsStore } from '../attention/settings.ts';
import type { CallLevels } from '../levels/documents.ts';
import { applyUpdates, EMPTY_BOARD, type Board, type BoardUpdate } from './board-state.ts';
import { LIVE_CALLS, SPEECH } from './documents.ts';
import { createLevelSpeakers } from './level-speakers.ts';

export interface BoardStore {
  readonly state: () => Board;
  /** The API subscriptions run while there is a listener. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly push: (update: BoardUpdate) => void;
  /** Reads who is speaking, and how loud, from the levels of calls. */
  readonly pushLevels: (levels: readonly CallLevels[]) => void;
  /** Names the calls that are measured because their rows are in view. */
  readonly showRows: (callIds: ReadonlySet<string>) => void;
  /** The number of calls about which anything is stored. It does not grow with calls that have ended. */
  readonly size: () => number;
}

interface BoardStoreDeps {
  readonly socket: LiveSocket;
  readonly settings: Pick<SettingsStore, 'state' | 'subscribe'>;
  readonly canListen: boolean;
}

/** 200 calls cause about 50 updates per second; the list renders once per batch. */
const BATCH_MS = 100;
const TICK_MS = 1000;

export function createBoardStore({ socket, settings, canListen }: BoardStoreDeps): BoardStore {
  const listeners = new Set<() => void>();
  const speakers = createLevelSpeakers();
  const speechLevels = createLevelWatch();
  let board = EMPTY_BOARD;
  let pending: BoardUpdate[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => undefined;

  function push(update: BoardUpdate): void {
    pending.push(update);
    timer ??= setTimeout(flush, BATCH_MS);
  }

  function pushLevels(levels: readonly CallLevels[]): void {
    speechLevels.add(levels);
    speakers.read(levels).forEach(push);
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const [previous, now] = [board, Date.now()];
    if (pending.length > 0) {
      board = applyUpdates(board, pending, now);
      pending = [];
      speakers.keep(board.calls);
      speechLevels.keep(board.calls);
    }
    const { thresholds } = settings.state();
    const attention = attentionOf(board.attention, board.calls.values(), (call) =>
      reasonsOf(call, speechLevels.levelOf(call.id), thresholds, now),
    );
    if (attention !== board.attention) board = { ...board, attention };
    if (board !== previous) for (const listener of listeners) listener();
  }

  function tick(): void {
    if ([...board.calls.values()].some(({ seenEndedAt }) => seenEndedAt !== undefined))
      pending.push({ __typename: 'Tick' });
    flush();
  }

  function start(): () => void {
    // What was known before may be wrong by now.
    board = EMPTY_BOARD;
    speakers.clear();
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
          if (liveCalls.__typename === 'LiveCallsSnapshot') speakers.clear();
          push(liveCalls);
          // The snapshot contains the last utterances up to its cursor, so speech events are read after that cursor.
          if (liveCalls.__typename === 'LiveCallsSnapshot') followSpeech(liveCalls.cursor);
        },
      },
    );
    const stopLevels = followAllLevels({ socket, settings, canListen, onLevels: pushLevels });
    const stopSettings = settings.subscribe(flush);
    const ticks = setInterval(tick, TICK_MS);
    return () => {
      stopCalls();
      stopSpeech();
      stopLevels();
      stopSettings();
      clearInterval(ticks);
      clearTimeout(timer);
      timer = undefined;
      pending = [];
    };
  }

  return {
    state: () => board,
    push,
    pushLevels,
    showRows(callIds) {
      if (!settings.state().measuresAll) speakers.stop(callIds).forEach(push);
    },
    size: () => Math.max(board.calls.size, speakers.size, speechLevels.size),
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
