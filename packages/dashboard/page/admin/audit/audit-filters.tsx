/** The filters of the audit log. */
import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { ACTION_LABELS, OUTCOME_LABELS } from './audit-labels.ts';
import { EMPTY_AUDIT_QUERY, formatAuditQuery, type AuditQuery } from './audit-query.ts';

interface AuditFiltersProps {
  readonly query: AuditQuery;
  readonly onQuery: (query: AuditQuery) => void;
}

/** Texts are applied after this pause. */
const DEBOUNCE_MS = 300;

export function AuditFilters({ query, onQuery }: AuditFiltersProps) {
  const update = (change: Partial<AuditQuery>): void => onQuery({ ...query, ...change });
  return (
    <form
      className="form-row"
      role="search"
      aria-label="Audit log"
      onSubmit={(event) => event.preventDefault()}
    >
      <Choice
        label="Action"
        all="All actions"
        labels={ACTION_LABELS}
        value={query.action}
        onChange={(action) => update({ action })}
      />
      <Choice
        label="Outcome"
        all="Any outcome"
        labels={OUTCOME_LABELS}
        value={query.outcome}
        onChange={(outcome) => update({ outcome })}
      />
      <Text label="By (owner of a token)" value={query.by} onChange={(by) => update({ by })} />
      <Text label="Id of the call" value={query.call} onChange={(call) => update({ call })} />
      <label className="field">
        <span>From</span>
        <input type="date" value={query.from} onChange={({ target }) => update({ from: target.value })} />
      </label>
      <label className="field">
        <span>To</span>
        <input type="date" value={query.to} onChange={({ target }) => update({ to: target.value })} />
      </label>
      {formatAuditQuery(query) !== '' && (
        <Button kind="quiet" onClick={() => onQuery(EMPTY_AUDIT_QUERY)}>
          Clear filters
        </Button>
      )}
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Choice({ label, all, labels, value, onChange }: ChoiceProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">{all}</option>
        {Object.entries(labels).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Text({ label, value, onChange }: TextProps) {
  const [text, setText] = useState(value);
  const [applied, setApplied] = useState(value);
  // The filter was changed elsewhere, such as by a link or the button that clears it.
  if (applied !== value) {
    setApplied(value);
    setText(value);
  }
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(text.trim()), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <label className="field">
      <span>{label}</span>
      <input type="search" autoComplete="off" value={text} onChange={({ target }) => setText(target.value)} />
    </label>
  );
}
