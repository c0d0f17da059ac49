/** GraphiQL: static files of the build. Its page is public and contains no data, so that an access token can be entered in it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GRAPHIQL_POLICY } from './security-headers.ts';
import { createStaticFiles, sendPage } from './static-files.ts';

/** The files that the page loads. */
export const GRAPHIQL_ASSETS = /^\/graphiql(\/assets\/.+)$/;

/** Written by `scripts/build-graphiql.mjs`. The path is the same from `src` and from `dist`. */
const ROOT = new URL('../../dist/graphiql/', import.meta.url);

export interface Graphiql {
  /** @param isOpen whether no access token is needed. Otherwise GraphiQL subscribes over SSE, which sends the headers that were entered. */
  sendPage(request: IncomingMessage, response: ServerResponse, isOpen: boolean): void;
  /** Sends a file of the page. */
  sendAsset(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/** @param root the folder of the build. If it does not exist, the page shows how to build it. */
export function createGraphiql(root: URL = ROOT): Graphiql {
  const files = createStaticFiles(root, GRAPHIQL_POLICY);
  if (!files) {
    const send = (_request: IncomingMessage, response: ServerResponse): void => sendPage(response, NOT_BUILT);
    return { sendPage: send, sendAsset: send };
  }
  return {
    sendPage: (request, response, isOpen) =>
      files.send(request, response, isOpen ? '/open.html' : '/tokens.html'),
    sendAsset: (request, response, path) =>
      files.send(request, response, GRAPHIQL_ASSETS.exec(path)?.[1] ?? '/'),
  };
}

/** Returns whether a browser requests the page, as opposed to a program that sends a query. */
export function isForGraphiql({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sidetone</title>
<p>GraphiQL was not built. Run <code>npm run build</code> and restart the daemon.</p>
</html>
`;
