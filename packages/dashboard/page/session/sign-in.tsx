/** The sign-in page, shown if the daemon requires an access token. */
import { useId, useState, type FormEvent } from 'react';
import { Brand } from '../ui/brand.tsx';
import { Button } from '../ui/button.tsx';
import './sign-in.css';

interface SignInProps {
  /** Why the last token was rejected. */
  readonly error: string | undefined;
  readonly onToken: (token: string, isKept: boolean) => Promise<void>;
}

export default function SignIn({ error, onToken }: SignInProps) {
  const [isChecking, setChecking] = useState(false);
  const [errorId, keepId] = [useId(), useId()];

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const token = (form.get('token') as string).trim();
    if (token === '') return;
    setChecking(true);
    await onToken(token, form.has('keep'));
    setChecking(false);
  }

  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={(event) => void submit(event)}>
        <Brand />
        <h1>Sign in</h1>
        <p className="muted">
          Enter the access token that the operator of the daemon gave you: one of <code>auth.tokens</code> in
          its configuration, or of <code>sidetone token create</code>.
        </p>
        <label className="field">
          <span>Access token</span>
          <input
            type="password"
            name="token"
            autoComplete="current-password"
            spellCheck={false}
            autoFocus
            required
            aria-invalid={error !== undefined}
            aria-describedby={error === undefined ? undefined : errorId}
          />
        </label>
        {error !== undefined && (
          <p className="form-error" id={errorId} role="alert">
            {error}
          </p>
        )}
        <label className="check">
          <input type="checkbox" name="keep" aria-describedby={keepId} />
          <span>Stay signed in on this device</span>
        </label>
        <p className="faint sign-in-hint" id={keepId}>
          Only where nobody else uses this browser. Otherwise you are signed in until you close the last tab
          of Sidetone.
        </p>
        <Button kind="primary" type="submit" isBusy={isChecking}>
          {isChecking ? 'Checking…' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}
