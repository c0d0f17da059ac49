/**
 * Whether the daemon can do its work, for `/readyz`: it has started, events can be stored, and at least one provider works or may work
 * again without the operator.
 */
import type { FaultError, ProviderState } from '@sidetone/core';

/** A plugin instance of the configuration. */
interface Part {
  readonly id: string;
  readonly state: ProviderState;
  readonly stateMessage: string | undefined;
}

interface ProviderPart extends Part {
  /** Whether it has failed until the daemon restarts. */
  readonly isFinal: boolean;
}

export interface ReadinessDeps {
  /** Whether the start has ended, and the stop has not begun. */
  readonly hasStarted: () => boolean;
  /** Whether the daemon accepts no further calls, because it will stop and other nodes of its cluster take them. */
  readonly isDraining?: () => boolean;
  readonly storeFailure: () => FaultError | undefined;
  readonly providers: () => readonly ProviderPart[];
  readonly transcribers: () => readonly Part[];
}

/** Why the daemon is not ready. */
export type Unreadiness =
  'starting or stopping' | 'draining' | 'events cannot be stored' | 'all providers have failed';

export interface ReadinessReport {
  readonly ready: boolean;
  readonly reason: Unreadiness | null;
  readonly store: { readonly state: 'OK' } | StoreFailureReport;
  readonly providers: readonly PartReport[];
  readonly transcribers: readonly PartReport[];
}

/** Why events cannot be stored. */
interface StoreFailureReport {
  readonly state: 'FAILED';
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** The state of a plugin instance. */
export interface PartReport {
  readonly id: string;
  readonly state: ProviderState;
  /** Why it is FAILED or DEGRADED, with the remedy. */
  readonly message: string | null;
}

export class Readiness {
  readonly #deps: ReadinessDeps;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  /** Why the daemon is not ready; undefined if it is. */
  get problem(): Unreadiness | undefined {
    const { hasStarted, isDraining, storeFailure, providers } = this.#deps;
    if (!hasStarted()) return 'starting or stopping';
    if (isDraining?.()) return 'draining';
    if (storeFailure()) return 'events cannot be stored';
    const configured = providers();
    const noneCanWork = configured.length > 0 && configured.every(({ isFinal }) => isFinal);
    return noneCanWork ? 'all providers have failed' : undefined;
  }

  report(): ReadinessReport {
    const { storeFailure, providers, transcribers } = this.#deps;
    const failure = storeFailure();
    const { problem } = this;
    return {
      ready: problem === undefined,
      reason: problem ?? null,
      store: failure ? toFailureReport(failure) : { state: 'OK' },
      providers: providers().map(toReport),
      transcribers: transcribers().map(toReport),
    };
  }
}

const toFailureReport = ({ code, message, remedy }: FaultError): StoreFailureReport => ({
  state: 'FAILED',
  code,
  message,
  remedy,
});

const toReport = ({ id, state, stateMessage }: Part): PartReport => ({
  id,
  state,
  message: stateMessage ?? null,
});
