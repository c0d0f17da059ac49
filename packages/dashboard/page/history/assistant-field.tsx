/** The filter by assistant, with the busiest assistants of the last 30 days as suggestions. */
import { useId, useState } from 'react';
import { useQuery } from 'urql';
import { rangeStart } from '../ui/ranges.ts';
import { ASSISTANTS } from './documents.ts';

interface AssistantFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function AssistantField({ value, onChange }: AssistantFieldProps) {
  const id = useId();
  // The suggestions are counted on request, so only for those who want them.
  const [since, setSince] = useState<string>();
  const [{ data }] = useQuery({
    query: ASSISTANTS,
    variables: { since: since ?? null },
    pause: since === undefined,
  });
  const names = data?.callStats.splitSeries.flatMap(({ key, calls }) =>
    key === null ? [] : [{ key, calls }],
  );
  return (
    <>
      <input
        list={id}
        aria-label="Assistant, by its whole name"
        placeholder="Assistant"
        value={value}
        onFocus={() => setSince((known) => known ?? new Date(rangeStart('30d', Date.now())).toISOString())}
        onChange={({ target }) => onChange(target.value)}
      />
      <datalist id={id}>
        {names?.map(({ key, calls }) => (
          <option key={key} value={key}>
            {calls}
          </option>
        ))}
      </datalist>
    </>
  );
}
