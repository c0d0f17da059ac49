/** How many there are, and which of them are shown in what order. */
import type { EnumOf } from '../api/graphql.ts';
import { wordsOf } from '../ui/format.ts';
import { ORDERS, type Order, type Wish } from './arrange.ts';
import type { BoardCall } from './board-state.ts';

const STATUSES = ['QUEUED', 'RINGING', 'IN_PROGRESS', 'FORWARDING'] as const satisfies EnumOf<'CallStatus'>[];

export interface BoardToolsProps {
  readonly calls: readonly BoardCall[];
  readonly liveCount: number | undefined;
  readonly wish: Wish;
  readonly onWish: (wish: Wish) => void;
}

export function BoardTools({ calls, liveCount, wish, onWish }: BoardToolsProps) {
  const providers = new Map(calls.map(({ provider }) => [provider.id, provider.displayName]));
  return (
    <div className="board-tools">
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
          value={wish.text}
          onChange={({ target }) => onWish({ ...wish, text: target.value })}
        />
        <select
          aria-label="Provider"
          value={wish.provider}
          onChange={({ target }) => onWish({ ...wish, provider: target.value })}
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
          value={wish.status}
          onChange={({ target }) => onWish({ ...wish, status: target.value as Wish['status'] })}
        >
          <option value="">Any status</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {wordsOf(status)}
            </option>
          ))}
        </select>
        <select
          aria-label="Order"
          value={wish.order}
          onChange={({ target }) => onWish({ ...wish, order: target.value as Order })}
        >
          {Object.entries(ORDERS).map(([order, { label }]) => (
            <option key={order} value={order}>
              {label}
            </option>
          ))}
        </select>
      </form>
    </div>
  );
}
