/** The sign-in page, shown if the daemon requires an access token. */
import { useId, useState, type FormEvent } from 'react';
import { Brand } from '../ui/brand.tsx';
import { Button } from '../ui/button.tsx';
import './sign-in.css';

interface SignInProps {
  /** Why the last token was rejected. */
  readonly error: string | undefined;
  readonly onToken: (token: string, isPersistent: boolean) => Promise<void>;
}

export function SignIn({ error, onToken }: SignInProps) {
  const [isChecking, setChecking] = useState(false);
  const errorId = useId();

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
          Enter an access token from <code>auth.tokens</code> in the configuration of the daemon.
        </p>
        <label className="field">
          <span>Access token</span>
          <input
            type="password"
            name="token"
            autoComplete="current-password"
            spellCheck={false}
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
          <input type="checkbox" name="keep" defaultChecked />
          <span>Stay signed in until this tab is closed</span>
        </label>
        <Button kind="primary" type="submit" isBusy={isChecking}>
          {isChecking ? 'Checking…' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}
