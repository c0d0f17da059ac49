/** The heading of the call page: parties, provider, tags, status and duration. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { lastSearch } from '../history/last-search.ts';
import { CallOthers } from '../presence/call-others.tsx';
import { TagEditor } from '../notes/tag-editor.tsx';
import { Elapsed, useNow } from '../ui/clock.tsx';
import { dateTimeText, durationText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { isolate } from '../ui/text/isolate.ts';
import { partiesOf } from '../ui/parties.ts';
import { Text } from '../ui/text/text.tsx';
import { DIRECTION_LABELS, END_LABELS, pausedText, STATUS_LABELS } from '../ui/labels.ts';
import type { Call } from './documents.ts';
import { ENDING_MS } from './ending.ts';

interface CallHeaderProps {
  readonly call: Call;
  /** When a command to end the call was accepted, epoch ms. */
  readonly endingSince: number | undefined;
  /** Actions. */
  readonly children: ReactNode;
}

export function CallHeader({ call, endingSince, children }: CallHeaderProps) {
  const { provider, isLive, direction } = call;
  const { customer, other } = partiesOf(call);
  const details = [
    !isLive && dateTimeText(call.createdAt, Date.now()),
    isolate(provider.displayName),
    direction && DIRECTION_LABELS[direction],
    other,
    call.hold && `Legal hold by ${call.hold.by}`,
  ];
  return (
    <header className="call-header">
      <Link
        href={isLive ? '/' : lastSearch.href()}
        className="button button-icon"
        aria-label={isLive ? 'Back to live calls' : 'Back to history'}
      >
        <Icon name="back" />
      </Link>
      <div className="call-title">
        <h1>
          <Text>{customer}</Text>
        </h1>
        <p className="muted">{details.filter(Boolean).join(' · ')}</p>
      </div>
      <TagEditor call={call} />
      <div className="call-state">
        {isLive ? <LiveState call={call} endingSince={endingSince} /> : <EndedState call={call} />}
        {children}
      </div>
    </header>
  );
}

/** The status and the clock. The clock stands still while the call is being ended. */
function LiveState({ call, endingSince }: Pick<CallHeaderProps, 'call' | 'endingSince'>) {
  const { status, answeredAt, createdAt, capturePause } = call;
  const isEnding = useNow() - (endingSince ?? -Infinity) < ENDING_MS;
  const text =
    isEnding && answeredAt !== null && endingSince !== undefined
      ? durationText(Math.max(0, endingSince - Date.parse(answeredAt)))
      : undefined;
  return (
    <>
      <span className="call-status" data-live={!isEnding} role="status">
        {isEnding ? 'Ending…' : STATUS_LABELS[status]}
      </span>
      {capturePause && <Paused pause={capturePause} />}
      <CallOthers callId={call.id} />
      {text !== undefined ? (
        <span className="call-time">{text}</span>
      ) : answeredAt === null ? (
        <span className="call-waiting muted">
          waiting for <Elapsed since={Date.parse(createdAt)} />
        </span>
      ) : (
        <Elapsed className="call-time" since={Date.parse(answeredAt)} />
      )}
    </>
  );
}

function EndedState({ call: { end, answeredAt, endedAt } }: Pick<CallHeaderProps, 'call'>) {
  const isKnown = answeredAt !== null && endedAt !== null;
  return (
    <>
      <span className="call-status" data-live={false}>
        {END_LABELS[end?.category ?? 'UNKNOWN']}
      </span>
      <span className="call-time">
        {isKnown
          ? durationText(Date.parse(endedAt) - Date.parse(answeredAt))
          : answeredAt === null
            ? 'not answered'
            : '–'}
      </span>
    </>
  );
}

function Paused({ pause: { parts, by, until } }: { readonly pause: NonNullable<Call['capturePause']> }) {
  return (
    <span
      className="call-paused"
      role="status"
      title={`Paused by ${by}, until ${dateTimeText(until, Date.now())} at the latest`}
    >
      <Icon name="pause" size={14} />
      {pausedText(parts)}
    </span>
  );
}
