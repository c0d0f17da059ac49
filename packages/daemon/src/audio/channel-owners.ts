/**
 * Which stream provides each channel of a call, and from where on its audio is awaited. Of two streams with the same party, the
 * newer one is used. Pure. Positions are in samples.
 */
import { SAMPLES_PER_MS } from './frames.ts';
import type { StreamProgress } from './stream-progress.ts';

/** How long after the audio of a newer stream an older one of the same channel is used, ms. */
const OWNED_MS = 500;
/** A party whose audio ends this much before that of another party of its stream is not awaited, ms: it is silent. */
const MAX_PARTY_LAG_MS = 1000;

/** A stream that provides one or two channels. */
export interface ProvidingStream {
  /** Streams are numbered in order of their start. */
  readonly number: number;
  /** Where the audio of all its parties ends. */
  end: number;
  isOpen: boolean;
}

/** The audio of one party of a stream. */
export interface ChannelSource {
  readonly stream: ProvidingStream;
  readonly channel: number;
  readonly progress: StreamProgress;
}

interface Owner {
  readonly source: ChannelSource;
  readonly from: number;
  to: number;
}

export interface ChannelOwners {
  /** Records audio of a source between two positions. Returns whether no newer stream has audio of the channel there. */
  owns(source: ChannelSource, from: number, to: number): boolean;
  /** Returns the position from which audio of any channel is awaited; Infinity if none is. */
  awaitedFrom(now: number): number;
}

export function createChannelOwners(): ChannelOwners {
  const owners: (Owner | undefined)[] = [];

  return {
    owns(source, from, to) {
      const { stream, channel } = source;
      const owner = owners[channel];
      if (owner?.source.stream === stream) {
        owner.to = Math.max(owner.to, to);
        return true;
      }
      const isNewer = !owner || owner.source.stream.number < stream.number;
      const isAfter = owner !== undefined && from >= owner.to + OWNED_MS * SAMPLES_PER_MS;
      if (isNewer || isAfter) owners[channel] = { source, from, to };
      return isNewer || isAfter || to <= owner.from;
    },
    awaitedFrom(now) {
      let position = Infinity;
      for (const owner of owners) {
        if (!owner?.source.stream.isOpen) continue;
        const { stream, progress } = owner.source;
        const from = progress.awaitedFrom(now);
        if (stream.end - from < MAX_PARTY_LAG_MS * SAMPLES_PER_MS) position = Math.min(position, from);
      }
      return position;
    },
  };
}
