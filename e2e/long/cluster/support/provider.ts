/** The provider outside of the nodes: callers whose webhooks go to any node, and commands that it executes and counts. */
import { randomInt } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from '../../../support/http-server.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { liveCall, said, type ScriptedEvent } from '../../../support/scripted.ts';
import type { TestCluster } from './cluster.ts';

/** The time limit of a webhook: a paused node accepts connections and answers nothing. */
const WEBHOOK_TIMEOUT_MS = 5000;
const RETRY_MS = 100;

/** Sends events as a webhook to random nodes until one acknowledges it. @throws if none does within a minute */
export async function deliver(
  cluster: Pick<TestCluster, 'pick'>,
  events: readonly ScriptedEvent[],
  withinMs = PATIENCE_MS,
): Promise<void> {
  const body = JSON.stringify(events);
  const deadline = Date.now() + withinMs;
  let last: unknown;
  do {
    const url = new URL('providers/line/events', cluster.pick().url);
    const signal = AbortSignal.timeout(WEBHOOK_TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', body, signal }).catch((error: unknown) => {
      last = error;
      return undefined;
    });
    if (response?.ok) return;
    if (response) last = `${response.status} ${await response.text()}`;
    await delay(RETRY_MS);
  } while (Date.now() < deadline);
  throw new Error(`no node acknowledged ${body}: ${String(last)}`);
}

export interface Callers {
  /** The texts that were acknowledged, each said once. */
  readonly acknowledged: Set<string>;
  /** The provider's ids of the calls that are live. */
  live(): readonly string[];
  /** Ends the calls. Resolves when all webhooks are acknowledged. @throws if one was not */
  stop(): Promise<void>;
}

/** Starts callers that have one call after the other, whose events arrive in order; each is repeated until it is acknowledged. */
export function startCallers(
  cluster: Pick<TestCluster, 'pick'>,
  {
    count = 6,
    utterances = 15,
    pauseMs = 20,
  }: { readonly count?: number; readonly utterances?: number; readonly pauseMs?: number } = {},
): Callers {
  const acknowledged = new Set<string>();
  const live = new Set<string>();
  const stopping = new AbortController();

  async function call(id: string): Promise<void> {
    await deliver(cluster, keyed(liveCall(id), `${id} start`));
    live.add(id);
    for (let line = 0; line < utterances && !stopping.signal.aborted; line++) {
      const text = `${id} line ${line}`;
      await deliver(cluster, keyed([said(id, line % 2 === 0 ? 'CUSTOMER' : 'ASSISTANT', text)], text));
      acknowledged.add(text);
      await delay(randomInt(pauseMs * 2));
    }
    live.delete(id);
    const end = { type: 'call.ended', providerCallId: id, end: { category: 'CUSTOMER_ENDED' } } as const;
    await deliver(cluster, keyed([end], `${id} end`));
  }

  const running = Array.from({ length: count }, async (_, caller) => {
    for (let n = 0; !stopping.signal.aborted; n++) await call(`caller-${caller}-call-${n}`);
  });
  const all = Promise.all(running);
  // Reported by `stop`.
  all.catch(() => undefined);
  return {
    acknowledged,
    live: () => [...live],
    async stop() {
      stopping.abort();
      await all;
    },
  };
}

const keyed = (events: readonly ScriptedEvent[], key: string): ScriptedEvent[] =>
  events.map((event) => ({ ...event, dedupeKey: key }));

/** What the provider does with a command to add a message that begins with this word. */
const MODES = {
  /** Executes it, answers, and confirms it with a webhook. */
  confirm: { executes: true, status: 200, confirms: true },
  /** Executes it and answers. */
  accept: { executes: true, status: 200, confirms: false },
  refuse: { executes: false, status: 409, confirms: false },
  /** Executes it, and the connection breaks before the answer. */
  break: { executes: true, status: undefined, confirms: false },
  /** The connection breaks before it is executed. */
  lose: { executes: false, status: undefined, confirms: false },
} as const;

export type Mode = keyof typeof MODES;
export const MODE_NAMES = Object.keys(MODES) as Mode[];

export interface CommandServer {
  /** For `remote` of the scripted provider. */
  readonly url: string;
  /** How often each message was added. */
  readonly executions: ReadonlyMap<string, number>;
  /** Resolves when all confirmations are acknowledged. */
  settled(): Promise<void>;
}

/** Starts what executes commands. Confirmations go to any node. @param cluster known after its nodes have been configured */
export async function startCommandServer(cluster: () => Pick<TestCluster, 'pick'>): Promise<CommandServer> {
  const executions = new Map<string, number>();
  const confirmations: Promise<void>[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { commandId, call, args } = JSON.parse(Buffer.concat(chunks).toString()) as {
      commandId: string;
      call: string;
      args: { content: string };
    };
    const text = args.content;
    const { executes, status, confirms } = MODES[text.split(' ')[0] as Mode];
    if (executes) executions.set(text, (executions.get(text) ?? 0) + 1);
    await delay(randomInt(60));
    if (confirms) {
      const event = {
        type: 'command.confirmed',
        providerCallId: call,
        commandId,
        dedupeKey: `confirmed ${text}`,
      };
      const confirmation = deliver(cluster(), [event as ScriptedEvent]);
      confirmation.catch(() => undefined);
      confirmations.push(confirmation);
    }
    if (status === undefined) request.socket.destroy();
    else response.writeHead(status).end();
  }

  const url = await serve((request, response) => void handle(request, response));
  return {
    url,
    executions,
    async settled() {
      await Promise.all(confirmations);
    },
  };
}
