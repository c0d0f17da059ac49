/** The content of the session menu: what the access token permits, when it expires, and the button to sign out. */
import { Button } from '../ui/button.tsx';
import { dateTimeText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { SCOPE_LABELS } from '../ui/labels.ts';
import { Text } from '../ui/text/text.tsx';
import { useSession } from './session-context.ts';
import type { Scope } from './viewer.ts';
import './session-panel.css';

const PERMISSIONS = ['READ', 'LISTEN', 'CONTROL', 'ADMIN'] as const satisfies readonly Scope[];

export default function SessionPanel() {
  const { viewer, signOut } = useSession();
  const { name, scopes, expiresAt } = viewer;
  return (
    <div className="session-panel">
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
  );
}
