/** Provides the playback of an ended call. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient, useQuery } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import { createUrlSource } from '../api/signed-url.ts';
import type { Call } from '../call/documents.ts';
import { lineAt, type Span } from '../call/spans.ts';
import { useHasScope } from '../session/session-context.ts';
import { RECORDING, SIGNED_RECORDING_URL } from './documents.ts';
import { createPlayback, type Playback } from './playback.ts';
import { syncOf } from './sync.ts';

export type Playable =
  | { readonly status: 'ready'; readonly playback: Playback }
  | { readonly status: 'failed'; readonly error: ApiError }
  | { readonly status: 'live' | 'forbidden' | 'loading' | 'none' };

/** @param recordingEvents the number of recording events of the call; a change reloads the recording. */
export function usePlayback(call: Call, recordingEvents: number): Playable {
  const client = useClient();
  const canListen = useHasScope('LISTEN');
  const [{ data, error }, refetch] = useQuery({
    query: RECORDING,
    variables: { id: call.id },
    pause: call.isLive || !canListen,
    requestPolicy: 'network-only',
  });
  useEffect(() => {
    if (recordingEvents > 0 && !call.isLive && canListen) refetch({ requestPolicy: 'network-only' });
  }, [recordingEvents, call.isLive, canListen, refetch]);

  const recording = data?.call?.recording;
  // The file is still being written, so it must not be played yet.
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
  const isAvailable = sync !== undefined;
  // Created once: later changes of `sync` are passed to `setSync`, which does not interrupt playback.
  const playback = useMemo(
    () =>
      sync &&
      createPlayback(
        createUrlSource({
          client,
          document: SIGNED_RECORDING_URL,
          callId: call.id,
          urlIn: (result) => result?.call?.recording?.signedUrl.url,
          missing: 'The recording no longer exists.',
        }),
        sync,
      ),
    [call.id, client, isAvailable],
  );
  useEffect(() => {
    if (sync) playback?.setSync(sync);
  }, [playback, sync]);

  if (call.isLive) return { status: 'live' };
  if (!canListen) return { status: 'forbidden' };
  if (playback) return { status: 'ready', playback };
  if (error) return { status: 'failed', error: toApiError(error) };
  return { status: data && !isUnfinished ? 'none' : 'loading' };
}

const subscribeToNothing = (): (() => void) => () => undefined;

/** The id of the line at the current position. */
export function useCurrentLine(playback: Playback | undefined, spans: readonly Span[]): string | undefined {
  return useSyncExternalStore(
    playback?.subscribe ?? subscribeToNothing,
    () => playback && lineAt(spans, playback.positionMs()),
  );
}
