/** The media streams of a plugin in a thread, and its view of the demand. */
import type { DemandKind, MediaStream, ProviderCallId } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { Link } from '../link/link.ts';
import { ALL_DEMAND, DEMAND_KINDS, type DaemonMethods, type DemandBits } from '../link/protocol.ts';

/** How long skipped frames are counted before the count is sent, ms. */
export const SKIP_INTERVAL_MS = 200;
/** Most calls whose demand is known. */
export const MAX_CALLS = 20_000;

type ToDaemon = Pick<Link<DaemonMethods, object>, 'note' | 'offer'>;

/** Returns the stream with the id. `schedule` runs a task later. */
export function createThreadStream(
  id: number,
  {
    link,
    schedule,
  }: { readonly link: ToDaemon; readonly schedule: (delayMs: number, task: () => void) => void },
): MediaStream {
  let frames = 0;
  let bytes = 0;
  let isEnded = false;
  let isScheduled = false;

  /** Skipped frames are only counted, so many are sent at once. */
  function reportSkipped(): void {
    isScheduled = false;
    if (frames > 0) link.offer('skip', id, frames, bytes);
    frames = 0;
    bytes = 0;
  }

  return {
    write(party, given, positionMs) {
      if (isEnded) return;
      // Copied, because the plugin may reuse it.
      link.offer('write', id, party, given instanceof Uint8Array ? given.slice() : given, positionMs);
    },
    skip(size) {
      if (isEnded) return;
      frames++;
      bytes += size;
      if (isScheduled) return;
      isScheduled = true;
      schedule(SKIP_INTERVAL_MS, reportSkipped);
    },
    gap(party, durationMs, lost) {
      if (!isEnded) link.offer('gap', id, party, durationMs, lost);
    },
    end(reason) {
      if (isEnded) return;
      isEnded = true;
      reportSkipped();
      link.note('endStream', id, reason);
    },
  };
}

type Listener = (providerCallId: ProviderCallId) => void;

/** The demand as far as the daemon has reported it. Unknown demand counts as demand: the daemon drops what it does not need. */
export class ThreadDemand {
  readonly #link: ToDaemon;
  readonly #run: (where: string, task: () => unknown) => void;
  readonly #known = new BoundedMap<ProviderCallId, DemandBits>(MAX_CALLS);
  readonly #listeners = new Set<Listener>();

  /** @param run runs a listener, whose exceptions are those of the plugin. */
  constructor(link: ToDaemon, run: (where: string, task: () => unknown) => void) {
    this.#link = link;
    this.#run = run;
  }

  has(kind: DemandKind, providerCallId: ProviderCallId): boolean {
    const known = this.#known.get(providerCallId) ?? this.#read(providerCallId);
    return (known & (1 << DEMAND_KINDS.indexOf(kind))) !== 0;
  }

  #read(providerCallId: ProviderCallId): DemandBits {
    this.#known.set(providerCallId, ALL_DEMAND);
    this.#link.offer('readDemand', providerCallId);
    return this.#known.get(providerCallId) ?? ALL_DEMAND;
  }

  changed(providerCallId: ProviderCallId, demand: DemandBits): void {
    this.#known.set(providerCallId, demand);
    for (const listener of this.#listeners)
      this.#run('onDemandChange listener', () => listener(providerCallId));
  }

  onChange(listener: Listener): () => void {
    // A function may be added twice.
    const own: Listener = (id) => listener(id);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }
}
