/** The number of live calls, the filters and the sort order. */
import { Link } from 'wouter';
import type { EnumOf } from '../api/graphql.ts';
import { STATUS_LABELS } from '../ui/labels.ts';
import { SORT_ORDERS, type SortOrder, type BoardFilter } from './board-filter.ts';
import type { BoardCall } from './board-state.ts';

const STATUSES = ['QUEUED', 'RINGING', 'IN_PROGRESS', 'FORWARDING'] as const satisfies EnumOf<'CallStatus'>[];

interface BoardToolbarProps {
  readonly calls: readonly BoardCall[];
  readonly liveCount: number | undefined;
  readonly filter: BoardFilter;
  readonly onFilter: (filter: BoardFilter) => void;
}

export function BoardToolbar({ calls, liveCount, filter, onFilter }: BoardToolbarProps) {
  const providers = new Map(calls.map(({ provider }) => [provider.id, provider.displayName]));
  return (
    <div className="board-toolbar">
      <h1>Live calls {liveCount !== undefined && <span className="board-count">{liveCount}</span>}</h1>
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
          onChange={({ target }) => onFilter({ ...filter, text: target.value })}
        />
        <select
          aria-label="Provider"
          value={filter.provider}
          onChange={({ target }) => onFilter({ ...filter, provider: target.value })}
        >
          <option value="">All providers</option>
          {[...providers]
            .toSorted(([, a], [, b]) => a.localeCompare(b))
            .map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
        </select>
        <select
          aria-label="Status"
          value={filter.status}
          onChange={({ target }) => onFilter({ ...filter, status: target.value as BoardFilter['status'] })}
        >
          <option value="">Any status</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {STATUS_LABELS[status]}
            </option>
          ))}
        </select>
        <select
          aria-label="Sort by"
          value={filter.sort}
          onChange={({ target }) => onFilter({ ...filter, sort: target.value as SortOrder })}
        >
          {Object.entries(SORT_ORDERS).map(([sort, { label }]) => (
            <option key={sort} value={sort}>
              {label}
            </option>
          ))}
        </select>
      </form>
      <Link href="/place-call" className="button button-plain">
        Place a call
      </Link>
    </div>
  );
}
