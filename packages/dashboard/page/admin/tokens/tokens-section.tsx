/** Access tokens: a form to create one, and the list. */
import { useState } from 'react';
import { useQuery } from 'urql';
import { toApiError } from '../../api/errors.ts';
import { useSession } from '../../session/session-context.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/clipboard/copy-button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { TOKENS } from './documents.ts';
import { TokenForm, type CreatedToken } from './token-form.tsx';
import { TokenList } from './token-list.tsx';

export function TokensSection() {
  const { api } = useSession();
  const [{ data, error }, refetch] = useQuery({ query: TOKENS, requestPolicy: 'cache-and-network' });
  const [created, setCreated] = useState<CreatedToken>();
  const reload = (): void => refetch({ requestPolicy: 'network-only' });
  if (!data)
    return error ? (
      <ErrorState error={toApiError(error)} onRetry={reload} />
    ) : (
      <Loading label="Loading access tokens…" />
    );
  return (
    <>
      {api.token === undefined ? (
        <OpenDaemon />
      ) : (
        <TokenForm
          onCreated={(token) => {
            setCreated(token);
            reload();
          }}
        />
      )}
      {created && <NewToken created={created} onClose={() => setCreated(undefined)} />}
      <TokenList tokens={data.tokens} onChange={reload} />
    </>
  );
}

/** The first token would end the session of this page before the token could be copied. */
function OpenDaemon() {
  return (
    <section className="card" aria-labelledby="open-title">
      <h2 id="open-title">This daemon has no access tokens</h2>
      <p>
        Everyone who can connect to it can do everything. Create the first token on the machine of the daemon,
        and sign in with it: <code>sidetone token create NAME --scopes admin</code>
      </p>
    </section>
  );
}

function NewToken({ created, onClose }: { readonly created: CreatedToken; readonly onClose: () => void }) {
  return (
    <section className="card" aria-labelledby="new-token-title">
      <h2 id="new-token-title">The new token of {created.name}</h2>
      <p role="status">Copy it now: it is not stored and cannot be shown again.</p>
      <p className="token-value">
        <code>{created.token}</code>
        <CopyButton text={created.token} what="the token" />
        <Button kind="quiet" onClick={onClose}>
          Hide
        </Button>
      </p>
    </section>
  );
}
