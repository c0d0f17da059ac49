/** The search form: the transcript text, then the properties of a call. */
import { useId } from 'react';
import { useQuery } from 'urql';
import { DIRECTION_LABELS, END_LABELS } from '../ui/labels.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { RANGE_LABELS } from '../ui/ranges.ts';
import { PROVIDER_NAMES } from './documents.ts';
import { EMPTY_QUERY, numberError, formatSearch, type SearchQuery } from './search-query.ts';

interface FiltersProps {
  readonly query: SearchQuery;
  readonly onQuery: (query: SearchQuery) => void;
}

const OUTCOMES = { LIVE: 'Live now', ...END_LABELS, UNKNOWN: 'Ended (unknown reason)' };
const TIMES = { ...RANGE_LABELS, dates: 'Custom dates' };

export function Filters({ query, onQuery }: FiltersProps) {
  const [{ data }] = useQuery({ query: PROVIDER_NAMES });
  const update = (change: Partial<SearchQuery>): void => onQuery({ ...query, ...change });
  const names = (data?.providers ?? []).map(({ id, displayName }) => [id, displayName] as const);
  return (
    <form
      className="filters"
      role="search"
      aria-label="Past calls"
      onSubmit={(event) => event.preventDefault()}
    >
      <label className="filters-text">
        <span className="visually-hidden">Search transcripts</span>
        <Icon name="search" />
        <input
          type="search"
          maxLength={500}
          placeholder="Search transcripts"
          value={query.said}
          onChange={({ target }) => update({ said: target.value })}
        />
      </label>
      <div className="filters-row">
        <Choice
          label="Time"
          all="Any time"
          options={Object.entries(TIMES)}
          value={query.when}
          onChange={(when) => update({ when: when as SearchQuery['when'] })}
        />
        <Choice
          label="Provider"
          all="All providers"
          options={names}
          value={query.provider}
          onChange={(provider) => update({ provider })}
        />
        <Choice
          label="Outcome"
          all="Any outcome"
          options={Object.entries(OUTCOMES)}
          value={query.outcome}
          onChange={(outcome) => update({ outcome: outcome as SearchQuery['outcome'] })}
        />
        <Choice
          label="Direction"
          all="Any direction"
          options={Object.entries(DIRECTION_LABELS)}
          value={query.direction}
          onChange={(direction) => update({ direction: direction as SearchQuery['direction'] })}
        />
        <NumberField value={query.number} onChange={(number) => update({ number })} />
        <input
          aria-label="Tags, separated by commas"
          placeholder="Tags"
          value={query.tag}
          onChange={({ target }) => update({ tag: target.value })}
        />
        {formatSearch(query) !== '' && (
          <Button kind="quiet" onClick={() => onQuery(EMPTY_QUERY)}>
            Clear filters
          </Button>
        )}
      </div>
      {query.when === 'dates' && (
        <fieldset className="filters-dates">
          <legend className="visually-hidden">Dates</legend>
          <label>
            From{' '}
            <input type="date" value={query.from} onChange={({ target }) => update({ from: target.value })} />
          </label>
          <label>
            To <input type="date" value={query.to} onChange={({ target }) => update({ to: target.value })} />
          </label>
        </fieldset>
      )}
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  /** The label of the empty choice. */
  readonly all: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Choice({ label, all, options, value, onChange }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      data-set={value !== ''}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      <option value="">{all}</option>
      {options.map(([value, name]) => (
        <option key={value} value={value}>
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
        aria-label="Number or prefix"
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
