/** The dashboard and the daemon write the same subtitles, although the page contains no code of the daemon. */
import type { Utterance } from '@sidetone/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spansOf as daemonSpans } from '../packages/daemon/src/export/spans.ts';
import { writeTranscript } from '../packages/daemon/src/export/transcripts.ts';

interface Shown {
  readonly text: string;
  readonly at: string;
}
interface ShownSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The modules of the page are of another TypeScript project. */
const page = (path: string): Promise<unknown> =>
  import(new URL(`../packages/dashboard/page/${path}`, import.meta.url).href);
const { spansOf } = (await page('call/spans.ts')) as {
  spansOf: (lines: readonly Shown[], answeredAt: number) => readonly ShownSpan[];
};
const { toVtt } = (await page('export/vtt.ts')) as {
  toVtt: (lines: readonly Shown[], spans: readonly ShownSpan[], offsetMs: number) => string;
};

const offset = fc.option(fc.nat(20_000_000), { nil: undefined });
const line = fc.record({
  id: fc.uuid() as fc.Arbitrary<Utterance['id']>,
  party: fc.constantFrom<Utterance['party'][]>('CUSTOMER', 'ASSISTANT', 'UNKNOWN'),
  text: fc.oneof(fc.string(), fc.constantFrom('a <b> & c', 'two\n lines')),
  at: fc.nat(20_000_000),
  startMs: offset,
  endMs: offset,
});

test('the dashboard and the daemon write the same WebVTT', () => {
  fc.assert(
    fc.property(fc.array(line), fc.nat(10_000), fc.nat(10_000), (stored, origin, recordingMs) => {
      const lines = stored.map(({ startMs, endMs, ...each }) => ({
        ...each,
        ...(startMs !== undefined && { startMs }),
        ...(endMs !== undefined && { endMs }),
      }));
      const shown = stored.map((each) => ({
        ...each,
        at: new Date(each.at).toISOString(),
        startMs: each.startMs ?? null,
        endMs: each.endMs ?? null,
        addedBy: null,
      }));
      const spans = spansOf(shown, origin);
      expect(daemonSpans(lines, origin)).toEqual(spans.map(({ fromMs, toMs }) => ({ fromMs, toMs })));
      expect(writeTranscript('vtt', { lines, origin, recordingMs })).toBe(toVtt(shown, spans, recordingMs));
    }),
  );
});
