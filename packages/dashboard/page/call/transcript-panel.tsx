/** What was said: as it comes while the call is live; line by line with its sound when it is over. */
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

export interface TranscriptPanelProps {
  readonly call: Pick<Call, 'isLive' | 'answeredAt' | 'createdAt'>;
  readonly timeline: CallTimeline;
  readonly error: ApiError | undefined;
  readonly playable: Playable;
}

export function TranscriptPanel({ call, timeline, error, playable }: TranscriptPanelProps) {
  const { lines, partials, isLoaded } = timeline;
  const { isLive } = call;
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);
  const spans = useMemo(() => spansOf(lines, answeredAt), [lines, answeredAt]);
  const playback = playable.status === 'ready' ? playable.playback : undefined;
  const heardId = useCurrentLine(playback, spans);

  // Whoever comes from a search is shown the line that was found, and hears it first.
  const foundId = new URLSearchParams(useSearch()).get('line') ?? undefined;
  const shownFor = useRef<unknown>(undefined);
  const found = isLoaded && !isLive ? spans.find(({ id }) => id === foundId) : undefined;
  useEffect(() => {
    if (!playback || !found || shownFor.current === playback) return;
    shownFor.current = playback;
    playback.seek(found.fromMs);
  }, [playback, found]);

  function hear(id: string): void {
    const span = spans.find((each) => each.id === id);
    if (!span || !playback) return;
    playback.seek(span.fromMs);
    playback.play();
  }

  return (
    <section className="card call-transcript" aria-label={isLive ? 'What is said' : 'What was said'}>
      {error ? (
        <ErrorState error={error} />
      ) : lines.length > 0 || partials.size > 0 ? (
        <Transcript
          lines={lines}
          partials={partials}
          spans={spans}
          isLive={isLive}
          currentId={isLive ? undefined : playback ? heardId : foundId}
          onLine={playback ? hear : undefined}
        />
      ) : (
        <NoTranscript isLoaded={isLoaded} isLive={isLive} />
      )}
    </section>
  );
}

function NoTranscript({ isLoaded, isLive }: { readonly isLoaded: boolean; readonly isLive: boolean }) {
  if (!isLoaded) return <Loading label="Loading what was said…" />;
  return (
    <EmptyState title={isLive ? 'Nothing said yet' : 'No words'}>
      {isLive
        ? 'Words appear here as they are said, if the provider tells them.'
        : 'The provider told no words of this call.'}
    </EmptyState>
  );
}
