/** The form to place a call. It opens the page of the call, which shows the further outcome. */
import { useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { useLocation, useSearch } from 'wouter';
import { newIdempotencyKey } from '../api/idempotency-key.ts';
import { Button } from '../ui/button.tsx';
import { RECENT_ASSISTANTS, type CallingProvider } from './documents.ts';
import { placeCall, type PlaceFailure } from './place-call.ts';
import {
  assistantsOf,
  placeErrors,
  placeInput,
  type PlaceErrors,
  type PlaceForm as Form,
} from './place-input.ts';

export function PlaceForm({ providers }: { readonly providers: readonly CallingProvider[] }) {
  const client = useClient();
  const [, navigate] = useLocation();
  const params = new URLSearchParams(useSearch());
  const [form, setForm] = useState<Form>(() => ({
    providerId: params.get('provider') ?? providers[0]!.id,
    to: params.get('to') ?? '',
    from: params.get('from') ?? '',
    assistantId: params.get('assistant') ?? '',
    options: '',
  }));
  const [errors, setErrors] = useState<PlaceErrors>({});
  const [failure, setFailure] = useState<PlaceFailure>();
  const [isBusy, setBusy] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  // The key is kept until the form changes, so that a retry with an unknown outcome does not place a second call.
  const key = useRef(newIdempotencyKey());

  function update(change: Partial<Form>): void {
    setForm({ ...form, ...change });
    key.current = newIdempotencyKey();
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    const found = placeErrors(form);
    setErrors(found);
    const [first] = Object.keys(found);
    if (first !== undefined) return element.current!.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
    setBusy(true);
    setFailure(undefined);
    const outcome = await placeCall(client, placeInput(form, key.current));
    setBusy(false);
    if ('callId' in outcome) return navigate(`/calls/${outcome.callId}`);
    if (outcome.retry !== 'same') key.current = newIdempotencyKey();
    setFailure(outcome);
    return undefined;
  }

  return (
    <form ref={element} className="card place-form" noValidate onSubmit={(event) => void submit(event)}>
      <Field label="Provider" error={errors.providerId}>
        {(props) => (
          <select
            {...props}
            name="providerId"
            value={form.providerId}
            onChange={({ target }) => update({ providerId: target.value, assistantId: '' })}
          >
            {providers.map(({ id, displayName, state }) => (
              <option key={id} value={id}>
                {displayName}
                {state === 'FAILED' || state === 'STOPPED' ? ' (not running)' : ''}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Number to call" error={errors.to}>
        {(props) => (
          <input
            {...props}
            name="to"
            type="tel"
            autoComplete="off"
            placeholder="+1 500 555 0123"
            value={form.to}
            onChange={({ target }) => update({ to: target.value })}
          />
        )}
      </Field>
      <Field label="Calling number (optional)" hint="The provider’s default if empty" error={errors.from}>
        {(props) => (
          <input
            {...props}
            name="from"
            type="tel"
            autoComplete="off"
            value={form.from}
            onChange={({ target }) => update({ from: target.value })}
          />
        )}
      </Field>
      <AssistantField form={form} onChange={(assistantId) => update({ assistantId })} />
      <details className="collapsible">
        <summary>Options of the provider</summary>
        <Field
          label="JSON object"
          hint="Passed to the provider unchanged; see its documentation"
          error={errors.options}
        >
          {(props) => (
            <textarea
              {...props}
              name="options"
              rows={4}
              spellCheck={false}
              value={form.options}
              onChange={({ target }) => update({ options: target.value })}
            />
          )}
        </Field>
      </details>
      <div>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {isBusy ? 'Calling…' : 'Place call'}
        </Button>
      </div>
      {failure && (
        <p className="form-error" role="alert">
          {failure.message} {failure.remedy}
        </p>
      )}
    </form>
  );
}

function AssistantField({
  form,
  onChange,
}: {
  readonly form: Form;
  readonly onChange: (id: string) => void;
}) {
  const list = useId();
  const [{ data }] = useQuery({
    query: RECENT_ASSISTANTS,
    variables: { providerId: form.providerId },
    pause: form.providerId === '',
  });
  const assistants = assistantsOf(data?.calls.nodes ?? []);
  return (
    <Field label="Assistant id (optional)" hint="Suggestions are those of the last calls">
      {(props) => (
        <>
          <input
            {...props}
            name="assistantId"
            list={list}
            autoComplete="off"
            value={form.assistantId}
            onChange={({ target }) => onChange(target.value)}
          />
          <datalist id={list}>
            {assistants.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

interface InputProps {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly children: (props: InputProps) => ReactNode;
}

function Field({ label, hint, error, children }: FieldProps) {
  const [id, hintId] = [useId(), useId()];
  return (
    <div className="field">
      <span>
        <label htmlFor={id}>{label}</label>
      </span>
      {children({ id, 'aria-invalid': error !== undefined, 'aria-describedby': hintId })}
      <small id={hintId} className={error === undefined ? 'faint' : 'form-error'}>
        {error ?? hint}
      </small>
    </div>
  );
}
