/** One call on the board. The link covers the whole row. */
import { memo } from 'react';
import { Link } from 'wouter';
import { AttentionBadge } from '../attention/attention-badge.tsx';
import type { Reason } from '../attention/reasons.ts';
import { Meter } from '../levels/meter.tsx';
import type { Meters } from '../levels/meters.ts';
import { Elapsed } from '../ui/clock.tsx';
import { partiesOf } from '../ui/parties.ts';
import { Text } from '../ui/text/text.tsx';
import { END_LABELS, PARTY_LABELS, STATUS_LABELS } from '../ui/labels.ts';
import type { BoardCall, Party } from './board-state.ts';

export const COLUMNS = ['Call', 'Provider', 'Duration', 'Speaking', 'Latest transcript'] as const;

const METERED_PARTIES = ['CUSTOMER', 'ASSISTANT'] as const;

interface BoardRowProps {
  readonly call: BoardCall;
  readonly reasons: readonly Reason[];
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly meters: Meters;
}

export const BoardRow = memo(function BoardRow({ call, reasons, index, top, height, meters }: BoardRowProps) {
  const { id, isLive, provider, status, line, speaking, end } = call;
  const { customer, other } = partiesOf(call);
  return (
    <div
      className="board-row"
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      data-ended={!isLive}
      data-attention={reasons.length > 0 || undefined}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <span role="cell" className="board-parties">
        <Link href={`/calls/${id}`} className="board-link">
          <Text className="clip">{customer}</Text>
        </Link>
        <span className="faint clip">{other}</span>
      </span>
      <span role="cell" className="board-provider">
        <Text className="clip">{provider.displayName}</Text>
        <span className="board-status" data-status={status}>
          {isLive ? STATUS_LABELS[status] : END_LABELS[end?.category ?? 'UNKNOWN']}
        </span>
      </span>
      <span role="cell" className="board-time">
        <Duration call={call} />
        <AttentionBadge reasons={reasons} />
      </span>
      <span role="cell" className="board-levels">
        <span className="board-meters" data-unknown={speaking === undefined}>
          {METERED_PARTIES.map((party) => (
            <Meter key={party} meters={meters} callId={id} party={party} />
          ))}
        </span>
        {isLive && <Speaking parties={speaking} />}
      </span>
      <span role="cell" className="board-line">
        {line ? (
          <>
            <span className="party-name" data-party={line.party}>
              {PARTY_LABELS[line.party]}
            </span>{' '}
            <Text>{line.text}</Text>
          </>
        ) : (
          <span className="faint">No speech yet</span>
        )}
      </span>
    </div>
  );
});

function Duration({ call: { answeredAt, createdAt, seenEndedAt } }: { readonly call: BoardCall }) {
  if (seenEndedAt !== undefined) return <span className="faint">ended</span>;
  return <Elapsed since={Date.parse(answeredAt ?? createdAt)} />;
}

/** Where no audio is received, silence is not known: the page does not claim it. */
function Speaking({ parties }: { readonly parties: readonly Party[] | undefined }) {
  if (parties === undefined) {
    return (
      <span className="board-speaking faint" title="No audio is received">
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">unknown</span>
      </span>
    );
  }
  const [first] = parties;
  if (first === undefined) return <span className="board-speaking faint">silent</span>;
  return (
    <span className="board-speaking party-name" data-party={first}>
      {parties.map((party) => PARTY_LABELS[party]).join(' and ')}
    </span>
  );
}
