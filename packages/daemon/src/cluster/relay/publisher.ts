/** Sends live data of the calls of this node to the nodes that demand it. What cannot be sent at once is dropped and counted. */
import type { CallId } from '@sidetone/core';
import type { Wire } from '../connection/ports.ts';
import type { Subjects } from '../subjects.ts';
import type { RelayKind } from './kinds.ts';
import type { RemoteDemand } from './remote-demand.ts';

export interface RelayPublisherDeps {
  readonly wire: Pick<Wire, 'offer'>;
  readonly subjects: Pick<Subjects, 'live'>;
  readonly instance: string;
  readonly demand: Pick<RemoteDemand, 'has'>;
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
    const { wire, subjects, instance, demand } = this.#deps;
    if (!demand.has(kind, callId)) return;
    const isSent = wire.offer(subjects.live(kind, callId, instance), payload());
    this.#counts[isSent ? 'sent' : 'dropped'] += 1;
  }
}
