/** The dashboard at `/`: the static files of its build. They are public; the requests that the page sends are not. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DASHBOARD_ROOT } from '@sidetone/dashboard';
import { DASHBOARD_POLICY } from './security-headers.ts';
import { createStaticFiles, sendPage } from './static-files.ts';

/** Routes of the page. Each returns the document, which renders the view of its path. */
const ROUTES = /^\/(history|overview|providers|place-call|admin(\/[^/]+)?|calls\/[^/]+)?$/;
/** Those below a folder. */
const NESTED = /^\/[^/]+\/./;
const FILES = /^\/(assets\/.+|icon\.svg)$/;

/** Addresses with more folders are answered with text: each folder is part of every address in the document. */
const MAX_FOLDERS = 8;

/** The addresses in a document are relative, so pages below the root have another one. */
const fileOf = (path: string): string => {
  if (!ROUTES.test(path)) return path;
  return NESTED.test(path) ? '/nested.html' : '/';
};

export interface Dashboard {
  /** Returns whether the dashboard handles this path. */
  owns(path: string): boolean;
  /** Returns whether the path is a page, as opposed to a file of it. */
  isPage(path: string): boolean;
  request(request: IncomingMessage, response: ServerResponse, path: string): void;
  /** Answers a request for a path that nothing handles with the page, which says that it does not exist. Returns whether it did. */
  notFound(request: IncomingMessage, response: ServerResponse, path: string): boolean;
}

/** @param root the folder of the build. If it does not exist, `/` shows how to build it. */
export function createDashboard(root: URL = DASHBOARD_ROOT): Dashboard {
  const files = createStaticFiles(root, DASHBOARD_POLICY);
  if (!files) {
    return {
      owns: (path) => path === '/',
      isPage: (path) => path === '/',
      request: (_request, response) => sendPage(response, FRONT_PAGE),
      notFound: () => false,
    };
  }
  const document = readFileSync(new URL('index.html', root), 'utf8');
  return {
    owns: (path) => ROUTES.test(path) || FILES.test(path),
    isPage: (path) => ROUTES.test(path),
    request: (request, response, path) => files.send(request, response, fileOf(path)),
    notFound({ method, headers }, response, path) {
      const folders = path.split('/').length - 2;
      if (method !== 'GET' || !headers.accept?.includes('text/html') || folders > MAX_FOLDERS) return false;
      response.setHeader('content-security-policy', DASHBOARD_POLICY);
      response.writeHead(404, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
      // Addresses in the document are relative to the root.
      response.end(document.replaceAll('="./', `="${'../'.repeat(folders) || './'}`));
      return true;
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
<p>Live calls, transcripts and audio levels are available in the GraphQL API: <a href="graphql">open GraphiQL</a>.</p>
</html>
`;
