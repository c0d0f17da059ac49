/** The security headers of all responses, and the content security policies of the pages. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

const policy = (directives: Readonly<Record<string, string>>): string =>
  Object.entries({
    'default-src': "'none'",
    ...directives,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  })
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');

/** Every response has these headers. Only a page replaces the content security policy, which otherwise permits nothing. */
export const SECURITY_HEADERS = {
  'content-security-policy': policy({}),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const satisfies Readonly<Record<string, string>>;

/** The dashboard runs only its own scripts and connects only to this daemon. */
export const DASHBOARD_POLICY = policy({
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'media-src': "'self' blob:",
});

/** GraphiQL's editor adds style elements and has its fonts in the style sheet. */
export const GRAPHIQL_POLICY = policy({
  'script-src': "'self'",
  'worker-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
});

/** Pages without scripts that have their styles in the document. */
export const PLAIN_PAGE_POLICY = policy({ 'style-src': "'unsafe-inline'" });

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
}

/** Returns the headers of a plugin's response without those that the daemon sets. */
export function withoutSecurityHeaders(headers: Readonly<Record<string, string>> = {}): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !Object.hasOwn(SECURITY_HEADERS, name.toLowerCase())),
  );
}

/** The headers in the form of a raw response, for handshakes that are rejected. */
export const RAW_SECURITY_HEADERS = Object.entries(SECURITY_HEADERS)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
