/** One call, live or over: what is said, how it sounds, what happened, and what can be done. */
import { useMemo, useSyncExternalStore } from 'react';
import { useClient, useQuery } from 'urql';
import { troubleOf } from '../api/errors.ts';
import { ListenPanel } from '../listen/listen-panel.tsx';
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
import { SoundBand } from './sound-band.tsx';
import { createStoryFeed } from './story-feed.ts';
import { Timeline } from './timeline.tsx';
import { Transcript } from './transcript.tsx';
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
  const trouble = feed.trouble();
  const answeredAt = Date.parse(call.answeredAt ?? call.createdAt);
  const hasWords = story.lines.length > 0 || story.partials.size > 0;

  return (
    <div className="call">
      <CallHead call={call}>
        <EndCall call={call} commands={commands} />
      </CallHead>
      {mayListen && <SoundBand call={call} />}
      <section className="card call-words" aria-label="What is said">
        {trouble ? (
          <TroubleState trouble={trouble} />
        ) : hasWords ? (
          <Transcript lines={story.lines} partials={story.partials} answeredAt={answeredAt} />
        ) : (
          <NoWords isKnown={story.isKnown} isLive={call.isLive} />
        )}
      </section>
      <aside className="call-side" aria-label="Listen, control and timeline">
        <ListenPanel isLive={call.isLive} listenUrl={call.listenUrl} />
        <ControlPanel call={call} story={story} commands={commands} />
        <Timeline entries={story.entries} answeredAt={answeredAt} />
      </aside>
    </div>
  );
}

function NoWords({ isKnown, isLive }: { readonly isKnown: boolean; readonly isLive: boolean }) {
  if (!isKnown) return <Loading label="Loading what was said…" />;
  return (
    <EmptyState title={isLive ? 'Nothing said yet' : 'No words'}>
      {isLive
        ? 'Words appear here as they are said, if the provider tells them.'
        : 'The provider told no words of this call.'}
    </EmptyState>
  );
}
