/** One call, live or over: what is said, how it sounds, what happened, and what can be done. */
import { useMemo, useSyncExternalStore } from 'react';
import { useClient, useQuery } from 'urql';
import { troubleOf } from '../api/errors.ts';
import { ExportPanel } from '../export/export-panel.tsx';
import { ListenPanel } from '../listen/listen-panel.tsx';
import { notesOf } from '../notes/notes.ts';
import { NotesPanel } from '../notes/notes-panel.tsx';
import { Player } from '../playback/player.tsx';
import { usePlayback } from '../playback/use-playback.ts';
import { useMay } from '../session/session-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { partiesOf } from '../ui/parties.ts';
import { useTitle } from '../ui/title.ts';
import { TroubleState } from '../ui/trouble-state.tsx';
import { CallHead } from './call-head.tsx';
import { ControlPanel, EndCall } from './controls/control-panel.tsx';
import { useCommands } from './controls/use-commands.ts';
import { CALL, type Call } from './documents.ts';
import { ReportPanel } from './report-panel.tsx';
import { SoundBand } from './sound-band.tsx';
import { createStoryFeed } from './story-feed.ts';
import { isCommand, type Entry } from './story.ts';
import { Timeline } from './timeline.tsx';
import { WordsPanel } from './words-panel.tsx';
import './call.css';

export default function CallPage({ callId }: { readonly callId: string }) {
  const mayListen = useMay('LISTEN');
  const [{ data, error, fetching }, ask] = useQuery({
    query: CALL,
    variables: { id: callId, mayListen },
    requestPolicy: 'cache-and-network',
  });
  const call = data?.call;
  useTitle(call ? `Call with ${partiesOf(call).customer}` : 'Call');
  if (call) return <OneCall call={call} />;
  if (error)
    return <TroubleState trouble={troubleOf(error)} onRetry={() => ask({ requestPolicy: 'network-only' })} />;
  if (fetching) return <Loading label="Loading the call…" />;
  return (
    <EmptyState title="There is no such call" next={{ href: '/history', label: 'Search past calls' }}>
      It was erased, or this address is of another daemon.
    </EmptyState>
  );
}

function OneCall({ call }: { readonly call: Call }) {
  const client = useClient();
  const mayListen = useMay('LISTEN');
  const feed = useMemo(() => createStoryFeed(client, call.id, mayListen), [client, call.id, mayListen]);
  const story = useSyncExternalStore(feed.subscribe, feed.state);
  const commands = useCommands(call.id);
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);
  const notes = useMemo(() => notesOf(story.entries), [story.entries]);
  const playable = usePlayback(call, story.entries.filter(isOfRecording).length);
  const playback = playable.status === 'ready' ? playable.playback : undefined;

  return (
    <div className="call">
      <CallHead call={call}>
        <EndCall call={call} commands={commands} />
      </CallHead>
      {!call.isLive ? (
        <Player
          call={call}
          playable={playable}
          marks={notes.flatMap(({ offsetMs }) => (offsetMs === null ? [] : [offsetMs]))}
        />
      ) : (
        mayListen && <SoundBand call={call} />
      )}
      <WordsPanel call={call} story={story} trouble={story.trouble} playable={playable} />
      <aside
        className="call-side"
        aria-label={
          call.isLive ? 'Listen, control, notes and timeline' : 'Report, notes, export and timeline'
        }
      >
        {call.isLive && (
          <>
            <ListenPanel listenUrl={call.listenUrl} />
            <ControlPanel call={call} story={story} commands={commands} />
          </>
        )}
        {!call.isLive && <ReportPanel call={call} />}
        <NotesPanel
          callId={call.id}
          notes={notes}
          moment={() => (call.isLive ? Date.now() - answeredAt : playback?.moment())}
          onMoment={playback?.seek}
        />
        {!call.isLive && <ExportPanel call={call} lines={story.lines} notes={notes} playback={playback} />}
        <Timeline entries={story.entries} answeredAt={answeredAt} />
      </aside>
    </div>
  );
}

const isOfRecording = (entry: Entry): boolean => !isCommand(entry) && entry.__typename === 'RecordingChanged';
