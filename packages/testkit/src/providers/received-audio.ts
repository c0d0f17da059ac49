/** Collects by party the audio that was written because of a message. */
import type { Party } from '@sidetone/core';
import type { FakeGap, FakeStream } from '../fakes/fake-stream.ts';
import type { ExpectedAudio } from './scenario.ts';

type AudioByParty = ReadonlyMap<Party, readonly number[]>;

/** The audio that a message contains according to the scenario, and the audio that was written. */
export interface ReceivedAudio {
  readonly expected: ExpectedAudio;
  readonly audio: AudioByParty;
  readonly gaps: readonly FakeGap[];
}

/** Number of writes and gaps of a stream. */
export interface StreamPosition {
  readonly writes: number;
  readonly gaps: number;
}

/** Returns the current position of each stream. */
export const positionsOf = (streams: readonly FakeStream[]): readonly StreamPosition[] =>
  streams.map(({ writes, gaps }) => ({ writes: writes.length, gaps: gaps.length }));

/** Returns what was written to all streams after `positions`. Streams without a position were opened later. */
export function audioSince(
  streams: readonly FakeStream[],
  positions: readonly StreamPosition[],
  expected: ExpectedAudio,
): ReceivedAudio {
  return {
    expected,
    audio: merged(streams.map((stream, i) => writtenAudio(stream, positions[i]?.writes ?? 0))),
    gaps: streams.flatMap(({ gaps }, i) => gaps.slice(positions[i]?.gaps ?? 0)),
  };
}

function writtenAudio({ options, writes }: FakeStream, from: number): AudioByParty {
  const sampleBytes = options.encoding === 'mulaw' ? 1 : 2;
  const frameBytes = sampleBytes * options.parties.length;
  const pieces = writes.slice(from).map(({ party, bytes }) => {
    if (party !== 'INTERLEAVED') return new Map([[party, [...bytes]]]);
    return new Map(
      options.parties.map((each, channel) => {
        const isOfChannel = (_byte: number, at: number): boolean =>
          Math.floor((at % frameBytes) / sampleBytes) === channel;
        return [each, [...bytes].filter(isOfChannel)];
      }),
    );
  });
  return merged(pieces);
}

function merged(parts: readonly AudioByParty[]): AudioByParty {
  const all = new Map<Party, number[]>();
  for (const part of parts) {
    for (const [party, bytes] of part) all.set(party, [...(all.get(party) ?? []), ...bytes]);
  }
  return all;
}
