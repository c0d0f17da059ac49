/**
 * The other nodes, as far as decisions about calls need them. A node never sends a request on: if it does not own the call, it
 * answers so, and the sender loads the call again.
 */
import type { CallFact, CallId, ProviderCallId, ProviderEvent, ProviderId } from '@sidetone/core';
import type { Owner } from '../loading/ports.ts';

/** What a node asks the owner of a call for, by name. All values can be written as JSON. */
export interface PeerRequests {
  /** Accepts an event of a provider. Answered when it is stored. */
  readonly event: {
    readonly providerId: ProviderId;
    /** With a dedupe key, so that a repeated request stores it once. */
    readonly event: ProviderEvent;
    readonly by?: string;
  };
  /** Records an event of a stream, a recording or a client. Answered when it is stored. */
  readonly fact: {
    readonly callId: CallId;
    readonly fact: CallFact;
    readonly at: number;
    readonly dedupeKey: string;
  };
  /** Gives up a call. Answered when another node can claim it. */
  readonly handOver: { readonly providerId: ProviderId; readonly providerCallId: ProviderCallId };
  /** Gives up a call that has ended. Answered when another node can claim it. */
  readonly giveUp: { readonly callId: CallId };
  /** Becomes the owner of a call that its owner has given up. */
  readonly adopt: { readonly providerId: ProviderId; readonly providerCallId: ProviderCallId };
  /** Executes what a client does to a call. Answered with its result. */
  readonly act: { readonly action: string; readonly request: object };
}

export type PeerRequestName = keyof PeerRequests;

/** The answers. All values can be written as JSON. */
export interface PeerReplies {
  /** The id of the call; missing if the call was erased. */
  readonly event: { readonly callId?: CallId };
  readonly fact: void;
  readonly handOver: void;
  readonly giveUp: void;
  readonly adopt: void;
  readonly act: unknown;
}

export interface Peers {
  /**
   * Sends a request to a node and waits for its answer, for as long as the kind of the request permits, or `waitMs`.
   * @throws {FaultError} the fault of the node, such as NOT_OWNER; CLUSTER_OUTCOME_UNKNOWN if it may have executed the request; another
   * one of CLUSTER_FAULTS if it did certainly not.
   */
  request<Name extends PeerRequestName>(
    owner: Owner,
    name: Name,
    request: PeerRequests[Name],
    waitMs?: number,
  ): Promise<PeerReplies[Name]>;
}

/** Executes the requests of other nodes. Each rejects with a fault, which is the answer. */
export type PeerHandlers = {
  readonly [Name in PeerRequestName]: (request: PeerRequests[Name]) => Promise<PeerReplies[Name]>;
};
