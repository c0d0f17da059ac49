/** Static files of a folder that the build made: compressed, with ETags, and streamed. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { sendText } from './reply.ts';
import { PLAIN_PAGE_POLICY, setSecurityHeaders } from './security-headers.ts';

/** The name of an asset contains a hash of its content, so the content never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

export interface StaticFiles {
  /** Sends a file. @param path its path in the folder, starting with `/` */
  send(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/**
 * Returns undefined if the folder does not exist. Files below `/assets/` are cached forever.
 * @param policy the content security policy of the pages
 */
export function createStaticFiles(root: URL, policy: string): StaticFiles | undefined {
  const folder = fileURLToPath(root);
  if (!existsSync(folder)) return undefined;
  const serve = sirv(folder, {
    etag: true,
    brotli: true,
    gzip: true,
    setHeaders(response, path) {
      response.setHeader('cache-control', path.startsWith('/assets/') ? FOREVER : 'no-cache');
    },
  });
  return {
    send(request, response, path) {
      request.url = path;
      // Also for 304, whose headers replace those of the cached page.
      response.setHeader('content-security-policy', policy);
      // A file that is not read to its end stays open until it is destroyed.
      response.once('pipe', (file: Readable) => response.once('close', () => file.destroy()));
      serve(request, response, () => {
        setSecurityHeaders(response);
        sendText(response, 404, 'file not found');
      });
    },
  };
}

/** Sends a page that is not a file. */
export function sendPage(response: ServerResponse, html: string): void {
  response.setHeader('content-security-policy', PLAIN_PAGE_POLICY);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
}
