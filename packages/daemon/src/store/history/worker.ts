/**
 * Another thread that answers questions about history, so that none, however long, holds up the loop that hears audio.
 * It is given one question at a time. SQLite cannot be interrupted in the middle of a statement from outside, so a
 * question that takes too long ends with its thread; the next one begins a new thread.
 */
import { Worker } from 'node:worker_threads';
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { Ask, Question } from './history.ts';

/** How long one question may take, ms. */
export const QUERY_MS = 10_000;
/** How long one may wait for those before it, ms. */
export const WAIT_MS = 20_000;
/** Most questions that wait. */
export const MAX_WAITING = 1000;
/** What a thread may take of memory; one that needs more ends alone. */
const THREAD_MEGABYTES = 512;

export interface ThreadOptions {
  /** The database file. */
  readonly path: string;
}

export interface ThreadQuestion {
  readonly id: number;
  readonly name: Question;
  readonly args: readonly unknown[];
}

export type ThreadAnswer =
  | { readonly id: number; readonly isAnswer: true; readonly value: unknown }
  | { readonly id: number; readonly isAnswer: false; readonly reason: string };

/** A thread, as it is seen from here. */
export interface Thread {
  ask(question: ThreadQuestion): void;
  /** Ends it, in the middle of whatever it does. Nothing is heard of it afterwards. */
  end(): Promise<unknown>;
}

export interface ThreadListener {
  answered(answer: ThreadAnswer): void;
  /** It ended by itself. */
  died(reason: string): void;
}

export type StartThread = (listener: ThreadListener) => Thread;

export interface HistoryWorkerDeps {
  readonly start: StartThread;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Asked extends ThreadQuestion {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  /** Ends the wait for those before it, or for its answer. */
  cancelTimer: () => void;
}

export class HistoryWorker {
  readonly #deps: HistoryWorkerDeps;
  readonly #waiting: Asked[] = [];
  #current: Asked | undefined;
  #thread: Thread | undefined;
  #isClosed = false;
  #lastId = 0;

  constructor(deps: HistoryWorkerDeps) {
    this.#deps = deps;
  }

  readonly ask: Ask = (name, ...args) =>
    new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closing());
      if (this.#waiting.length >= MAX_WAITING) {
        const message = `${MAX_WAITING} questions about history wait already`;
        return reject(new FaultError('LIMIT_EXCEEDED', message, { details: { maximum: MAX_WAITING } }));
      }
      const asked: Asked = { id: ++this.#lastId, name, args, resolve, reject, cancelTimer: () => undefined };
      asked.cancelTimer = this.#deps.clock.schedule(WAIT_MS, () => this.#giveUp(asked));
      this.#waiting.push(asked);
      this.#next();
    });

  /** Ends the thread; whoever waits for an answer is told to ask again later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...(this.#current ? [this.#current] : []), ...this.#waiting.splice(0)];
    this.#current = undefined;
    for (const { cancelTimer, reject } of all) {
      cancelTimer();
      reject(closing());
    }
    await this.#endThread();
  }

  #next(): void {
    if (this.#current) return;
    const asked = this.#waiting.shift();
    if (!asked) return;
    this.#current = asked;
    asked.cancelTimer();
    asked.cancelTimer = this.#deps.clock.schedule(QUERY_MS, () => this.#cutOff(asked));
    const { id, name, args } = asked;
    try {
      this.#thread ??= this.#begin();
      this.#thread.ask({ id, name, args });
    } catch (error) {
      this.#lose(messageOf(error));
    }
  }

  #begin(): Thread {
    const thread = this.#deps.start({
      answered: (answer) => {
        if (thread === this.#thread) this.#settle(answer);
      },
      died: (reason) => {
        if (thread === this.#thread) this.#lose(reason);
      },
    });
    return thread;
  }

  #settle(answer: ThreadAnswer): void {
    const asked = this.#take();
    if (!asked) return;
    if (answer.isAnswer) asked.resolve(answer.value as never);
    else asked.reject(new Error(`${asked.name}: ${answer.reason}`));
    this.#next();
  }

  /** The thread is gone; the next question begins another. */
  #lose(reason: string): void {
    this.#thread = undefined;
    const asked = this.#take();
    this.#deps.log.error('the reader of history died, and begins anew', { question: asked?.name, reason });
    asked?.reject(new FaultError('HISTORY_UNAVAILABLE', 'the reader of history died while it looked'));
    this.#next();
  }

  #cutOff(asked: Asked): void {
    if (asked !== this.#current) return;
    this.#take();
    void this.#endThread();
    this.#deps.log.warn('a question about history took too long', {
      question: asked.name,
      maximumMs: QUERY_MS,
    });
    asked.reject(tooLong(QUERY_MS));
    this.#next();
  }

  #giveUp(asked: Asked): void {
    const place = this.#waiting.indexOf(asked);
    if (place === -1) return;
    this.#waiting.splice(place, 1);
    asked.reject(tooLong(WAIT_MS));
  }

  #take(): Asked | undefined {
    const asked = this.#current;
    this.#current = undefined;
    asked?.cancelTimer();
    return asked;
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }
}

const closing = (): FaultError => new FaultError('DAEMON_DRAINING', 'the daemon is stopping');

const tooLong = (maximumMs: number): FaultError =>
  new FaultError('HISTORY_TIMEOUT', `the answer was not there within ${maximumMs / 1000} seconds`, {
    details: { maximumMs },
  });

/** What a thread runs. Node starts none from TypeScript: what has no build needs arguments that make it do so. */
export interface ThreadProgram {
  readonly module: URL;
  readonly execArgv?: readonly string[];
}

const BUILT: ThreadProgram = { module: new URL('./thread.js', import.meta.url) };

/** Threads of Node, which hold no process open. */
export function startThreads(
  options: ThreadOptions,
  { module, execArgv = [] }: ThreadProgram = BUILT,
): StartThread {
  return ({ answered, died }) => {
    const worker = new Worker(module, {
      workerData: options,
      execArgv: [...execArgv],
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
    });
    worker.unref();
    let reason: string | undefined;
    worker.on('message', answered);
    worker.on('error', (error) => (reason = messageOf(error)));
    worker.on('exit', (code) => died(reason ?? `exit code ${code}`));
    return {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      ask: (question) => worker.postMessage(question),
      end: () => worker.terminate(),
    };
  };
}
