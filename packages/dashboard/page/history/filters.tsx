/** What can be looked for: words at first, then what is known of a call. */
import { useId } from 'react';
import { useQuery } from 'urql';
import { DIRECTION_WORDS, END_WORDS } from '../ui/words.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { RANGE_WORDS } from '../ui/ranges.ts';
import { PROVIDER_NAMES } from './documents.ts';
import { ANYTHING, numberTrouble, searchOf, type Wish } from './wish.ts';

export interface FiltersProps {
  readonly wish: Wish;
  readonly onWish: (wish: Wish) => void;
}

const OUTCOMES = { LIVE: 'Live now', ...END_WORDS, UNKNOWN: 'Ended, nobody knows why' };
const TIMES = { ...RANGE_WORDS, dates: 'Choose days' };

export function Filters({ wish, onWish }: FiltersProps) {
  const [{ data }] = useQuery({ query: PROVIDER_NAMES });
  const put = (change: Partial<Wish>): void => onWish({ ...wish, ...change });
  const names = (data?.providers ?? []).map(({ id, displayName }) => [id, displayName] as const);
  return (
    <form
      className="filters"
      role="search"
      aria-label="Past calls"
      onSubmit={(event) => event.preventDefault()}
    >
      <label className="filters-words">
        <span className="hidden-text">Words that were said</span>
        <Icon name="search" />
        <input
          type="search"
          maxLength={500}
          placeholder="Words that were said"
          value={wish.said}
          onChange={({ target }) => put({ said: target.value })}
        />
      </label>
      <div className="filters-row">
        <Choice
          label="Time"
          all="Any time"
          of={Object.entries(TIMES)}
          value={wish.when}
          onChoice={(when) => put({ when: when as Wish['when'] })}
        />
        <Choice
          label="Provider"
          all="All providers"
          of={names}
          value={wish.provider}
          onChoice={(provider) => put({ provider })}
        />
        <Choice
          label="Outcome"
          all="Any outcome"
          of={Object.entries(OUTCOMES)}
          value={wish.outcome}
          onChoice={(outcome) => put({ outcome: outcome as Wish['outcome'] })}
        />
        <Choice
          label="Direction"
          all="Any direction"
          of={Object.entries(DIRECTION_WORDS)}
          value={wish.direction}
          onChoice={(direction) => put({ direction: direction as Wish['direction'] })}
        />
        <NumberField value={wish.number} onChange={(number) => put({ number })} />
        <input
          aria-label="Tag; several with commas"
          placeholder="Tag"
          value={wish.tag}
          onChange={({ target }) => put({ tag: target.value })}
        />
        {searchOf(wish) !== '' && (
          <Button kind="quiet" onClick={() => onWish(ANYTHING)}>
            Clear
          </Button>
        )}
      </div>
      {wish.when === 'dates' && (
        <fieldset className="filters-dates">
          <legend className="hidden-text">Days</legend>
          <label>
            From{' '}
            <input type="date" value={wish.from} onChange={({ target }) => put({ from: target.value })} />
          </label>
          <label>
            to <input type="date" value={wish.to} onChange={({ target }) => put({ to: target.value })} />
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
  const trouble = numberTrouble(value);
  return (
    <span className="filters-number">
      <input
        type="tel"
        aria-label="Number, or how it begins"
        placeholder="Number"
        aria-invalid={trouble !== undefined}
        aria-describedby={trouble === undefined ? undefined : id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      {trouble !== undefined && (
        <span className="form-trouble" id={id} role="alert">
          {trouble}
        </span>
      )}
    </span>
  );
}
