/** What of a call that is over can be played back. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useQuery } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import type { Call } from '../call/documents.ts';
import { lineAt, type Span } from '../call/spans.ts';
import { useHasScope, useSession } from '../session/session-context.ts';
import { RECORDING } from './documents.ts';
import { createPlayback, type Playback } from './playback.ts';
import { createRecordingSource, recordingPath } from './recording-source.ts';
import { syncOf } from './sync.ts';

export type Playable =
  | { readonly status: 'ready'; readonly playback: Playback }
  | { readonly status: 'failed'; readonly error: ApiError }
  | { readonly status: 'live' | 'forbidden' | 'asking' | 'none' };

/**
 * @param news changes when something new is known of the recording.
 */
export function usePlayback(call: Call, news: number): Playable {
  const { token } = useSession().api;
  const canListen = useHasScope('LISTEN');
  const [{ data, error }, ask] = useQuery({
    query: RECORDING,
    variables: { id: call.id },
    pause: call.isLive || !canListen,
    requestPolicy: 'network-only',
  });
  useEffect(() => {
    if (news > 0 && !call.isLive && canListen) ask({ requestPolicy: 'network-only' });
  }, [news, call.isLive, canListen, ask]);

  const recording = data?.call?.recording;
  // While its end is being written it would change under whoever plays it.
  const isUnfinished = recording?.state === 'RECORDING';
  const { startedAt, durationMs } = isUnfinished ? {} : (recording ?? {});
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);
  const endedAt = Date.parse(call.endedAt ?? call.createdAt);
  const sync = useMemo(
    () =>
      startedAt === undefined || durationMs === undefined
        ? undefined
        : syncOf({ answeredAt, endedAt }, { startedAt, durationMs }),
    [startedAt, durationMs, answeredAt, endedAt],
  );
  const isThere = sync !== undefined;
  // Times that are told later reach it by `retime`: what plays is not interrupted.
  const playback = useMemo(
    () => sync && createPlayback(createRecordingSource(recordingPath(call.id), token), sync),
    [call.id, token, isThere],
  );
  useEffect(() => {
    if (sync) playback?.retime(sync);
  }, [playback, sync]);

  if (call.isLive) return { status: 'live' };
  if (!canListen) return { status: 'forbidden' };
  if (playback) return { status: 'ready', playback };
  if (error) return { status: 'failed', error: toApiError(error) };
  return { status: data && !isUnfinished ? 'none' : 'asking' };
}

const subscribeToNothing = (): (() => void) => () => undefined;

/** The line that is heard now. */
export function useCurrentLine(playback: Playback | undefined, spans: readonly Span[]): string | undefined {
  return useSyncExternalStore(
    playback?.subscribe ?? subscribeToNothing,
    () => playback && lineAt(spans, playback.moment()),
  );
}
