/** Existing tags for a text field, as suggestions of the browser for the last tag in it. */
import { useDeferredValue } from 'react';
import { useQuery } from 'urql';
import { TAGS } from './documents.ts';
import { lastTagOf, suggestionsOf } from './tags.ts';

interface TagSuggestionsProps {
  /** The id that the `list` of the field names. */
  readonly id: string;
  /** The text of the field. */
  readonly text: string;
}

export function TagSuggestions({ id, text }: TagSuggestionsProps) {
  const prefix = useDeferredValue(lastTagOf(text));
  const [{ data }] = useQuery({ query: TAGS, variables: { prefix } });
  return (
    <datalist id={id}>
      {suggestionsOf(text, data?.tags ?? []).map(({ value, calls }) => (
        <option key={value} value={value}>
          {calls}
        </option>
      ))}
    </datalist>
  );
}
