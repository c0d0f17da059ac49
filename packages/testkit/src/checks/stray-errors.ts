/**
 * Collects the errors of a plugin that nothing handles: rejections without a handler, and exceptions in callbacks. They would
 * end the process and with it all other audits. While a watch runs, handlers of the process such as those of a test runner
 * are replaced.
 */
import { messageOf } from '@sidetone/core';
import { recordOf } from './collections.ts';

/** Errors that were not handled, in order. */
export interface StrayErrors {
  readonly messages: readonly string[];
  /** Collects the errors until `work` has settled. */
  during<Value>(work: () => Promise<Value>): Promise<Value>;
}

const EVENTS = {
  unhandledRejection: 'unhandled rejection',
  uncaughtException: 'uncaught exception',
} as const;
type StrayEvent = keyof typeof EVENTS;
type Listener = (error: unknown) => void;

/** The collections that receive errors. Audits of several subjects may run at once: each then receives all errors. */
const running = new Map<object, string[]>();
let restore = (): void => undefined;

/** Saved before a test runner can replace it. */
const nextTurn = globalThis.setImmediate;

function replaceListeners(): () => void {
  const restores = (Object.keys(EVENTS) as StrayEvent[]).map((event) => {
    const before = process.rawListeners(event) as Listener[];
    const collect: Listener = (error) => {
      for (const messages of running.values()) messages.push(`${EVENTS[event]}: ${messageOf(error)}`);
    };
    process.removeAllListeners(event);
    process.on(event, collect);
    return () => {
      process.removeListener(event, collect);
      for (const listener of before) process.on(event, listener);
    };
  });
  return () => restores.forEach((each) => each());
}

/** Creates a collection without errors. */
export function createStrayErrors(): StrayErrors {
  const messages = recordOf<string>();
  return {
    messages,
    async during(work) {
      const key = {};
      if (running.size === 0) restore = replaceListeners();
      running.set(key, messages);
      try {
        return await work();
      } finally {
        // A rejection counts as unhandled at the end of its turn.
        await new Promise<void>((resolve) => nextTurn(resolve));
        running.delete(key);
        if (running.size === 0) restore();
      }
    },
  };
}
