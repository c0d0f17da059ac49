/** The access tokens with what they permit, their expiry and their last use. */
import { useState } from 'react';
import { useMutation } from 'urql';
import { toApiError } from '../../api/errors.ts';
import { useSession } from '../../session/session-context.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { dateTimeText } from '../../ui/format.ts';
import { SCOPE_LABELS } from '../../ui/labels.ts';
import { REVOKE_TOKEN, type AccessToken } from './documents.ts';
import { shownScopes, stateText } from './token-input.ts';

interface TokenListProps {
  readonly tokens: readonly AccessToken[];
  readonly onChange: () => void;
}

export function TokenList({ tokens, onChange }: TokenListProps) {
  const { viewer } = useSession();
  const [{ error }, revokeToken] = useMutation(REVOKE_TOKEN);
  const [revoking, setRevoking] = useState<string>();
  if (tokens.length === 0) return null;
  return (
    <section className="card" aria-labelledby="tokens-title">
      <h2 id="tokens-title">Tokens</h2>
      {error && (
        <p className="form-error" role="alert">
          {toApiError(error).message}
        </p>
      )}
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col">Owner</th>
            <th scope="col">Permissions</th>
            <th scope="col">State</th>
            <th scope="col">Last use</th>
            <th scope="col">Created</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <Row
              // A name can be used again after the token is no longer valid.
              key={`${token.name} ${token.source} ${token.createdAt}`}
              token={token}
              isOwn={token.name === viewer.name && token.state === 'ACTIVE'}
              onRevoke={() => setRevoking(token.name)}
            />
          ))}
        </tbody>
      </table>
      {revoking !== undefined && (
        <ConfirmDialog
          title={`Revoke the token of ${revoking}?`}
          action="Revoke token"
          onConfirm={() => void revokeToken({ name: revoking }).then(onChange)}
          onClose={() => setRevoking(undefined)}
        >
          {revoking === viewer.name
            ? 'You are signed in with this token, and will be signed out.'
            : 'Its connections are closed within a second. A revoked token cannot be restored.'}
        </ConfirmDialog>
      )}
    </section>
  );
}

interface RowProps {
  readonly token: AccessToken;
  readonly isOwn: boolean;
  readonly onRevoke: () => void;
}

function Row({ token, isOwn, onRevoke }: RowProps) {
  const { name, scopes, source, state, lastUsedAt, createdAt, createdBy } = token;
  const now = Date.now();
  return (
    <tr>
      <th scope="row">
        {name}
        {isOwn && <span className="faint"> (you)</span>}
      </th>
      <td data-label="Permissions">
        {shownScopes(scopes)
          .map((scope) => SCOPE_LABELS[scope])
          .join(', ')}
      </td>
      <td data-label="State">{stateText(token, now)}</td>
      <td data-label="Last use">{lastUsedAt === null ? 'never' : dateTimeText(lastUsedAt, now)}</td>
      <td data-label="Created">
        {createdAt === null
          ? 'in the configuration'
          : `${dateTimeText(createdAt, now)}${createdBy === null ? '' : ` by ${createdBy}`}`}
      </td>
      <td>
        {source === 'DATABASE' && state === 'ACTIVE' && (
          <Button kind="danger" onClick={onRevoke}>
            Revoke
            <span className="visually-hidden"> the token of {name}</span>
          </Button>
        )}
      </td>
    </tr>
  );
}
