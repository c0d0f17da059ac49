/** The dashboard at `/`: static files of the build. The page is for everybody; what it asks for goes through the gate. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { DASHBOARD_ROOT } from '@sidetone/dashboard';
import sirv from 'sirv';
import { FRONT_PAGE } from './front-page.ts';
import { sendText } from './reply.ts';

/** Addresses of the page's own: each gives the same document, which shows what its address says. */
const ROUTES = /^\/(history|overview|calls\/[^/]+)?\/?$/;
const FILES = /^\/(assets\/.+|icon\.svg)$/;

/** Names of assets tell their content: they never change. */
const FOREVER = 'public, max-age=31536000, immutable';

/** The page runs its own scripts alone, speaks with this daemon alone, and is shown in no other page. */
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
  /** Whether the dashboard answers this address. */
  owns(path: string): boolean;
  request(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/** @param root the folder of the built page; without one, `/` says how to build it. */
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
      serve(request, response, () => sendText(response, 404, 'There is no such file.'));
    },
  };
}
