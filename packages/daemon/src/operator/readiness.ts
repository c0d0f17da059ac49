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
  /** Missing without a cluster. */
  readonly cluster?: (() => ClusterReport) | undefined;
  readonly providers: () => readonly ProviderPart[];
  readonly transcribers: () => readonly Part[];
}

/** Why the daemon is not ready. */
export type Unreadiness =
  'starting or stopping' | 'draining' | 'events cannot be stored' | 'all providers have failed';

export interface ReadinessReport {
  readonly ready: boolean;
  readonly reason: Unreadiness | null;
  readonly store: { readonly state: 'OK' } | FailureReport;
  /** Null without a cluster. The daemon is ready also if NATS is away: it continues with its own calls. */
  readonly cluster: ClusterReport | null;
  readonly providers: readonly PartReport[];
  readonly transcribers: readonly PartReport[];
}

/** This node among the others. */
export interface ClusterReport {
  readonly node: string;
  /** Whether the lease of this node is confirmed; TAKEN if another process has its name. */
  readonly lease: 'HELD' | 'UNCONFIRMED' | 'TAKEN';
  readonly nats: { readonly state: 'OK' } | FailureReport;
  /** The nodes that live, or have not been judged yet, as this node sees them. */
  readonly peers: readonly {
    readonly node: string;
    readonly version: string;
    readonly isDraining: boolean;
  }[];
}

interface FailureReport {
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
    const { storeFailure, cluster, providers, transcribers } = this.#deps;
    const { problem } = this;
    return {
      ready: problem === undefined,
      reason: problem ?? null,
      store: stateOf(storeFailure()),
      cluster: cluster?.() ?? null,
      providers: providers().map(toReport),
      transcribers: transcribers().map(toReport),
    };
  }
}

/** @param failure undefined if there is none */
export function stateOf(failure: FaultError | undefined): { readonly state: 'OK' } | FailureReport {
  if (!failure) return { state: 'OK' };
  const { code, message, remedy } = failure;
  return { state: 'FAILED', code, message, remedy };
}

const toReport = ({ id, state, stateMessage }: Part): PartReport => ({
  id,
  state,
  message: stateMessage ?? null,
});
