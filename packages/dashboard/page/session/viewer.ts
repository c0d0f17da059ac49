/** Who asks, and what they may do. */
import { Client, fetchExchange } from 'urql';
import { troubleOf, type Trouble } from '../api/errors.ts';
import { graphql, type EnumOf } from '../api/graphql.ts';

export type Scope = EnumOf<'Scope'>;

export interface Viewer {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

const WHO_ASKS = graphql(`
  query WhoAsks {
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
export async function askViewer(token: string | undefined): Promise<Viewer | Trouble> {
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [fetchExchange],
    ...(token !== undefined && { fetchOptions: { headers: { authorization: `Bearer ${token}` } } }),
  });
  const { data, error } = await client.query(WHO_ASKS, {}).toPromise();
  return data ? viewerOf(data.viewer) : troubleOf(error!);
}
