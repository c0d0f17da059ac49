/**
 * Forwards webhooks unchanged to the account's own application. Messages that Vapi waits for are answered by the application; all
 * others are sent in the background, in order within a call. What is emitted and stored does not depend on it.
 */
import type { IngressRequest, IngressResponse, ProviderCallId, ProviderHost } from '@sidetone/core';
import type { LiveCalls } from '../calls/live-calls.ts';
import type { VapiOptions } from '../config.ts';
import { createApplicationClient } from './application-client.ts';
import { createForwardQueue, MAX_WAITING_BYTES } from './forward-queue.ts';

/** How long a stop waits for queued webhooks, ms. */
const DRAIN_MS = 2000;

interface ForwarderDeps {
  readonly host: Pick<ProviderHost, 'emit' | 'fetch' | 'clock' | 'log'>;
  readonly url: URL;
  readonly options: VapiOptions['forward'];
  readonly calls: Pick<LiveCalls, 'known'>;
}

export interface Forwarder {
  /** Forwards a message that Vapi waits for, and returns the application's response, or 502 or 504. Never rejects. */
  request(
    request: IngressRequest,
    type: string,
    callId: ProviderCallId | undefined,
  ): Promise<IngressResponse>;
  /** Queues a message after earlier ones of the same call. Drops it if the queue is full. */
  enqueue(request: IngressRequest, callId: ProviderCallId | undefined): void;
  /** Waits up to 2 s for queued messages, then aborts the rest. */
  stop(): Promise<void>;
}

/** Returns a forwarder. The caller must stop it. */
export function createForwarder({ host, url, options, calls }: ForwarderDeps): Forwarder {
  const stopped = new AbortController();
  const send = createApplicationClient({ host, url, headers: options.headers, stopped: stopped.signal });
  let isDown = false;
  let isStopping = false;
  let isDropLogged = false;

  /** Reports once that the application fails, until it works again. A 4xx is the application's own decision. */
  function track({ status }: IngressResponse, callId: ProviderCallId | undefined): void {
    if (status < 500) {
      isDown = false;
      return;
    }
    if (isDown || stopped.signal.aborted) return;
    isDown = true;
    host.log.warn('forwarding webhooks to the application failed', { status, host: url.host });
    // A notice about an unknown call would create the call.
    if (callId === undefined || !calls.known(callId).isKnown || isStopping) return;
    host.emit({
      type: 'notice',
      providerCallId: callId,
      occurredAt: host.clock.now(),
      code: 'VAPI_APPLICATION_UNREACHABLE',
      message: 'The application that webhooks are forwarded to cannot be reached or fails.',
    });
  }

  const queue = createForwardQueue({
    limit: options.queueLimit,
    send: async (request, callId) => track(await send(request, options.timeoutMs), callId),
  });

  return {
    async request(request, type, callId) {
      const isAssistantRequest = type === 'assistant-request';
      const response = await send(
        request,
        isAssistantRequest ? options.assistantRequestTimeoutMs : options.timeoutMs,
      );
      track(response, callId);
      return response;
    },
    enqueue(request, callId) {
      if (isStopping || queue.push(request, callId) || isDropLogged) return;
      isDropLogged = true;
      host.log.warn('webhook not forwarded: queue is full', {
        limit: options.queueLimit,
        limitBytes: MAX_WAITING_BYTES,
      });
    },
    async stop() {
      isStopping = true;
      if (!queue.isEmpty) {
        const drained = new AbortController();
        await Promise.race([queue.drained(), host.clock.delay(DRAIN_MS, drained.signal)]);
        drained.abort();
      }
      stopped.abort();
      queue.clear();
    },
  };
}
