// Keeps calls going, as a demonstration needs them: some of each provider at any time, begun one after the other,
// each followed by a new one a few seconds after it is over. While nobody listens at the other end no call is
// begun, and the question is asked again later.

import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import type { SimulatedCall } from './call-state.ts';
import { pause } from '../pause.ts';

/** How long a place stays empty after a call. */
export const PAUSE_MS = 3_000;
/** How long after the one before a further call of the same provider begins for the first time. */
export const STAGGER_MS = 4_000;
/** How long to wait before asking again whether somebody listens. */
export const PROBE_PAUSE_MS = 1_000;
/** How long that question may take. */
export const PROBE_TIMEOUT_MS = 1_000;

/** One kind of call to keep going. */
export interface GeneratedCalls {
  /** Where news of these calls go; nothing is begun while nobody listens there. */
  target(): string | undefined;
  /** Begins the next call. */
  start(): SimulatedCall;
}

/** How calls are kept going. */
export interface CallGeneratorOptions {
  readonly kinds: readonly GeneratedCalls[];
  /** How many of each kind. */
  readonly calls: number;
  readonly pauseMs?: number;
  readonly staggerMs?: number;
}

/** Begins to keep calls going. What it gives ends that; calls that are under way are left alone. */
export function startCallGenerator({
  kinds,
  calls,
  pauseMs = PAUSE_MS,
  staggerMs = STAGGER_MS,
}: CallGeneratorOptions): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each place waits by it.
  setMaxListeners(0, signal);

  const keepPlace = async (kind: GeneratedCalls, delayMs: number): Promise<void> => {
    await pause(delayMs, signal);
    while (!signal.aborted) {
      const target = kind.target();
      if (target === undefined || !(await isListening(target))) {
        await pause(PROBE_PAUSE_MS, signal);
        continue;
      }
      if (signal.aborted) return;
      await kind.start().over;
      await pause(pauseMs, signal);
    }
  };

  for (const [index, kind] of kinds.entries()) {
    for (let place = 0; place < calls; place += 1) {
      void keepPlace(kind, place * staggerMs + (index * staggerMs) / kinds.length);
    }
  }
  return () => stopping.abort();
}

/** Whether something accepts connections where a URL points. */
export function isListening(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    });
    const settle = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, settle(false));
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
  });
}
