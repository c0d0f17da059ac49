/** The URL of the agent of a call, with placeholders for what is known about the call. Pure. */

/** Names that may appear in braces in the path or query of an agent's URL. */
const PLACEHOLDERS = ['callId', 'from', 'to'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

type AgentCall = { readonly [Name in Placeholder]?: string };

const PROTOCOLS = new Set(['ws:', 'wss:']);
/** Braces are percent-encoded in a path, but not in a query. */
const PLACEHOLDER = /(?:\{|%7B)(.*?)(?:\}|%7D)/g;

const isPlaceholder = (name: string): name is Placeholder => PLACEHOLDERS.some((known) => known === name);

/** Returns the URL of a WebSocket; undefined if the text is not one. */
export function parseWebSocketUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && PROTOCOLS.has(url.protocol) && url.hash === '' ? url : undefined;
}

/** Returns what is wrong with a configured agent URL, if anything. The text excludes the URL, which may contain secrets. */
export function agentUrlProblem(template: string): string | undefined {
  const url = parseWebSocketUrl(template);
  if (!url) return 'expected a ws or wss URL without a fragment';
  if (/%7B/i.test(url.username + url.password)) return 'expected placeholders in the path and the query only';
  const hasUnknown = [...url.href.matchAll(PLACEHOLDER)].some(([, name]) => !isPlaceholder(name ?? ''));
  return hasUnknown
    ? `expected no placeholders other than ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}`
    : undefined;
}

/**
 * Fills a template such as `wss://agent.example.in/calls/{callId}?from={from}`: values are percent-encoded, and unknown ones
 * are empty.
 * @throws {TypeError} if the template is not a URL; that does not depend on the call.
 */
export function agentUrlFor(template: string, call: AgentCall): URL {
  const url = new URL(template).href;
  return new URL(
    url.replaceAll(PLACEHOLDER, (found, name: string) =>
      isPlaceholder(name) ? encodeURIComponent(call[name] ?? '') : found,
    ),
  );
}
