/** The transcript: updated live during a call, synchronised with the recording afterwards. */
import { useEffect, useMemo, useRef } from 'react';
import { useSearch } from 'wouter';
import type { ApiError } from '../api/errors.ts';
import { useCurrentLine, type Playable } from '../playback/use-playback.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import type { Call } from './documents.ts';
import { spansOf } from './spans.ts';
import type { CallTimeline } from './call-timeline.ts';
import { Transcript } from './transcript.tsx';
import { transcriptionNotice } from './transcription-notice.ts';

interface TranscriptPanelProps {
  readonly call: Pick<Call, 'isLive' | 'answeredAt' | 'createdAt'>;
  readonly timeline: CallTimeline;
  readonly error: ApiError | undefined;
  readonly playable: Playable;
}

export function TranscriptPanel({ call, timeline, error, playable }: TranscriptPanelProps) {
  const { lines, partials, isLoaded, entries } = timeline;
  const { isLive } = call;
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);
  const spans = useMemo(() => spansOf(lines, answeredAt), [lines, answeredAt]);
  const playback = playable.status === 'ready' ? playable.playback : undefined;
  const playingId = useCurrentLine(playback, spans);

  // A link from a search result: start at the line that matched.
  const linkedId = new URLSearchParams(useSearch()).get('line') ?? undefined;
  const positioned = useRef<unknown>(undefined);
  const linkedSpan = isLoaded && !isLive ? spans.find(({ id }) => id === linkedId) : undefined;
  useEffect(() => {
    if (!playback || !linkedSpan || positioned.current === playback) return;
    positioned.current = playback;
    playback.seek(linkedSpan.fromMs);
  }, [playback, linkedSpan]);

  function playLine(id: string): void {
    const span = spans.find((each) => each.id === id);
    if (!span || !playback) return;
    playback.seek(span.fromMs);
    playback.play();
  }

  return (
    <section className="card call-transcript" aria-label={isLive ? 'Live transcript' : 'Transcript'}>
      <p className="transcription-notice" role="status">
        {transcriptionNotice(entries, isLive)}
      </p>
      {error ? (
        <ErrorState error={error} />
      ) : lines.length > 0 || partials.size > 0 ? (
        <Transcript
          lines={lines}
          partials={partials}
          spans={spans}
          isLive={isLive}
          currentId={isLive ? undefined : playback ? playingId : linkedId}
          onLine={playback ? playLine : undefined}
        />
      ) : (
        <NoTranscript isLoaded={isLoaded} isLive={isLive} />
      )}
    </section>
  );
}

function NoTranscript({ isLoaded, isLive }: { readonly isLoaded: boolean; readonly isLive: boolean }) {
  if (!isLoaded) return <Loading label="Loading the transcript…" />;
  return (
    <EmptyState title={isLive ? 'No speech yet' : 'Transcript not available'}>
      {isLive
        ? 'The transcript appears here during the call, if the provider or a transcriber sends one.'
        : 'No transcript was received for this call.'}
    </EmptyState>
  );
}
