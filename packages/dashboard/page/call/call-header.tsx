/** The heading of the call page: parties, provider, tags, status and duration. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { lastSearch } from '../history/last-search.ts';
import { TagEditor } from '../notes/tag-editor.tsx';
import { Elapsed } from '../ui/clock.tsx';
import { dateTimeText, durationText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { partiesOf } from '../ui/parties.ts';
import { DIRECTION_LABELS, END_LABELS, pausedText, STATUS_LABELS } from '../ui/labels.ts';
import type { Call } from './documents.ts';

interface CallHeaderProps {
  readonly call: Call;
  /** Actions. */
  readonly children: ReactNode;
}

export function CallHeader({ call, children }: CallHeaderProps) {
  const { provider, status, isLive, end, direction } = call;
  const { customer, other } = partiesOf(call);
  const details = [
    !isLive && dateTimeText(call.createdAt, Date.now()),
    provider.displayName,
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
        <h1>{customer}</h1>
        <p className="muted">{details.filter(Boolean).join(' · ')}</p>
      </div>
      <TagEditor call={call} />
      <div className="call-state">
        <span className="call-status" data-live={isLive}>
          {isLive ? STATUS_LABELS[status] : END_LABELS[end?.category ?? 'UNKNOWN']}
        </span>
        {call.capturePause && <Paused pause={call.capturePause} />}
        <Duration call={call} />
        {children}
      </div>
    </header>
  );
}

function Duration({ call: { answeredAt, endedAt, isLive, createdAt } }: { readonly call: Call }) {
  if (isLive) return <Elapsed className="call-time" since={Date.parse(answeredAt ?? createdAt)} />;
  if (answeredAt === null || endedAt === null) return <span className="call-time">not answered</span>;
  return <span className="call-time">{durationText(Date.parse(endedAt) - Date.parse(answeredAt))}</span>;
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
