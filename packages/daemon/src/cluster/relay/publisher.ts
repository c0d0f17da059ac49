/** Sends live data of the calls of this node to the nodes that demand it. What cannot be sent at once is dropped and counted. */
import type { CallId } from '@sidetone/core';
import type { Wire } from '../connection/ports.ts';
import type { Subjects } from '../subjects.ts';
import { EVERY_CALL, type RelayKind } from './kinds.ts';
import type { RemoteDemand } from './remote-demand.ts';

export interface RelayPublisherDeps {
  readonly wire: Pick<Wire, 'offer'>;
  readonly subjects: Pick<Subjects, 'live'>;
  readonly instance: string;
  readonly demand: Pick<RemoteDemand, 'has' | 'hasEvery'>;
}

export class RelayPublisher {
  readonly #deps: RelayPublisherDeps;
  readonly #counts = { sent: 0, dropped: 0 };

  constructor(deps: RelayPublisherDeps) {
    this.#deps = deps;
  }

  get counts(): Readonly<{ sent: number; dropped: number }> {
    return this.#counts;
  }

  /** @param payload is called only if there is demand; audio is sent as it is, without JSON */
  publish(kind: RelayKind, callId: CallId, payload: () => Uint8Array | string): void {
    const { demand } = this.#deps;
    if (demand.has(kind, callId)) this.#offer(kind, callId, payload());
  }

  /** The same for several calls together, for the nodes that demand every call. */
  publishAll(kind: RelayKind, payload: () => Uint8Array | string): void {
    if (this.#deps.demand.hasEvery(kind)) this.#offer(kind, EVERY_CALL, payload());
  }

  #offer(kind: RelayKind, call: string, payload: Uint8Array | string): void {
    const { wire, subjects, instance } = this.#deps;
    const isSent = wire.offer(subjects.live(kind, call, instance), payload);
    this.#counts[isSent ? 'sent' : 'dropped'] += 1;
  }
}
