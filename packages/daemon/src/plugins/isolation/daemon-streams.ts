/** The media streams that a plugin in a thread has opened, and the demand for its calls as it knows it. */
import type { MediaStream, ProviderCallId, ProviderHost } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { Handlers, Link } from './link/link.ts';
import { DEMAND_KINDS, type DaemonMethods, type DemandBits, type ThreadMethods } from './link/protocol.ts';
import { MAX_CALLS } from './thread/thread-streams.ts';

interface OpenStream {
  readonly stream: MediaStream;
  readonly providerCallId: ProviderCallId;
}

type StreamMethods = 'openStream' | 'write' | 'skip' | 'gap' | 'endStream' | 'readDemand';

export class DaemonStreams {
  readonly #host: ProviderHost;
  readonly #link: Pick<Link<ThreadMethods, DaemonMethods>, 'note'>;
  readonly #open = new Map<number, OpenStream>();
  /** The demand that was sent to the thread, by call. */
  readonly #sent = new BoundedMap<ProviderCallId, DemandBits>(MAX_CALLS);

  constructor(host: ProviderHost, link: Pick<Link<ThreadMethods, DaemonMethods>, 'note'>) {
    this.#host = host;
    this.#link = link;
    host.onDemandChange((call) => this.#send(call));
  }

  /** Sends the demand for a call if it has changed without a change of the clients: when the call begins or ends. */
  refresh(providerCallId: ProviderCallId): void {
    const sent = this.#sent.get(providerCallId);
    if (sent !== undefined && sent !== this.#demandOf(providerCallId)) this.#send(providerCallId);
  }

  #send(providerCallId: ProviderCallId): void {
    const demand = this.#demandOf(providerCallId);
    this.#sent.set(providerCallId, demand);
    this.#link.note('demandChanged', providerCallId, demand);
  }

  #demandOf(providerCallId: ProviderCallId): DemandBits {
    let bits = 0;
    for (let index = 0; index < DEMAND_KINDS.length; index++)
      if (this.#host.hasDemand(DEMAND_KINDS[index]!, providerCallId)) bits |= 1 << index;
    return bits;
  }

  /** @param asRequest runs a task as part of a request. */
  handlers(
    asRequest: (request: number, task: () => void) => void,
  ): Pick<Handlers<DaemonMethods>, StreamMethods> {
    return {
      openStream: (id, request, options) => {
        asRequest(request, () => {
          const { providerCallId } = options;
          this.#open.set(id, { stream: this.#host.openStream(options), providerCallId });
          this.refresh(providerCallId);
        });
      },
      write: (id, party, bytes, positionMs) => this.#open.get(id)?.stream.write(party, bytes, positionMs),
      skip: (id, frames, bytes) => {
        const { stream } = this.#open.get(id) ?? {};
        // The bytes of all frames count as those of the first.
        for (let frame = 0; frame < frames; frame++) stream?.skip(frame === 0 ? bytes : 0);
      },
      gap: (id, party, durationMs, frames) => this.#open.get(id)?.stream.gap(party, durationMs, frames),
      endStream: (id, reason) => {
        const open = this.#open.get(id);
        this.#open.delete(id);
        open?.stream.end(reason);
        if (open) this.refresh(open.providerCallId);
      },
      readDemand: (providerCallId) => this.#send(providerCallId),
    };
  }
}
