// Keeps a number of calls of each provider running, for demonstrations. The first calls start at intervals, and an
// ended call is replaced after a pause. While a target is unreachable, no call starts, and the check is repeated.

import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import type { SimulatedCall } from './call-state.ts';
import { pause } from '../pause.ts';

/** The pause between an ended call and the next one. */
const PAUSE_MS = 3_000;
/** The interval between the first calls of one provider. */
const STAGGER_MS = 4_000;
/** The interval between two checks of an unreachable target. */
const PROBE_PAUSE_MS = 1_000;
/** The timeout of one check. */
const PROBE_TIMEOUT_MS = 1_000;

/** One kind of call to keep running. */
interface GeneratedCalls {
  /** The target of its webhooks; no call starts while it is unreachable. */
  target(): string | undefined;
  /** Starts the next call. */
  start(): SimulatedCall;
}

/** Options of the call generator. */
interface CallGeneratorOptions {
  readonly kinds: readonly GeneratedCalls[];
  /** The number of calls of each kind. */
  readonly calls: number;
  readonly pauseMs?: number;
  readonly staggerMs?: number;
}

/** Starts the generator. Returns a function that stops it; live calls continue. */
export function startCallGenerator({
  kinds,
  calls,
  pauseMs = PAUSE_MS,
  staggerMs = STAGGER_MS,
}: CallGeneratorOptions): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each slot adds one listener.
  setMaxListeners(0, signal);

  const keepSlot = async (kind: GeneratedCalls, delayMs: number): Promise<void> => {
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
    for (let slot = 0; slot < calls; slot += 1) {
      void keepSlot(kind, slot * staggerMs + (index * staggerMs) / kinds.length);
    }
  }
  return () => stopping.abort();
}

/** Returns whether the host of a URL accepts connections. Never rejects. */
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
