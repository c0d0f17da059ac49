/** The page of one call, live or ended: transcript, audio, controls, notes and timeline. */
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useClient, useQuery } from 'urql';
import { toApiError } from '../api/errors.ts';
import { ExportPanel } from '../export/export-panel.tsx';
import { ListenPanel } from '../listen/listen-panel.tsx';
import { notesOf } from '../notes/notes.ts';
import { NotesPanel } from '../notes/notes-panel.tsx';
import { Player } from '../playback/player.tsx';
import { usePlayback } from '../playback/use-playback.ts';
import { useHasScope, useSession } from '../session/session-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { isolate } from '../ui/text/isolate.ts';
import { Loading } from '../ui/loading.tsx';
import { partiesOf } from '../ui/parties.ts';
import { useKeepFocus } from './use-keep-focus.ts';
import { useMedia } from '../ui/use-media.ts';
import { useTitle } from '../ui/use-title.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { CallHeader } from './call-header.tsx';
import { AttemptStrip } from './controls/attempt-strip.tsx';
import { ControlPanel, EndCall } from './controls/control-panel.tsx';
import { useCommands } from './controls/use-commands.ts';
import { CALL, type Call } from './documents.ts';
import { endingSince } from './ending.ts';
import { ERASURE_TEXTS, type ErasureStatus } from './records/documents.ts';
import { RecordsPanel } from './records/records-panel.tsx';
import { ReportPanel } from './report-panel.tsx';
import { LiveAudio } from './live-audio.tsx';
import { createCallTimelineStore } from './call-timeline-store.ts';
import { isCommand, type TimelineEntry } from './call-timeline.ts';
import { Timeline } from './timeline.tsx';
import { TranscriptPanel } from './transcript/transcript-panel.tsx';
import './call.css';

export default function CallPage({ callId }: { readonly callId: string }) {
  const canListen = useHasScope('LISTEN');
  const [{ data, error, fetching }, refetch] = useQuery({
    query: CALL,
    variables: { id: callId, canListen },
    requestPolicy: 'cache-and-network',
  });
  const call = data?.call;
  const [erasure, setErasure] = useState<ErasureStatus>();
  useTitle(call ? `Call with ${isolate(partiesOf(call).customer)}` : 'Call');
  if (erasure) {
    return (
      <EmptyState title="Call erased" next={{ href: '/history', label: 'Search past calls' }}>
        {ERASURE_TEXTS[erasure]}
      </EmptyState>
    );
  }
  if (call) return <CallDetails call={call} onErased={setErasure} />;
  if (error)
    return (
      <ErrorState
        heading="h1"
        error={toApiError(error)}
        onRetry={() => refetch({ requestPolicy: 'network-only' })}
      />
    );
  if (fetching) return <Loading label="Loading the call…" />;
  return (
    <EmptyState heading="h1" title="Call not found" next={{ href: '/history', label: 'Search past calls' }}>
      The call was deleted, or the link belongs to another daemon.
    </EmptyState>
  );
}

interface CallDetailsProps {
  readonly call: Call;
  readonly onErased: (status: ErasureStatus) => void;
}

function CallDetails({ call, onErased }: CallDetailsProps) {
  const client = useClient();
  const { connection } = useSession().api.socket;
  const canListen = useHasScope('LISTEN');
  const store = useMemo(
    () => createCallTimelineStore({ client, connection, callId: call.id, canListen }),
    [client, connection, call.id, canListen],
  );
  const timeline = useSyncExternalStore(store.subscribe, store.state);
  const commands = useCommands(call.id);
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);
  const notes = useMemo(() => notesOf(timeline.entries), [timeline.entries]);
  const playable = usePlayback(call, timeline.entries.filter(isRecordingEvent).length);
  const playback = playable.status === 'ready' ? playable.playback : undefined;

  const isNarrow = useMedia('(max-width: 60rem)');
  const outcomes = <AttemptStrip commands={commands} timeline={timeline} />;

  return (
    <div className="call" ref={useKeepFocus<HTMLDivElement>()}>
      <CallHeader call={call} endingSince={endingSince(timeline.entries)}>
        <EndCall call={call} commands={commands} />
      </CallHeader>
      {!call.isLive ? (
        <Player
          call={call}
          playable={playable}
          marks={notes.flatMap(({ offsetMs }) => (offsetMs === null ? [] : [offsetMs]))}
        />
      ) : (
        canListen && <LiveAudio call={call} />
      )}
      <div className="call-words">
        <TranscriptPanel call={call} timeline={timeline} error={timeline.error} playable={playable} />
        {call.isLive && !isNarrow && outcomes}
      </div>
      <aside
        className="call-side"
        aria-label={
          call.isLive ? 'Listen, controls, notes and timeline' : 'Report, notes, export and timeline'
        }
      >
        {call.isLive && (
          <>
            <ListenPanel callId={call.id} name={partiesOf(call).customer} listenUrl={call.listenUrl} />
            <ControlPanel call={call} timeline={timeline} commands={commands}>
              {isNarrow && outcomes}
            </ControlPanel>
          </>
        )}
        {!call.isLive && <ReportPanel call={call} />}
        <NotesPanel
          callId={call.id}
          notes={notes}
          positionMs={() => (call.isLive ? Date.now() - answeredAt : playback?.positionMs())}
          onSeek={playback?.seek}
        />
        {!call.isLive && <ExportPanel call={call} lines={timeline.lines} notes={notes} playback={playback} />}
        <RecordsPanel call={call} onErased={onErased} />
        <Timeline entries={timeline.entries} answeredAt={answeredAt} />
      </aside>
    </div>
  );
}

const isRecordingEvent = (entry: TimelineEntry): boolean =>
  !isCommand(entry) && entry.__typename === 'RecordingChanged';
