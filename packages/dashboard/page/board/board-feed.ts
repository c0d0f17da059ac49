/** The board as a store outside React: subscriptions put news in, and readers are told of a batch of them at a time. */
import type { Client } from 'urql';
import { troubleOf } from '../api/errors.ts';
import { EMPTY_BOARD, take, type Board, type News } from './board-state.ts';
import { LIVE_CALLS, WORDS } from './documents.ts';

export interface BoardFeed {
  readonly state: () => Board;
  /** Runs while somebody listens. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly tell: (news: News) => void;
}

/** 200 calls have some fifty pieces of news a second: the list is rendered for a batch of them. */
const BATCH_MS = 100;
const TICK_MS = 1000;

export function createBoardFeed(client: Client): BoardFeed {
  const listeners = new Set<() => void>();
  let board = EMPTY_BOARD;
  let waiting: News[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => undefined;

  function tell(news: News): void {
    waiting.push(news);
    timer ??= setTimeout(settle, BATCH_MS);
  }

  function settle(): void {
    timer = undefined;
    board = take(board, waiting, Date.now());
    waiting = [];
    for (const listener of listeners) listener();
  }

  function start(): () => void {
    let stopWords = (): void => undefined;
    const follow = (after: string): void => {
      stopWords();
      stopWords = client.subscription(WORDS, { after }).subscribe(({ data }) => {
        if (data) tell(data.callEvents);
      }).unsubscribe;
    };
    const calls = client.subscription(LIVE_CALLS, {}).subscribe(({ data, error }) => {
      if (error) tell({ __typename: 'Trouble', trouble: troubleOf(error) });
      if (!data) return;
      tell(data.liveCalls);
      // The picture holds the last words up to its cursor: what is said behind it follows, and nothing is told twice.
      if (data.liveCalls.__typename === 'LiveCallsSnapshot') follow(data.liveCalls.cursor);
    });
    const ticks = setInterval(() => {
      if ([...board.calls.values()].some(({ leftAt }) => leftAt !== undefined)) tell({ __typename: 'Tick' });
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
    tell,
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
