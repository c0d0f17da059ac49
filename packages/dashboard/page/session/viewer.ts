/** The owner of the access token, and its scopes. */
import { Client, fetchExchange } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import { ROOT } from '../api/root.ts';
import { graphql, type EnumOf } from '../api/graphql.ts';

export type Scope = EnumOf<'Scope'>;

export interface Viewer {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** When the token becomes invalid; null if it does not expire. */
  readonly expiresAt: string | null;
}

const VIEWER = graphql(`
  query Viewer {
    viewer {
      name
      scopes
      expiresAt
    }
  }
`);

const ALL_SCOPES: readonly Scope[] = ['READ', 'LISTEN', 'CONTROL', 'ADMIN'];

/** `ADMIN` includes all other scopes. */
export function viewerOf({
  name,
  scopes,
  expiresAt = null,
}: {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: string | null;
}): Viewer {
  return { name, scopes: new Set(scopes.includes('ADMIN') ? ALL_SCOPES : scopes), expiresAt };
}

/** Authenticates with a separate client, before the API client is created. Never rejects. */
export async function fetchViewer(token: string | undefined): Promise<Viewer | ApiError> {
  const client = new Client({
    url: `${ROOT}graphql`,
    preferGetMethod: false,
    exchanges: [fetchExchange],
    ...(token !== undefined && { fetchOptions: { headers: { 'x-access-token': token } } }),
  });
  const { data, error } = await client.query(VIEWER, {}).toPromise();
  return data ? viewerOf(data.viewer) : toApiError(error!);
}
