/**
 * Follows the events of the daemon over one WebSocket at a time. After a lost connection it continues behind the last event
 * that it delivered, so none is missed or delivered twice.
 */
import { isFault, messageOf, type FaultError } from '@sidetone/core';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { authorizationOf, endpointOf, faultOf, unreachable } from '../frame/daemon-client.ts';
import type { TailEvent, TailLevels } from './event-line.ts';

const EVENTS = `subscription ($after: Cursor, $callId: ID) {
  callEvents(after: $after, callId: $callId) {
    cursor type at by call { id }
    ... on UtteranceFinalized { utterance { party text } }
    ... on UtteranceRevised { utterance { party text } }
    ... on CallStatusChanged { status }
    ... on CallEnded { end { category code } }
    ... on SpeechChanged { party }
    ... on CallNotice { code message }
    ... on DtmfReceived { digits }
    ... on CommandChanged { command { kind } commandStatus }
  }
}`;
const LEVELS = `subscription ($callIds: [ID!]) {
  audioLevels(callIds: $callIds, intervalMs: 200) { levels { callId parties { party peakDb speaking } } }
}`;

/** Delays between attempts to connect again, ms; the last one repeats. */
export const RETRY_DELAYS_MS = [500, 1000, 2000, 5000, 10_000] as const;
/** The codes with which the daemon closes a socket whose token it does not accept. */
const REJECTED: ReadonlySet<number> = new Set([4401, 4403]);

export interface FollowOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly callId: string | undefined;
  /** The cursor of the last event that is known. */
  readonly after: string;
  readonly signal: AbortSignal;
  /** Returns false to end. */
  readonly onEvent: (event: TailEvent) => Promise<boolean>;
  /** Without it, no levels are requested. */
  readonly onLevels?: ((levels: TailLevels) => void) | undefined;
  readonly onRetry: (reason: string, delayMs: number) => void;
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Resolves when `onEvent` returns false or the signal aborts. @throws {FaultError} an error that a repetition does not overcome. */
export async function follow(options: FollowOptions): Promise<void> {
  const { signal, onRetry, delay } = options;
  let { after } = options;
  let attempt = 0;
  while (!signal.aborted) {
    try {
      const isDone = await followOnce({ ...options, after }, (cursor) => {
        after = cursor;
        attempt = 0;
      });
      if (isDone) return;
      throw new Error('the daemon ended the subscription');
    } catch (error) {
      if (signal.aborted) return;
      if (isFault(error) && !isTemporary(error)) throw error;
      const delayMs = RETRY_DELAYS_MS[Math.min(attempt++, RETRY_DELAYS_MS.length - 1)]!;
      onRetry(messageOf(error), delayMs);
      await delay(delayMs, signal);
    }
  }
}

const isTemporary = ({ kind, code, retryable }: FaultError): boolean =>
  code === 'DAEMON_UNREACHABLE' || (retryable && (kind === 'capacity' || kind === 'state'));

async function followOnce(options: FollowOptions, onCursor: (cursor: string) => void): Promise<boolean> {
  const { url, token, callId, after, signal, onEvent, onLevels } = options;
  const client = connect(url, token);
  const end = (): void => void client.dispose();
  signal.addEventListener('abort', end, { once: true });
  try {
    if (onLevels) void readLevels(client, callId, onLevels);
    const variables = { after, callId: callId ?? null };
    const events = client.iterate<{ callEvents: TailEvent }>({ query: EVENTS, variables });
    for await (const { data, errors } of events) {
      if (errors?.[0]) throw faultOf(errors[0], token);
      if (!data) continue;
      onCursor(data.callEvents.cursor);
      if (!(await onEvent(data.callEvents))) return true;
    }
    return false;
  } catch (error) {
    throw reasonOf(error, endpointOf(url, 'graphql'), token);
  } finally {
    signal.removeEventListener('abort', end);
    await client.dispose();
  }
}

/** Levels are an addition: a token without the scope listen follows the events. */
async function readLevels(
  client: Client,
  callId: string | undefined,
  onLevels: (levels: TailLevels) => void,
): Promise<void> {
  const variables = { callIds: callId === undefined ? null : [callId] };
  try {
    const levels = client.iterate<{ audioLevels: TailLevels }>({ query: LEVELS, variables });
    for await (const { data } of levels) if (data) onLevels(data.audioLevels);
  } catch {
    // The subscription of the events reports a lost connection.
  }
}

function connect(url: string, token: string | undefined): Client {
  const endpoint = endpointOf(url, 'graphql');
  endpoint.protocol = endpoint.protocol.replace('http', 'ws');
  return createClient({
    url: endpoint.href,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: authorizationOf(token),
  });
}

function reasonOf(error: unknown, endpoint: URL, token: string | undefined): unknown {
  if (isFault(error)) return error;
  if (Array.isArray(error)) return faultOf(error[0] as Parameters<typeof faultOf>[0], token);
  const { code, reason } = error as { readonly code?: unknown; readonly reason?: unknown };
  if (typeof code === 'number' && REJECTED.has(code))
    return faultOf({ message: String(reason), extensions: { code: 'AUTH_REQUIRED' } }, token);
  const text = typeof code === 'number' ? `closed with ${code} ${String(reason)}` : messageOf(error);
  return unreachable(endpoint, text.trim(), error);
}
