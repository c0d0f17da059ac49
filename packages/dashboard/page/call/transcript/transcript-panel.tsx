/** The transcript: updated live during a call, synchronised with the recording afterwards. */
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useSearch } from 'wouter';
import type { ApiError } from '../../api/errors.ts';
import { useCurrentLine, type Playable } from '../../playback/use-playback.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import type { Call } from '../documents.ts';
import { callLink, linkTarget, positionOf } from '../call-link.ts';
import { lineAt, spansOf } from '../spans.ts';
import type { CallTimeline } from '../call-timeline.ts';
import { Transcript } from './transcript.tsx';
import { transcriptionNotice } from './transcription-notice.ts';

interface TranscriptPanelProps {
  readonly call: Pick<Call, 'id' | 'isLive' | 'answeredAt' | 'createdAt'>;
  readonly timeline: CallTimeline;
  readonly error: ApiError | undefined;
  readonly playable: Playable;
}

export function TranscriptPanel({ call, timeline, error, playable }: TranscriptPanelProps) {
  const { lines, partials, isLoaded, entries } = timeline;
  const { isLive } = call;
  const notice = transcriptionNotice(entries, isLive);
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);
  const spans = useMemo(() => spansOf(lines, answeredAt), [lines, answeredAt]);
  const playback = playable.status === 'ready' ? playable.playback : undefined;
  const playingId = useCurrentLine(playback, spans);

  // A link to a line or a moment: playback starts there.
  const target = linkTarget(useSearch());
  const linkedMs = isLoaded && !isLive ? positionOf(target, spans) : undefined;
  const linkedId = target.line ?? (linkedMs === undefined ? undefined : lineAt(spans, linkedMs));
  const positioned = useRef<unknown>(undefined);
  useEffect(() => {
    if (!playback || linkedMs === undefined || positioned.current === playback) return;
    positioned.current = playback;
    playback.seek(linkedMs);
  }, [playback, linkedMs]);
  const linkTo = useCallback((line: string) => callLink(call.id, { line }), [call.id]);

  function playLine(id: string): void {
    const span = spans.find((each) => each.id === id);
    if (!span || !playback) return;
    playback.seek(span.fromMs);
    playback.play();
  }

  return (
    <section className="card call-transcript" aria-label={isLive ? 'Live transcript' : 'Transcript'}>
      <p className="transcription-notice" role="status" dir="auto">
        {notice}
      </p>
      {error ? (
        <ErrorState error={error} />
      ) : lines.length > 0 || partials.size > 0 ? (
        <Transcript
          lines={lines}
          partials={partials}
          spans={spans}
          isLive={isLive}
          currentId={isLive || !playback ? linkedId : playingId}
          onLine={playback ? playLine : undefined}
          linkTo={linkTo}
        />
      ) : (
        <NoTranscript isLoaded={isLoaded} isLive={isLive} isFailing={notice !== undefined} />
      )}
    </section>
  );
}

interface NoTranscriptProps {
  readonly isLoaded: boolean;
  readonly isLive: boolean;
  /** Whether the notice says what is wrong with the transcriber. */
  readonly isFailing: boolean;
}

function NoTranscript({ isLoaded, isLive, isFailing }: NoTranscriptProps) {
  if (!isLoaded) return <Loading label="Loading the transcript…" />;
  return (
    <EmptyState title={isLive && !isFailing ? 'No speech yet' : 'Transcript not available'}>
      {isFailing
        ? 'The transcriber does not work, as stated above.'
        : isLive
          ? 'The transcript appears here during the call, if the provider or a transcriber sends one.'
          : 'No transcript was received for this call.'}
    </EmptyState>
  );
}
