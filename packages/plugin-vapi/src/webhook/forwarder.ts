/**
 * Handing webhooks on to the account's own application, unchanged. What Vapi waits for is answered by the application
 * itself; the rest goes in the background, in order within a call. Nothing that we keep depends on it.
 */
import { readBody } from '@sidetone/plugin-kit';
import {
  type IngressRequest,
  type IngressResponse,
  type ProviderCallId,
  type ProviderHost,
} from '@sidetone/core';
import type { VapiOptions } from '../config.ts';

/** Most bytes of messages that wait for the application. */
export const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Most messages that are on their way to the application at once, besides those that Vapi waits for. */
export const MAX_PARALLEL = 16;
/** The largest answer that is handed back, bytes: three minutes of the widest voice. */
export const MAX_ANSWER_BYTES = 20 * 1024 * 1024;
/** How long a stop waits for what is still to be handed on, ms. */
export const DRAIN_MS = 2000;

/** Headers of the connection between the sender and us, and those that the next connection makes itself. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface ForwarderDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock' | 'log'>;
  readonly url: URL;
  readonly options: VapiOptions['forward'];
  /** Tells the operator once that the application does not take what it is sent. */
  readonly onDown: (callId: ProviderCallId | undefined) => void;
}

export interface ForwarderCounters {
  /** Messages that the application took. */
  readonly forwarded: number;
  /** Messages that it did not take. */
  readonly failed: number;
  /** Messages that were given up because too many waited. */
  readonly dropped: number;
}

export interface Forwarder {
  /** The application's own answer, or 502 or 504 when there is none. Never rejects. */
  ask(request: IngressRequest, name: string, callId: ProviderCallId | undefined): Promise<IngressResponse>;
  /** Hands a message on when its turn comes: after those of the same call that came before it. */
  tell(request: IngressRequest, callId: ProviderCallId | undefined): void;
  readonly counters: ForwarderCounters;
  /** Hands on what waits, for a moment, and then gives up. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly request: IngressRequest;
  readonly callId: ProviderCallId | undefined;
}

const failure = (status: 502 | 504, body: string): IngressResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/** A forwarder that has nothing to hand on yet. Whoever makes it stops it. */
export function createForwarder({ host, url, options, onDown }: ForwarderDeps): Forwarder {
  const life = new AbortController();
  /** What waits, by call, in the order in which the calls' turns come. */
  const lanes = new Map<string, Waiting[]>();
  const busy = new Set<string>();
  const counters = { forwarded: 0, failed: 0, dropped: 0 };
  let waiting = 0;
  let waitingBytes = 0;
  let isDown = false;
  let isStopping = false;
  let idle = (): void => undefined;

  function headersOf({ headers }: IngressRequest): Record<string, string> {
    const own = new Set((headers['connection'] ?? '').split(',').map((name) => name.trim().toLowerCase()));
    const kept = Object.entries(headers).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !NOT_FORWARDED.has(entry[0]) && !own.has(entry[0]),
    );
    const ours = Object.entries(options.headers).map(([name, value]) => [name, value.reveal()] as const);
    return Object.fromEntries([...kept, ...ours]);
  }

  /** Sends a message on; the answer's body is read whole, within the same deadline. */
  async function send(request: IngressRequest, timeoutMs: number): Promise<IngressResponse> {
    const deadline = new AbortController();
    const cancel = host.clock.schedule(timeoutMs, () => deadline.abort());
    try {
      const response = await host.fetch(url, {
        method: 'POST',
        headers: headersOf(request),
        body: request.body as Uint8Array<ArrayBuffer>,
        redirect: 'manual',
        signal: AbortSignal.any([deadline.signal, life.signal]),
      });
      if (response.status >= 300 && response.status < 400) {
        await response.body?.cancel();
        return failure(502, 'the application answered with a redirect, which is not followed');
      }
      const body = await readBody(response, MAX_ANSWER_BYTES, deadline.signal);
      if (!body) return failure(502, 'the answer of the application is too large');
      const type = response.headers.get('content-type');
      return { status: response.status, body, ...(type !== null && { headers: { 'content-type': type } }) };
    } catch {
      return deadline.signal.aborted
        ? failure(504, 'the application did not answer in time')
        : failure(502, 'the application cannot be reached');
    } finally {
      cancel();
    }
  }

  /** Counts, and tells once when the application stopped taking what it is sent. A 4xx is its own decision. */
  function note({ status }: IngressResponse, callId: ProviderCallId | undefined): void {
    if (status < 500) {
      counters.forwarded++;
      isDown = false;
      return;
    }
    counters.failed++;
    if (isDown || life.signal.aborted) return;
    isDown = true;
    host.log.warn('the application does not take its webhooks', { status, host: url.host });
    onDown(callId);
  }

  function drop(): void {
    counters.dropped++;
    if (counters.dropped === 1) {
      host.log.warn('webhooks are not handed on: too many wait for the application', {
        limit: options.queueLimit,
        limitBytes: MAX_WAITING_BYTES,
      });
    }
  }

  function next(): void {
    for (const lane of lanes.keys()) {
      if (busy.size >= MAX_PARALLEL) return;
      if (!busy.has(lane)) void run(lane);
    }
    if (lanes.size === 0) idle();
  }

  async function run(lane: string): Promise<void> {
    const queue = lanes.get(lane)!;
    const { request, callId } = queue[0]!;
    busy.add(lane);
    note(await send(request, options.timeoutMs), callId);
    queue.shift();
    busy.delete(lane);
    waiting--;
    waitingBytes -= request.body.length;
    lanes.delete(lane);
    // Behind the other calls: one that has much to tell does not hold them up.
    if (queue.length > 0 && !life.signal.aborted) lanes.set(lane, queue);
    next();
  }

  return {
    counters,
    async ask(request, name, callId) {
      const { assistantRequestTimeoutMs, timeoutMs } = options;
      const answer = await send(
        request,
        name === 'assistant-request' ? assistantRequestTimeoutMs : timeoutMs,
      );
      note(answer, callId);
      return answer;
    },
    tell(request, callId) {
      if (isStopping) return;
      const isFull = waiting >= options.queueLimit || waitingBytes + request.body.length > MAX_WAITING_BYTES;
      if (isFull) return drop();
      waiting++;
      waitingBytes += request.body.length;
      const lane = callId ?? '';
      const queue = lanes.get(lane);
      // The bytes are ours only until the request is answered.
      const entry = { request: { ...request, body: request.body.slice() }, callId };
      if (queue) queue.push(entry);
      else lanes.set(lane, [entry]);
      next();
    },
    async stop() {
      isStopping = true;
      if (lanes.size > 0) {
        const drained = new Promise<void>((resolve) => (idle = resolve));
        const tooLong = new AbortController();
        await Promise.race([drained, host.clock.delay(DRAIN_MS, tooLong.signal)]);
        tooLong.abort();
      }
      life.abort();
      lanes.clear();
    },
  };
}
