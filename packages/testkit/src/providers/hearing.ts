/** What a message brought of audio: told apart by party, however it was written. */
import type { Party } from '@sidetone/core';
import type { FakeStream } from '../fakes/fake-stream.ts';
import type { Hearing } from './scenario.ts';

/** What a message was said to bring, and what it brought. */
export interface Heard {
  readonly expected: Hearing;
  readonly heard: ReadonlyMap<Party, readonly number[]>;
  readonly missing: readonly { readonly party: Party; readonly durationMs: number }[];
}

/** How much had been written before. */
export interface StreamMark {
  readonly writes: number;
  readonly gaps: number;
}

/** Where each stream stands now. */
export const marksOf = (streams: readonly FakeStream[]): readonly StreamMark[] =>
  streams.map(({ writes, gaps }) => ({ writes: writes.length, gaps: gaps.length }));

/** What came behind the marks, on all streams; those without a mark were opened since. */
export function heardSince(
  streams: readonly FakeStream[],
  marks: readonly StreamMark[],
  expected: Hearing,
): Heard {
  const news = streams.map((stream, i) => newsOf(stream, marks[i]?.writes ?? 0, marks[i]?.gaps ?? 0));
  return {
    expected,
    heard: joined(news.map(({ heard }) => heard)),
    missing: news.flatMap(({ missing }) => missing),
  };
}

/** The bytes of each party in what was written to a stream behind `writes`, and its gaps behind `gaps`. */
function newsOf({ options, writes, gaps }: FakeStream, since: number, gapsSince: number) {
  const sampleBytes = options.encoding === 'mulaw' ? 1 : 2;
  const frameBytes = sampleBytes * options.parties.length;
  const heard = writes.slice(since).map(({ party, bytes }) => {
    if (party !== 'INTERLEAVED') return new Map([[party, [...bytes]]]);
    return new Map(
      options.parties.map((each, channel) => {
        const isOfChannel = (_byte: number, at: number): boolean =>
          Math.floor((at % frameBytes) / sampleBytes) === channel;
        return [each, [...bytes].filter(isOfChannel)];
      }),
    );
  });
  return { heard: joined(heard), missing: gaps.slice(gapsSince) };
}

function joined(
  parts: readonly ReadonlyMap<Party, readonly number[]>[],
): ReadonlyMap<Party, readonly number[]> {
  const all = new Map<Party, number[]>();
  for (const part of parts) {
    for (const [party, bytes] of part) all.set(party, [...(all.get(party) ?? []), ...bytes]);
  }
  return all;
}
