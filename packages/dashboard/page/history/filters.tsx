/** What can be looked for: words at first, then what is known of a call. */
import { useId } from 'react';
import { useQuery } from 'urql';
import { DIRECTION_LABELS, END_LABELS } from '../ui/labels.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { RANGE_LABELS } from '../ui/ranges.ts';
import { PROVIDER_NAMES } from './documents.ts';
import { EMPTY_QUERY, numberError, formatSearch, type SearchQuery } from './search-query.ts';

export interface FiltersProps {
  readonly query: SearchQuery;
  readonly onQuery: (query: SearchQuery) => void;
}

const OUTCOMES = { LIVE: 'Live now', ...END_LABELS, UNKNOWN: 'Ended, nobody knows why' };
const TIMES = { ...RANGE_LABELS, dates: 'Choose days' };

export function Filters({ query, onQuery }: FiltersProps) {
  const [{ data }] = useQuery({ query: PROVIDER_NAMES });
  const put = (change: Partial<SearchQuery>): void => onQuery({ ...query, ...change });
  const names = (data?.providers ?? []).map(({ id, displayName }) => [id, displayName] as const);
  return (
    <form
      className="filters"
      role="search"
      aria-label="Past calls"
      onSubmit={(event) => event.preventDefault()}
    >
      <label className="filters-text">
        <span className="visually-hidden">Words that were said</span>
        <Icon name="search" />
        <input
          type="search"
          maxLength={500}
          placeholder="Words that were said"
          value={query.said}
          onChange={({ target }) => put({ said: target.value })}
        />
      </label>
      <div className="filters-row">
        <Choice
          label="Time"
          all="Any time"
          of={Object.entries(TIMES)}
          value={query.when}
          onChoice={(when) => put({ when: when as SearchQuery['when'] })}
        />
        <Choice
          label="Provider"
          all="All providers"
          of={names}
          value={query.provider}
          onChoice={(provider) => put({ provider })}
        />
        <Choice
          label="Outcome"
          all="Any outcome"
          of={Object.entries(OUTCOMES)}
          value={query.outcome}
          onChoice={(outcome) => put({ outcome: outcome as SearchQuery['outcome'] })}
        />
        <Choice
          label="Direction"
          all="Any direction"
          of={Object.entries(DIRECTION_LABELS)}
          value={query.direction}
          onChoice={(direction) => put({ direction: direction as SearchQuery['direction'] })}
        />
        <NumberField value={query.number} onChange={(number) => put({ number })} />
        <input
          aria-label="Tag; several with commas"
          placeholder="Tag"
          value={query.tag}
          onChange={({ target }) => put({ tag: target.value })}
        />
        {formatSearch(query) !== '' && (
          <Button kind="quiet" onClick={() => onQuery(EMPTY_QUERY)}>
            Clear
          </Button>
        )}
      </div>
      {query.when === 'dates' && (
        <fieldset className="filters-dates">
          <legend className="visually-hidden">Days</legend>
          <label>
            From{' '}
            <input type="date" value={query.from} onChange={({ target }) => put({ from: target.value })} />
          </label>
          <label>
            to <input type="date" value={query.to} onChange={({ target }) => put({ to: target.value })} />
          </label>
        </fieldset>
      )}
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  /** What the choice of nothing is called. */
  readonly all: string;
  readonly of: readonly (readonly [value: string, name: string])[];
  readonly value: string;
  readonly onChoice: (value: string) => void;
}

function Choice({ label, all, of, value, onChoice }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      data-set={value !== ''}
      value={value}
      onChange={({ target }) => onChoice(target.value)}
    >
      <option value="">{all}</option>
      {of.map(([each, name]) => (
        <option key={each} value={each}>
          {name}
        </option>
      ))}
    </select>
  );
}

function NumberField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  const error = numberError(value);
  return (
    <span className="filters-number">
      <input
        type="tel"
        aria-label="Number, or how it begins"
        placeholder="Number"
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      {error !== undefined && (
        <span className="form-error" id={id} role="alert">
          {error}
        </span>
      )}
    </span>
  );
}
