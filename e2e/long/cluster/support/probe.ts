/** Single webhooks and queries at a chosen node. */
import { query, until, type Json } from '../../../support/daemon.ts';
import { writeScriptedConfig, type ScriptedEvent } from '../../../support/scripted.ts';
import type { WriteNodeConfig } from './node.ts';

/** The configuration of nodes with a scripted provider. @param extra further keys */
export const scriptedNode =
  (extra = ''): WriteNodeConfig =>
  (dir, { storage, cluster }) =>
    writeScriptedConfig(dir, { storage, extra: `log: { level: warn }\n${cluster}\n${extra}` });

export interface Reply {
  /** Undefined if the connection failed. */
  readonly status: number | undefined;
  /** What was wrong, with its code. */
  readonly body: string;
}

/** Sends events as one webhook to a node. */
export async function webhook(
  { url }: { readonly url: string },
  ...events: readonly ScriptedEvent[]
): Promise<Reply> {
  const init = { method: 'POST', body: JSON.stringify(events) };
  try {
    const response = await fetch(new URL('providers/line/events', url), init);
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { status: undefined, body: String(error) };
  }
}

/** Waits until a node acknowledges events. They need dedupe keys, because they may be sent several times. */
export const acknowledged = (node: { readonly url: string }, ...events: readonly ScriptedEvent[]) =>
  until(async () => (await webhook(node, ...events)).status === 204, 'a webhook to be acknowledged');

/** Returns the texts of a call as a node knows them, in their order. */
export async function textsOf({ url }: { readonly url: string }, providerCallId: string): Promise<string[]> {
  const { callByProviderId } = await query(
    url,
    `query ($call: String!) { callByProviderId(providerId: "line", providerCallId: $call) {
      utterances(first: 200) { nodes { text } } } }`,
    { call: providerCallId },
  );
  return ((callByProviderId?.utterances.nodes ?? []) as Json[]).map(({ text }) => text as string);
}
