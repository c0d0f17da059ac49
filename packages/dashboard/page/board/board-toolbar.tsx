/** The number of live calls, the filters, the sort order, and the dialogs of the view. */
import { Suspense, useState } from 'react';
import { lazyPart } from '../browser/lazy-part.tsx';
import { Link } from 'wouter';
import type { EnumOf } from '../api/graphql.ts';
import { Button } from '../ui/button.tsx';
import { STATUS_LABELS } from '../ui/labels.ts';
import { SORT_ORDERS, type BoardFilter } from './view/board-filter.ts';
import type { BoardCall } from './board-state.ts';
import type { BoardView } from './view/board-view.ts';

const ViewDialog = lazyPart(() => import('./view/view-dialog.tsx'));
const AttentionDialog = lazyPart(() => import('../attention/attention-dialog.tsx'));

const STATUSES = ['QUEUED', 'RINGING', 'IN_PROGRESS', 'FORWARDING'] as const satisfies EnumOf<'CallStatus'>[];

interface BoardToolbarProps {
  readonly calls: readonly BoardCall[];
  readonly liveCount: number | undefined;
  readonly view: BoardView;
  readonly onView: (view: BoardView) => void;
  /** Calls that are not shown because the order is held. */
  readonly newCount: number;
  readonly onShowNew: () => void;
}

type Options = readonly (readonly [value: string, label: string])[];

const sorted = (options: Iterable<readonly [string, string]>): Options =>
  [...options].toSorted(([, a], [, b]) => a.localeCompare(b));

export function BoardToolbar({ calls, liveCount, view, onView, newCount, onShowNew }: BoardToolbarProps) {
  const [dialog, setDialog] = useState<'view' | 'attention'>();
  const { filter } = view;
  const setFilter = (change: Partial<BoardFilter>): void =>
    onView({ ...view, filter: { ...filter, ...change } });
  const providers = new Map(calls.map(({ provider }) => [provider.id, provider.displayName]));
  const assistants = new Set(calls.flatMap(({ assistant }) => assistant?.name ?? []));
  if (filter.assistant !== '') assistants.add(filter.assistant);
  if (filter.provider !== '' && !providers.has(filter.provider))
    providers.set(filter.provider, filter.provider);
  return (
    <div className="board-toolbar">
      <h1>Live calls {liveCount !== undefined && <span className="board-count">{liveCount}</span>}</h1>
      {newCount > 0 && (
        <Button className="board-new" onClick={onShowNew}>
          Show {newCount} new {newCount === 1 ? 'call' : 'calls'}
        </Button>
      )}
      <form
        className="board-filters"
        role="search"
        aria-label="Live calls"
        onSubmit={(event) => event.preventDefault()}
      >
        <input
          type="search"
          aria-label="Filter by number, text or tag"
          placeholder="Number, text or tag"
          value={filter.text}
          onChange={({ target }) => setFilter({ text: target.value })}
        />
        <Select
          label="Provider"
          value={filter.provider}
          options={[['', 'All providers'], ...sorted(providers)]}
          onChange={(provider) => setFilter({ provider })}
        />
        {assistants.size > 0 && (
          <Select
            label="Assistant"
            value={filter.assistant}
            options={[['', 'All assistants'], ...sorted([...assistants].map((name) => [name, name]))]}
            onChange={(assistant) => setFilter({ assistant })}
          />
        )}
        <Select
          label="Status"
          value={filter.status}
          options={[
            ['', 'Any status'],
            ...STATUSES.map((status) => [status, STATUS_LABELS[status]] as const),
          ]}
          onChange={(status) => setFilter({ status: status as BoardFilter['status'] })}
        />
        <Select
          label="Sort by"
          value={filter.sort}
          options={Object.entries(SORT_ORDERS).map(([sort, { label }]) => [sort, label])}
          onChange={(sort) => setFilter({ sort: sort as BoardFilter['sort'] })}
        />
        <span className="board-buttons">
          <Button onClick={() => setDialog('attention')}>Attention</Button>
          <Button onClick={() => setDialog('view')}>View</Button>
          <Link href="/place-call" className="button button-plain">
            Place a call
          </Link>
        </span>
      </form>
      <Suspense>
        {dialog === 'view' && <ViewDialog view={view} onView={onView} onClose={() => setDialog(undefined)} />}
        {dialog === 'attention' && <AttentionDialog onClose={() => setDialog(undefined)} />}
      </Suspense>
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: Options;
  readonly onChange: (value: string) => void;
}

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <select aria-label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  );
}
