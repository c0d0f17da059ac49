/** How many there are, and which of them are shown in what order. */
import type { EnumOf } from '../api/graphql.ts';
import { wordsOf } from '../ui/format.ts';
import { SORT_ORDERS, type SortOrder, type BoardFilter } from './board-filter.ts';
import type { BoardCall } from './board-state.ts';

const STATUSES = ['QUEUED', 'RINGING', 'IN_PROGRESS', 'FORWARDING'] as const satisfies EnumOf<'CallStatus'>[];

export interface BoardToolbarProps {
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
          aria-label="Filter by number, words or tag"
          placeholder="Number, words or tag"
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
            .toSorted(([, one], [, other]) => one.localeCompare(other))
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
              {wordsOf(status)}
            </option>
          ))}
        </select>
        <select
          aria-label="SortOrder"
          value={filter.order}
          onChange={({ target }) => onFilter({ ...filter, order: target.value as SortOrder })}
        >
          {Object.entries(SORT_ORDERS).map(([order, { label }]) => (
            <option key={order} value={order}>
              {label}
            </option>
          ))}
        </select>
      </form>
    </div>
  );
}
