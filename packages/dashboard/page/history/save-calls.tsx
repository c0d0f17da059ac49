/** Saves the calls of a search as CSV. The browser downloads them from the daemon with a signed URL, without holding them. */
import { useState } from 'react';
import { useClient } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import { ROOT } from '../api/root.ts';
import { Button } from '../ui/button.tsx';
import { saveFrom } from '../ui/files/save-file.ts';
import { Icon } from '../ui/icon.tsx';
import { EXPORT_URL } from './documents.ts';
import { toCallFilter, type SearchQuery } from './search-query.ts';

export function SaveCalls({ query }: { readonly query: SearchQuery }) {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  async function save(): Promise<void> {
    setBusy(true);
    const said = query.said.trim();
    const filter = { ...toCallFilter(query, Date.now()), ...(said !== '' && { said }) };
    const { data, error: failure } = await client
      .query(EXPORT_URL, { filter }, { requestPolicy: 'network-only' })
      .toPromise();
    setBusy(false);
    setError(data ? undefined : toApiError(failure!));
    // The host and the root are those of this page, which may differ from `server.publicUrl`.
    if (data) saveFrom(ROOT + data.exportUrl.url.replace(/^.*\/(?=export\/)/, ''), 'calls.csv');
  }

  return (
    <>
      <Button kind="quiet" isBusy={isBusy} onClick={() => void save()}>
        <Icon name="download" size={16} />
        Save as CSV
      </Button>
      {error && (
        <span className="form-error" role="alert">
          {error.message}
        </span>
      )}
    </>
  );
}
