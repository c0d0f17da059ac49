/**
 * The path and query of a request, as the routes know them. Proxies may keep or remove the path of `server.publicUrl`, and
 * addresses that were joined by hand have repeated slashes or one at the end: all of these lead to the same route.
 */
import type { IncomingMessage } from 'node:http';
import { withoutExcessSlashes } from '../../access/base-path.ts';

export interface RequestTarget {
  /** The URL of the route. Its host is a placeholder. */
  readonly url: URL;
  /** The path and query of the route; the query as the sender wrote it. */
  readonly routed: string;
  /** The path and query below the base path, as the sender wrote them. A provider may have signed these. */
  readonly original: string;
  /** The relative address of the route, for a browser, if the path was written in another way. */
  readonly canonical: string | undefined;
}

/** Returns undefined if the request has no valid path, or not exactly one host. */
export function targetOf(
  {
    url: text = '',
    headersDistinct,
    httpVersion,
  }: Pick<IncomingMessage, 'url' | 'headersDistinct' | 'httpVersion'>,
  basePath: string,
): RequestTarget | undefined {
  const hosts = headersDistinct.host?.length ?? 0;
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return undefined;
  const address = `http://localhost${text}`;
  if (!text.startsWith('/') || !URL.canParse(address)) return undefined;
  const { pathname, search } = new URL(address);
  const query = /\?.*$/s.exec(text)?.[0] ?? '';
  const own = below(basePath, pathname);
  const path = withoutExcessSlashes(own) || '/';
  return {
    url: new URL(`http://localhost${path}${search}`),
    routed: path + query,
    original: own + query,
    canonical: own === path ? undefined : relativeAddress(own, path, basePath) + search,
  };
}

/** Returns the part of a path below the base path; empty for the base path itself without a slash at its end. */
function below(basePath: string, path: string): string {
  const own = path.replace(/^\/+/, '/');
  return basePath !== '' && (own === basePath || own.startsWith(`${basePath}/`))
    ? own.slice(basePath.length)
    : path;
}

/** The address is relative, because only the browser knows what a proxy removed from the path. */
function relativeAddress(own: string, path: string, basePath: string): string {
  if (own === '') return `${basePath.slice(basePath.lastIndexOf('/') + 1)}/`;
  return `${'../'.repeat(own.split('/').length - 2)}${path.slice(1)}` || './';
}
