/**
 * The addresses by which a live call is heard, steered and, where we are the caller's side, joined. They are as good as passwords, so they are never
 * logged; and they arrive in webhooks, so a forged one must not send us, or our key, anywhere else.
 */

/** Which of them: also the last part of its path. A `transport` address is a leg of the call, not a view of it. */
export type MonitorKind = 'listen' | 'control' | 'transport';

const SCHEMES = {
  listen: { 'wss:': 'wss:', 'https:': 'wss:', 'ws:': 'ws:', 'http:': 'ws:' },
  control: { 'https:': 'https:', 'http:': 'http:' },
  transport: { 'wss:': 'wss:', 'https:': 'wss:', 'ws:': 'ws:', 'http:': 'ws:' },
} as const satisfies Record<MonitorKind, Readonly<Record<string, string>>>;

const INSECURE = new Set(['http:', 'ws:']);

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/** Whether `url` points to a host that `rules` name: `.suffix`, `host` or `host:port`. */
function isListed(url: URL, rules: readonly string[]): boolean {
  return rules.some((rule) =>
    rule.startsWith('.') ? url.hostname.endsWith(rule) : rule === url.hostname || rule === url.host,
  );
}

/**
 * The address in `text`, if it is one that we may use for this call; blanks and angle brackets around it, as in pasted
 * samples, are ignored.
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
  const schemes: Readonly<Record<string, string>> = SCHEMES[kind];
  const scheme = schemes[url.protocol];
  if (scheme === undefined || url.username !== '' || url.password !== '') return undefined;
  if (!isListed(url, hosts) || (INSECURE.has(scheme) && !isLoopback(url.hostname))) return undefined;
  if (!url.pathname.endsWith(`/${encodeURIComponent(callId)}/${kind}`)) return undefined;
  url.protocol = scheme;
  return url;
}
