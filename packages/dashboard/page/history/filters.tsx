/** The search form: the transcript text, then the properties of a call. */
import { useId } from 'react';
import { useQuery } from 'urql';
import { DIRECTION_LABELS, END_LABELS } from '../ui/labels.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { RANGE_LABELS } from '../ui/ranges.ts';
import { TagSuggestions } from '../notes/tag-suggestions.tsx';
import { AssistantField } from './assistant-field.tsx';
import { PROVIDER_NAMES } from './documents.ts';
import {
  EMPTY_QUERY,
  formatSearch,
  numberError,
  numberHint,
  ORDER_LABELS,
  type SearchQuery,
} from './search-query.ts';

interface FiltersProps {
  readonly query: SearchQuery;
  readonly onQuery: (query: SearchQuery) => void;
}

const OUTCOMES = { LIVE: 'Live now', ...END_LABELS, UNKNOWN: 'Ended (unknown reason)' };
const TIMES = { ...RANGE_LABELS, dates: 'Custom dates' };

export function Filters({ query, onQuery }: FiltersProps) {
  const [{ data }] = useQuery({ query: PROVIDER_NAMES });
  const tagList = useId();
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
        <AssistantField value={query.assistant} onChange={(assistant) => update({ assistant })} />
        <NumberField value={query.number} onChange={(number) => update({ number })} />
        <Minutes
          label="Length: at least (minutes)"
          placeholder="Min. minutes"
          value={query.min}
          onChange={(min) => update({ min })}
        />
        <Minutes
          label="Length: at most (minutes)"
          placeholder="Max. minutes"
          value={query.max}
          onChange={(max) => update({ max })}
        />
        <input
          list={tagList}
          aria-label="Tags, separated by commas"
          placeholder="Tags"
          value={query.tag}
          onChange={({ target }) => update({ tag: target.value })}
        />
        <TagSuggestions id={tagList} text={query.tag} />
        <Choice
          label="Order"
          all="Newest first"
          options={Object.entries(ORDER_LABELS)}
          value={query.said.trim() === '' ? query.order : ''}
          isDisabled={query.said.trim() !== ''}
          title={query.said.trim() === '' ? undefined : 'Lines that match a text are listed newest first'}
          onChange={(order) => update({ order: order as SearchQuery['order'] })}
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
            <input
              type={inputTypeOf(query.from)}
              value={query.from}
              onChange={({ target }) => update({ from: target.value })}
            />
          </label>
          <label>
            To{' '}
            <input
              type={inputTypeOf(query.to)}
              value={query.to}
              onChange={({ target }) => update({ to: target.value })}
            />
          </label>
        </fieldset>
      )}
    </form>
  );
}

/** Links from a chart have times. */
const inputTypeOf = (text: string): string => (text.includes('T') ? 'datetime-local' : 'date');

interface ChoiceProps {
  readonly label: string;
  /** The label of the empty choice. */
  readonly all: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly value: string;
  readonly isDisabled?: boolean;
  readonly title?: string | undefined;
  readonly onChange: (value: string) => void;
}

function Choice({ label, all, options, value, isDisabled = false, title, onChange }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      disabled={isDisabled}
      title={title}
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

interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

interface MinutesProps extends FieldProps {
  readonly label: string;
  readonly placeholder: string;
}

function Minutes({ label, placeholder, value, onChange }: MinutesProps) {
  return (
    <input
      type="number"
      min="0"
      max="9999"
      step="0.5"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

function NumberField({ value, onChange }: FieldProps) {
  const id = useId();
  const error = numberError(value);
  const hint = error ?? numberHint(value);
  return (
    <span className="filters-number">
      <input
        type="tel"
        aria-label="Number, its beginning or its last digits"
        placeholder="Number or last digits"
        aria-invalid={error !== undefined}
        aria-describedby={hint === undefined ? undefined : id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      {hint !== undefined && (
        <span className={error === undefined ? 'filters-hint' : 'form-error'} id={id} role="status">
          {hint}
        </span>
      )}
    </span>
  );
}
