/** The address at which the agent of a call is reached. Pure. */

/** What may stand in the path or the query of an agent's address, and is replaced by what is known of the call. */
export const PLACEHOLDERS = ['callId', 'from', 'to'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

export type AgentCall = { readonly [Name in Placeholder]?: string };

const SCHEMES = new Set(['ws:', 'wss:']);
/** Braces are percent-encoded in a path, and not in a query. */
const PLACEHOLDER = /(?:\{|%7B)(.*?)(?:\}|%7D)/g;

const isPlaceholder = (name: string): name is Placeholder => PLACEHOLDERS.some((known) => known === name);

/** An address of a WebSocket; undefined when it is none. */
export function webSocketAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && SCHEMES.has(url.protocol) && url.hash === '' ? url : undefined;
}

/** What is wrong with the address of an agent, as the configuration has it. The address itself may hold secrets. */
export function mistakeInAgentUrl(template: string): string | undefined {
  const url = webSocketAddress(template);
  if (!url) return 'expected a ws or wss address without a fragment';
  if (/%7B/i.test(url.username + url.password)) return 'expected placeholders in the path and the query only';
  const isStrange = [...url.href.matchAll(PLACEHOLDER)].some(([, name]) => !isPlaceholder(name ?? ''));
  return isStrange
    ? `expected no placeholders but ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}`
    : undefined;
}

/**
 * The address in a template such as `wss://agent.example.in/calls/{callId}?from={from}`: each value percent-encoded,
 * and empty where it is not known.
 * @throws {TypeError} when the template is no address; whether it is one does not depend on the call.
 */
export function agentUrlOf(template: string, call: AgentCall): URL {
  const address = new URL(template).href;
  return new URL(
    address.replaceAll(PLACEHOLDER, (found, name: string) =>
      isPlaceholder(name) ? encodeURIComponent(call[name] ?? '') : found,
    ),
  );
}
