/** GraphiQL for a browser. The page holds nothing secret: it is for everybody, so that a token can be typed into it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FIRST_QUERY } from './first-query.ts';

/** Whether a browser opens the page, instead of a program that asks something. */
export function isForGraphiql({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}

/** @param isOpen whether no token is needed: else it subscribes by requests, which carry the header that somebody typed. */
export async function sendGraphiql(response: ServerResponse, isOpen: boolean): Promise<void> {
  // The page brings its scripts along, nine megabytes of them: loaded when somebody opens it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'Sidetone',
    subscriptionsProtocol: isOpen ? 'WS' : 'SSE',
    defaultQuery: FIRST_QUERY,
    endpoint: '/graphql',
  });
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
}
