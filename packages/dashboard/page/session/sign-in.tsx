/** The page that a daemon with access tokens begins with. */
import { useId, useState, type FormEvent } from 'react';
import { Brand } from '../ui/brand.tsx';
import { Button } from '../ui/button.tsx';
import './sign-in.css';

export interface SignInProps {
  /** Why the last token was not taken. */
  readonly error: string | undefined;
  readonly onToken: (token: string, isKept: boolean) => Promise<void>;
}

export function SignIn({ error, onToken }: SignInProps) {
  const [isAsking, setAsking] = useState(false);
  const errorId = useId();

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const token = (form.get('token') as string).trim();
    if (token === '') return;
    setAsking(true);
    await onToken(token, form.has('keep'));
    setAsking(false);
  }

  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={(event) => void submit(event)}>
        <Brand />
        <h1>Sign in</h1>
        <p className="muted">
          This daemon asks for an access token: one of <code>auth.tokens</code> of its configuration.
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
          <span>Keep it until this tab is closed</span>
        </label>
        <Button kind="primary" type="submit" isBusy={isAsking}>
          {isAsking ? 'Checking…' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}
