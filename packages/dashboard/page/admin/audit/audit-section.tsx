/** The audit log: who did what to stored data, and who tried to get access. */
import { useState } from 'react';
import { useClient } from 'urql';
import { useLocation, useSearch } from 'wouter';
import type { ApiError } from '../../api/errors.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Loading } from '../../ui/loading.tsx';
import { saveText } from '../../ui/files/save-file.ts';
import { AuditFilters } from './audit-filters.tsx';
import { AuditTable } from './audit-table.tsx';
import { auditCsv, formatAuditQuery, parseAuditQuery, toAuditFilter } from './audit-query.ts';
import { MAX_EXPORTED, readEntries, useAuditLog } from './use-audit-log.ts';

export function AuditSection() {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const query = parseAuditQuery(search);
  const filter = toAuditFilter(query);
  const { entries, error, hasMore, isLoading, loadMore } = useAuditLog(filter);
  return (
    <>
      <AuditFilters
        query={query}
        onQuery={(next) => navigate(`${path}?${formatAuditQuery(next)}`, { replace: true })}
      />
      {error ? (
        <ErrorState error={error} onRetry={loadMore} />
      ) : !entries ? (
        <Loading label="Loading the audit log…" />
      ) : entries.length === 0 ? (
        <EmptyState title="No entries found" icon="search">
          Nothing was recorded for this filter. Choose a longer time, or fewer filters.
        </EmptyState>
      ) : (
        <section className="card" aria-label="Entries">
          <SaveEntries filter={filter} />
          <AuditTable entries={entries} />
          {hasMore && (
            <div>
              <Button isBusy={isLoading} onClick={loadMore}>
                {isLoading ? 'Loading…' : 'Show more'}
              </Button>
            </div>
          )}
        </section>
      )}
    </>
  );
}

function SaveEntries({ filter }: { readonly filter: ReturnType<typeof toAuditFilter> }) {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const [isCut, setCut] = useState(false);

  async function save(): Promise<void> {
    setBusy(true);
    const entries = await readEntries(client, filter);
    setBusy(false);
    if ('code' in entries) return setError(entries);
    setError(undefined);
    setCut(entries.length === MAX_EXPORTED);
    saveText('audit.csv', 'text/csv;charset=utf-8', auditCsv(entries));
    return undefined;
  }

  return (
    <div className="form-row">
      <Button isBusy={isBusy} onClick={() => void save()}>
        <Icon name="download" size={16} />
        {isBusy ? 'Reading…' : 'Save as CSV'}
      </Button>
      {error && (
        <p className="form-error" role="alert">
          {error.message}
        </p>
      )}
      {isCut && (
        <p className="muted" role="status">
          The file has the newest {MAX_EXPORTED.toLocaleString()} entries. <code>sidetone audit</code> exports
          all.
        </p>
      )}
    </div>
  );
}
