/** One call on the board. The link covers the whole row. */
import { memo, type MouseEvent, type ReactNode } from 'react';
import { Link } from 'wouter';
import { AttentionBadge } from '../../attention/attention-badge.tsx';
import type { Reason } from '../../attention/reasons.ts';
import { Meter } from '../../levels/meter.tsx';
import type { Meters } from '../../levels/meters.ts';
import { OthersBadge } from '../../presence/others-badge.tsx';
import type { Others } from '../../presence/presence.ts';
import { Elapsed } from '../../ui/clock.tsx';
import { partiesOf } from '../../ui/parties.ts';
import { Text } from '../../ui/text/text.tsx';
import { END_LABELS, PARTY_LABELS, STATUS_LABELS } from '../../ui/labels.ts';
import type { BoardActions } from '../board-actions.ts';
import type { BoardCall, Party } from '../board-state.ts';
import type { ColumnId } from '../view/columns.ts';
import { RowActions } from './row-actions.tsx';

const METERED_PARTIES = ['CUSTOMER', 'ASSISTANT'] as const;

interface BoardRowProps {
  readonly call: BoardCall;
  readonly reasons: readonly Reason[];
  readonly others: Others | undefined;
  readonly columns: readonly ColumnId[];
  readonly isSelected: boolean;
  /** Whether the row had the focus last: its actions are reached with Tab. */
  readonly isActive: boolean;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly meters: Meters;
  readonly actions: BoardActions;
}

export const BoardRow = memo(function BoardRow(props: BoardRowProps) {
  const { call, reasons, columns, isSelected, isActive, index, top, height, actions } = props;
  const { customer } = partiesOf(call);
  const select = ({ shiftKey }: MouseEvent): void => actions.select(call.id, shiftKey);
  return (
    <div
      className="board-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-index={index}
      data-id={call.id}
      data-ended={!call.isLive}
      data-attention={reasons.length > 0 || undefined}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <span role="cell" className="board-select">
        <input
          type="checkbox"
          checked={isSelected}
          disabled={!call.isLive}
          tabIndex={isActive ? 0 : -1}
          aria-label={`Select ${customer}`}
          onClick={select}
          onChange={() => undefined}
        />
      </span>
      {columns.map((column) => (
        <Cell key={column} column={column} {...props} />
      ))}
      <span role="cell" className="board-actions">
        {call.isLive && <RowActions callId={call.id} name={customer} isActive={isActive} actions={actions} />}
      </span>
    </div>
  );
});

function Cell({ column, ...props }: BoardRowProps & { readonly column: ColumnId }) {
  return (
    <span role="cell" className={`board-${column}`}>
      {CELLS[column](props)}
    </span>
  );
}

const CELLS = {
  call({ call, others }) {
    const { customer, other } = partiesOf(call);
    return (
      <>
        <span className="board-name">
          <Link href={`/calls/${call.id}`} className="board-link">
            <Text className="clip">{customer}</Text>
          </Link>
          {others && <OthersBadge {...others} />}
        </span>
        <span className="faint clip">{other}</span>
      </>
    );
  },
  provider: ({ call: { provider, status, isLive, end } }) => (
    <>
      <Text className="clip">{provider.displayName}</Text>
      <span className="board-status" data-status={status}>
        {isLive ? STATUS_LABELS[status] : END_LABELS[end?.category ?? 'UNKNOWN']}
      </span>
    </>
  ),
  assistant: ({ call }) => <Text className="clip">{call.assistant?.name ?? '–'}</Text>,
  time: ({ call, reasons }) => (
    <>
      <Duration call={call} />
      <AttentionBadge reasons={reasons} />
    </>
  ),
  speaking: ({ call: { id, isLive, speaking }, meters }) => (
    <>
      <span className="board-meters" data-unknown={speaking === undefined}>
        {METERED_PARTIES.map((party) => (
          <Meter key={party} meters={meters} callId={id} party={party} />
        ))}
      </span>
      {isLive && <Speaking parties={speaking} />}
    </>
  ),
  tags: ({ call: { tags } }) => <Text className="clip">{tags.join(', ')}</Text>,
  line: ({ call: { line } }) =>
    line ? (
      <>
        <span className="party-name" data-party={line.party}>
          {PARTY_LABELS[line.party]}
        </span>{' '}
        <Text>{line.text}</Text>
      </>
    ) : (
      <span className="faint">No speech yet</span>
    ),
} as const satisfies Record<ColumnId, (props: BoardRowProps) => ReactNode>;

function Duration({ call: { answeredAt, createdAt, seenEndedAt } }: { readonly call: BoardCall }) {
  if (seenEndedAt !== undefined) return <span className="faint">ended</span>;
  return <Elapsed since={Date.parse(answeredAt ?? createdAt)} />;
}

/** Where no audio is received, silence is not known: the page does not claim it. */
function Speaking({ parties }: { readonly parties: readonly Party[] | undefined }) {
  if (parties === undefined) {
    return (
      <span className="board-speaker faint" title="No audio is received">
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">unknown</span>
      </span>
    );
  }
  const [first] = parties;
  if (first === undefined) return <span className="board-speaker faint">silent</span>;
  return (
    <span className="board-speaker party-name" data-party={first}>
      {parties.length > 1 ? 'Both' : PARTY_LABELS[first]}
    </span>
  );
}
