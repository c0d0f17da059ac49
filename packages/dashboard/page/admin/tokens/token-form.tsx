/** The form to create an access token. */
import { useState, type FormEvent } from 'react';
import { useMutation } from 'urql';
import type { EnumOf } from '../../api/graphql.ts';
import { toApiError } from '../../api/errors.ts';
import { Button } from '../../ui/button.tsx';
import { fieldText } from '../../ui/form/form-text.ts';
import { SCOPE_LABELS } from '../../ui/labels.ts';
import { CREATE_TOKEN } from './documents.ts';
import { LIFETIMES, tokenInput, type Lifetime } from './token-input.ts';

export interface CreatedToken {
  readonly name: string;
  readonly token: string;
}

const SCOPES = Object.keys(SCOPE_LABELS) as EnumOf<'Scope'>[];

export function TokenForm({ onCreated }: { readonly onCreated: (created: CreatedToken) => void }) {
  const [{ error, fetching }, createToken] = useMutation(CREATE_TOKEN);
  const [problem, setProblem] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const input = tokenInput(
      {
        name: fieldText(values, 'name'),
        scopes: SCOPES.filter((scope) => values.has(scope)),
        lifetime: fieldText(values, 'lifetime') as Lifetime,
      },
      Date.now(),
    );
    setProblem('problem' in input ? input.problem : undefined);
    if ('problem' in input) return;
    const { data } = await createToken({ input });
    if (!data) return;
    form.reset();
    onCreated({ name: data.createToken.accessToken.name, token: data.createToken.token });
  }

  const message = problem ?? (error && toApiError(error).message);
  return (
    <form className="card" aria-labelledby="token-form-title" onSubmit={(event) => void submit(event)}>
      <h2 id="token-form-title">Create a token</h2>
      <div className="form-row">
        <label className="field">
          <span>Owner</span>
          <input name="name" autoComplete="off" placeholder="night-shift" maxLength={32} required />
        </label>
        <label className="field">
          <span>Valid for</span>
          <select name="lifetime" defaultValue="quarter">
            {Object.entries(LIFETIMES).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <fieldset className="admin-checks">
        <legend>Permissions</legend>
        {SCOPES.map((scope) => (
          <label key={scope} className="check">
            <input type="checkbox" name={scope} defaultChecked={scope === 'READ'} />
            <span>{SCOPE_LABELS[scope]}</span>
          </label>
        ))}
      </fieldset>
      <div>
        <Button type="submit" kind="primary" isBusy={fetching}>
          Create token
        </Button>
      </div>
      {message !== undefined && (
        <p className="form-error" role="alert">
          {message}
        </p>
      )}
    </form>
  );
}
