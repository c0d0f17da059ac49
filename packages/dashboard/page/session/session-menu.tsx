/** Who is signed in, what the access token permits, when it expires, and the button to sign out. */
import { useId } from 'react';
import { Button } from '../ui/button.tsx';
import { dateTimeText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { SCOPE_LABELS } from '../ui/labels.ts';
import { Text } from '../ui/text/text.tsx';
import { useSession } from './session-context.ts';
import type { Scope } from './viewer.ts';
import './session-menu.css';

const PERMISSIONS = ['READ', 'LISTEN', 'CONTROL', 'ADMIN'] as const satisfies readonly Scope[];

export function SessionMenu() {
  const { viewer, signOut } = useSession();
  const { name, scopes, expiresAt } = viewer;
  const id = useId();
  return (
    <>
      <button
        type="button"
        className="button button-quiet session-button"
        popoverTarget={id}
        title={`Signed in as ${name}`}
      >
        <Icon name="user" />
        <span className="visually-hidden">Signed in as</span>
        <Text className="clip">{name}</Text>
      </button>
      <div id={id} popover="auto" className="session-menu" role="dialog" aria-label="Your session">
        <p className="muted">
          Signed in as <Text as="strong">{name}</Text>
        </p>
        <ul aria-label="Permissions">
          {PERMISSIONS.map((scope) => (
            <li key={scope} data-granted={scopes.has(scope)}>
              <Icon name={scopes.has(scope) ? 'check' : 'lock'} size={16} />
              {SCOPE_LABELS[scope]}
              {!scopes.has(scope) && <span className="visually-hidden"> (not permitted)</span>}
            </li>
          ))}
          {scopes.has('MASKED_NUMBERS') && (
            <li data-granted="false">
              <Icon name="lock" size={16} />
              {SCOPE_LABELS.MASKED_NUMBERS}
            </li>
          )}
        </ul>
        <p className="muted">
          {expiresAt === null
            ? 'The token does not expire.'
            : `The token expires: ${dateTimeText(expiresAt, Date.now())}.`}
        </p>
        <Button onClick={signOut}>Sign out in all tabs</Button>
      </div>
    </>
  );
}
