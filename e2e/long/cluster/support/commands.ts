/** Clients that send commands to any node, and repeat each with its idempotency key until they have an answer. */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../../../support/daemon.ts';
import type { CommandAnswer } from './checks.ts';
import type { TestCluster } from './cluster.ts';
import { MODE_NAMES, type Callers } from './provider.ts';

const ADD_MESSAGE = `mutation ($id: ID!, $text: String!, $key: String!) {
  addMessage(input: { callId: $id, role: SYSTEM, content: $text, idempotencyKey: $key }) { failure { code retryable } command { id status } } }`;
const ID = `query ($call: String!) { callByProviderId(providerId: "line", providerCallId: $call) { id } }`;

/** Longer than the daemon waits for a provider. */
const TIMEOUT_MS = 25_000;
const ATTEMPTS = 30;
const RETRY_MS = 200;

/** Sends an operation to a node. Returns undefined if there is no answer. */
export async function ask(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<{ readonly data?: Json; readonly errors?: readonly Json[] } | undefined> {
  try {
    const response = await fetch(new URL('graphql', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return (await response.json()) as { data?: Json; errors?: Json[] };
  } catch {
    return undefined;
  }
}

export interface Commanders {
  /** The last answer to each command, by its text. */
  readonly answers: ReadonlyMap<string, CommandAnswer>;
  /** The codes of errors that were answered, and how often. */
  readonly errors: ReadonlyMap<string, number>;
  /** Resolves when each command that was begun has an answer, or no attempt is left. */
  stop(): Promise<void>;
}

/** Starts clients that send one command after the other to calls that are live. */
export function startCommanders(
  cluster: Pick<TestCluster, 'pick'>,
  callers: Pick<Callers, 'live'>,
  { count = 3, pauseMs = 100 }: { readonly count?: number; readonly pauseMs?: number } = {},
): Commanders {
  const answers = new Map<string, CommandAnswer>();
  const errors = new Map<string, number>();
  const countError = (code: string): void => void errors.set(code, (errors.get(code) ?? 0) + 1);
  const stopping = new AbortController();
  let sent = 0;

  async function command(): Promise<void> {
    const live = callers.live();
    if (live.length === 0) return;
    const call = live[randomInt(live.length)]!;
    const found = await ask(cluster.pick().url, ID, { call });
    const id = found?.data?.callByProviderId?.id as string | undefined;
    if (id === undefined) return;
    const number = ++sent;
    const text = `${MODE_NAMES[number % MODE_NAMES.length]} ${number}`;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const response = await ask(cluster.pick().url, ADD_MESSAGE, { id, text, key: `key ${number}` });
      for (const error of response?.errors ?? []) countError(String(error?.extensions?.code));
      const { command: stored, failure } = response?.data?.addMessage ?? {};
      if (failure) countError(failure.code as string);
      if (stored && stored.status !== 'REQUESTED') {
        answers.set(text, stored.status as CommandAnswer);
        return;
      }
      await delay(RETRY_MS);
    }
  }

  const running = Promise.all(
    Array.from({ length: count }, async () => {
      while (!stopping.signal.aborted) {
        await command();
        await delay(randomInt(pauseMs * 2));
      }
    }),
  );
  running.catch(() => undefined);
  return {
    answers,
    errors,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
