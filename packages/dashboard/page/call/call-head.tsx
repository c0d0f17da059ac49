/** Which call it is: who, where, how far, how long. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { lastSearch } from '../history/last-search.ts';
import { TagEditor } from '../notes/tag-editor.tsx';
import { Ago } from '../ui/clock.tsx';
import { clockText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { partiesOf } from '../ui/parties.ts';
import { whenText } from '../ui/when.ts';
import { DIRECTION_WORDS, END_WORDS, STATUS_WORDS } from '../ui/words.ts';
import type { Call } from './documents.ts';

export interface CallHeadProps {
  readonly call: Call;
  /** What can be done from here. */
  readonly children: ReactNode;
}

export function CallHead({ call, children }: CallHeadProps) {
  const { provider, status, isLive, end, direction } = call;
  const { customer, other } = partiesOf(call);
  const facts = [
    !isLive && whenText(call.createdAt, Date.now()),
    provider.displayName,
    direction && DIRECTION_WORDS[direction],
    other,
  ];
  return (
    <header className="call-head">
      <Link
        href={isLive ? '/' : lastSearch.href()}
        className="button button-icon"
        aria-label={isLive ? 'To the live board' : 'To history'}
      >
        <Icon name="back" />
      </Link>
      <div className="call-who">
        <h1>{customer}</h1>
        <p className="muted">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      <TagEditor call={call} />
      <div className="call-state">
        <span className="call-status" data-live={isLive}>
          {isLive ? STATUS_WORDS[status] : END_WORDS[end?.category ?? 'UNKNOWN']}
        </span>
        <Duration call={call} />
        {children}
      </div>
    </header>
  );
}

function Duration({ call: { answeredAt, endedAt, isLive, createdAt } }: { readonly call: Call }) {
  if (isLive) return <Ago className="call-time" since={Date.parse(answeredAt ?? createdAt)} />;
  if (answeredAt === null || endedAt === null) return <span className="call-time">never answered</span>;
  return <span className="call-time">{clockText(Date.parse(endedAt) - Date.parse(answeredAt))}</span>;
}
