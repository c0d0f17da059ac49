/**
 * Validation of the URLs of a live call for listening, controls and the transport socket. They are credentials, so they are
 * never logged. They arrive in webhooks, so a forged webhook must not make us send anything, or our key, to another host.
 */

import { createHostMatcher, getOwn, isLoopbackUrl } from '@sidetone/plugin-kit';

/** Also the last part of the URL's path. A `transport` URL joins the call as its caller. */
export type MonitorKind = 'listen' | 'control' | 'transport';

const SCHEMES = {
  listen: { 'wss:': 'wss:', 'https:': 'wss:', 'ws:': 'ws:', 'http:': 'ws:' },
  control: { 'https:': 'https:', 'http:': 'http:' },
  transport: { 'wss:': 'wss:', 'https:': 'wss:', 'ws:': 'ws:', 'http:': 'ws:' },
} as const satisfies Record<MonitorKind, Readonly<Record<string, string>>>;

const INSECURE = new Set(['http:', 'ws:']);

/**
 * Returns the URL in `text` if it is valid for this call and its host is allowed. Whitespace and angle brackets around it, as in
 * pasted examples, are ignored.
 */
export function readMonitorUrl(
  text: string | undefined,
  kind: MonitorKind,
  callId: string,
  hosts: readonly string[],
): URL | undefined {
  const trimmed = text?.replaceAll(/[<>\s]/g, '') ?? '';
  if (!URL.canParse(trimmed)) return undefined;
  const url = new URL(trimmed);
  const scheme = getOwn<string>(SCHEMES[kind], url.protocol);
  if (scheme === undefined || url.username !== '' || url.password !== '') return undefined;
  if (!createHostMatcher(hosts)(url) || (INSECURE.has(scheme) && !isLoopbackUrl(url))) return undefined;
  if (!url.pathname.endsWith(`/${encodeURIComponent(callId)}/${kind}`)) return undefined;
  url.protocol = scheme;
  return url;
}
