/** Who asks, and what they may do. */
import { Client, fetchExchange } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import { graphql, type EnumOf } from '../api/graphql.ts';

export type Scope = EnumOf<'Scope'>;

export interface Viewer {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

const VIEWER = graphql(`
  query Viewer {
    viewer {
      name
      scopes
    }
  }
`);

const EVERY: readonly Scope[] = ['READ', 'LISTEN', 'CONTROL', 'ADMIN'];

/** `ADMIN` brings all the others. */
export function viewerOf({
  name,
  scopes,
}: {
  readonly name: string;
  readonly scopes: readonly Scope[];
}): Viewer {
  return { name, scopes: new Set(scopes.includes('ADMIN') ? EVERY : scopes) };
}

/** Asks by a request of its own, before anything else is opened. Never throws. */
export async function fetchViewer(token: string | undefined): Promise<Viewer | ApiError> {
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [fetchExchange],
    ...(token !== undefined && { fetchOptions: { headers: { authorization: `Bearer ${token}` } } }),
  });
  const { data, error } = await client.query(VIEWER, {}).toPromise();
  return data ? viewerOf(data.viewer) : toApiError(error!);
}
