/** The dashboard at `/`: the static files of its build. They are public; the requests that the page sends are not. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { DASHBOARD_ROOT } from '@sidetone/dashboard';
import sirv from 'sirv';
import { sendText } from './reply.ts';

/** Routes of the page. Each returns the same document, which renders the view of its path. */
const ROUTES = /^\/(history|overview|calls\/[^/]+)?\/?$/;
const FILES = /^\/(assets\/.+|icon\.svg)$/;

/** The name of an asset contains a hash of its content, so the content never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

/** The page runs only its own scripts, connects only to this daemon, and cannot be embedded in another page. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

export interface Dashboard {
  /** Returns whether the dashboard handles this path. */
  owns(path: string): boolean;
  request(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/** @param root the folder of the build. If it does not exist, `/` shows how to build it. */
export function createDashboard(root: URL = DASHBOARD_ROOT): Dashboard {
  const folder = fileURLToPath(root);
  if (!existsSync(folder)) {
    return {
      owns: (path) => path === '/',
      request: (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(FRONT_PAGE),
    };
  }
  const serve = sirv(folder, {
    etag: true,
    brotli: true,
    gzip: true,
    setHeaders(response, path) {
      response.setHeader('cache-control', path.startsWith('/assets/') ? FOREVER : 'no-cache');
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    },
  });
  return {
    owns: (path) => ROUTES.test(path) || FILES.test(path),
    request(request, response, path) {
      if (ROUTES.test(path)) request.url = '/';
      serve(request, response, () => sendText(response, 404, 'file not found'));
    },
  };
}

/** The page at `/` if the dashboard was not built. */
const FRONT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sidetone</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #1d2733 }
  @media (prefers-color-scheme: dark) { body { background: #11161c; color: #dfe6ee } a { color: #8ec2ff } }
</style>
<h1>Sidetone</h1>
<p>The daemon is running, but the dashboard was not built. Run <code>npm run build</code> and restart the daemon.</p>
<p>Live calls, transcripts and audio levels are available in the GraphQL API: <a href="/graphql">open GraphiQL</a>.</p>
</html>
`;
