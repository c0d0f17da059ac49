/** The tags of a call, editable for viewers with the scope `control`. */
import { useId, useRef, useState, type FormEvent } from 'react';
import { useMutation } from 'urql';
import { toApiError } from '../api/errors.ts';
import type { Call } from '../call/documents.ts';
import { useHasScope } from '../session/session-context.ts';
import { Icon } from '../ui/icon.tsx';
import { isolate } from '../ui/text/isolate.ts';
import { Text } from '../ui/text/text.tsx';
import { TAG_CALL } from './documents.ts';
import { TagSuggestions } from './tag-suggestions.tsx';
import { splitTags, tagsError } from './tags.ts';
import './notes.css';

export function TagEditor({ call: { id: callId, tags } }: { readonly call: Pick<Call, 'id' | 'tags'> }) {
  const canControl = useHasScope('CONTROL');
  const [{ error }, tagCall] = useMutation(TAG_CALL);
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const problem = tagsError(splitTags(text));
  const list = useId();

  /** Moves the focus to the input, because the focused button is removed with its tag. */
  function remove(tag: string): void {
    void tagCall({ callId, remove: [tag] });
    input.current?.focus();
  }

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    const add = splitTags(text);
    if (add.length === 0 || problem !== undefined) return;
    const { data } = await tagCall({ callId, add });
    if (data) setText('');
  }

  if (!canControl && tags.length === 0) return null;
  return (
    <div className="tag-editor">
      {tags.length > 0 && (
        <ul className="tags" aria-label="Tags">
          {tags.map((tag) => (
            <li key={tag} className="tag">
              <Text>{tag}</Text>
              {canControl && (
                <button
                  type="button"
                  className="tag-remove"
                  aria-label={`Remove tag ${isolate(tag)}`}
                  onClick={() => remove(tag)}
                >
                  <Icon name="close" size={12} />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {canControl && (
        <form onSubmit={(event) => void add(event)}>
          <input
            ref={input}
            className="tag-input"
            aria-label="Add tag"
            title="A comma separates tags"
            placeholder="+ Tag"
            aria-invalid={problem !== undefined}
            list={list}
            enterKeyHint="done"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
          <TagSuggestions id={list} text={text} />
        </form>
      )}
      {(problem !== undefined || error) && (
        <span className="form-error" role="alert">
          {problem ?? (error && toApiError(error).message)}
        </span>
      )}
    </div>
  );
}
