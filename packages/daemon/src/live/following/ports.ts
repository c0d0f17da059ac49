/** What following other nodes of a cluster needs of the messages between them. */
import type { CallId } from '@sidetone/core';

/** Live data that is not stored. */
export type RelayedKind = 'partials' | 'levels' | 'audio';

/** Must neither wait nor throw. */
export type RelayedListener = (
  callId: CallId,
  message: { readonly data: Uint8Array; text(): string },
) => void;

/** Sends live data of own calls to the nodes that demand it, and receives that of their calls. What is too much is dropped. */
export interface LiveRelay {
  /** What other nodes demand. */
  readonly demand: {
    hasEvery(kind: RelayedKind): boolean;
    hasCall(kind: RelayedKind, callId: CallId): boolean;
    /** Calls the listener when a node begins to demand, and when the last one ends. @param callId undefined: every call */
    onChange(listener: (kind: RelayedKind, callId: CallId | undefined) => void): () => void;
  };
  readonly publisher: {
    /** @param payload called only if there is demand */
    publish(kind: RelayedKind, callId: CallId, payload: () => Uint8Array | string): void;
    /** For the nodes that demand every call. */
    publishAll(kind: RelayedKind, payload: () => Uint8Array | string): void;
  };
  readonly subscriber: {
    /** @param callId undefined: every call. Returns a function that ends the demand; calling it twice is safe. */
    follow(kind: RelayedKind, callId: CallId | undefined, listener: RelayedListener): () => void;
  };
}

/** Announcements of committed positions, which can be lost. */
export interface PositionAnnouncements {
  announce(position: number): void;
  /** Calls the listener with higher positions. Returns a function that unsubscribes. */
  onHigher(listener: (position: number) => void): () => void;
}
