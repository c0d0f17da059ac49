/** The entries of the audit log that match a filter, in pages. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useClient, type Client } from 'urql';
import { toApiError, type ApiError } from '../../api/errors.ts';
import { AUDIT_LOG, type AuditEntry, type AuditFilter } from './documents.ts';

const PAGE_SIZE = 50;
const EXPORT_PAGE_SIZE = 200;
/** The largest number of entries of a download. `sidetone audit` has no such limit. */
export const MAX_EXPORTED = 10_000;

interface Page {
  readonly nodes: readonly AuditEntry[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

async function readPage(
  client: Pick<Client, 'query'>,
  filter: AuditFilter,
  first: number,
  after: string | null,
): Promise<Page | ApiError> {
  const { data, error } = await client
    .query(AUDIT_LOG, { filter, first, after }, { requestPolicy: 'network-only' })
    .toPromise();
  return data ? data.auditLog : toApiError(error!);
}

/** Reads all entries, at most {@link MAX_EXPORTED}. */
export async function readEntries(
  client: Pick<Client, 'query'>,
  filter: AuditFilter,
): Promise<readonly AuditEntry[] | ApiError> {
  const entries: AuditEntry[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Page | ApiError = await readPage(client, filter, EXPORT_PAGE_SIZE, after);
    if ('code' in page) return page;
    entries.push(...page.nodes);
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage || entries.length >= MAX_EXPORTED) return entries.slice(0, MAX_EXPORTED);
  }
}

interface AuditLog {
  /** Undefined until the first page. */
  readonly entries: readonly AuditEntry[] | undefined;
  readonly error: ApiError | undefined;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly loadMore: () => void;
}

const NOTHING = { entries: undefined, error: undefined, hasMore: false, isLoading: true } as const;

export function useAuditLog(filter: AuditFilter): AuditLog {
  const client = useClient();
  const [state, setState] = useState<Omit<AuditLog, 'loadMore'>>(NOTHING);
  const cursor = useRef<string | null>(null);
  const key = JSON.stringify(filter);
  const current = useRef(key);
  const stable = useMemo(() => JSON.parse(key) as AuditFilter, [key]);

  const load = useCallback(async () => {
    setState((before) => ({ ...before, isLoading: true, error: undefined }));
    const page = await readPage(client, stable, PAGE_SIZE, cursor.current);
    // The filter was changed meanwhile.
    if (current.current !== key) return;
    if ('code' in page) return setState((before) => ({ ...before, isLoading: false, error: page }));
    const isFirst = cursor.current === null;
    cursor.current = page.pageInfo.endCursor;
    setState(({ entries = [] }) => ({
      entries: isFirst ? page.nodes : [...entries, ...page.nodes],
      error: undefined,
      hasMore: page.pageInfo.hasNextPage,
      isLoading: false,
    }));
  }, [client, stable, key]);

  useEffect(() => {
    current.current = key;
    cursor.current = null;
    void load();
  }, [load, key]);

  return { ...state, loadMore: () => void (state.isLoading || load()) };
}
