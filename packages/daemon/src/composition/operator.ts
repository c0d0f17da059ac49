/** What the operator sees: readiness, and turns of the event loop that take long. */
import type { ProviderId } from '@sidetone/core';
import { LoopMonitor } from '../loop/loop-monitor.ts';
import { Readiness } from '../operator/readiness.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerOperator(register: Register, { cluster, clock, log, isReady }: Environment): void {
  register(
    tokens.LOOP_MONITOR,
    (get) =>
      new LoopMonitor({
        clock,
        log: log('loop'),
        onBlocked: (plugin, work, workMs) =>
          get(tokens.PROVIDERS)
            .get(plugin as ProviderId)
            ?.blocks.add(work, workMs),
      }),
  );
  register(
    tokens.READINESS,
    (get) =>
      new Readiness({
        hasStarted: isReady,
        isDraining: () => cluster?.membership?.isDraining ?? false,
        storeFailure: () => get(tokens.STORE_HEALTH).failure,
        providers: () => get(tokens.PROVIDERS).list(),
        transcribers: () => get(tokens.TRANSCRIBERS).list(),
      }),
  );
}
