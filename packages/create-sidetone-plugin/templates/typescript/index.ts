/** The plugin: what Sidetone calls. Everything outside of it is reached through `host`. */
import { createHmac } from 'node:crypto';
import { defineProvider, FaultError, invalidArgument } from '@sidetone/core';
import {
  forEachCall,
  isSameSecret,
  isSameUrl,
  objectOf,
  parseJson,
  runCheck,
  textOf,
} from '@sidetone/plugin-kit';
import { createApi } from './api.ts';
// @if stream
import { createAudio } from './audio.ts';
// @end
import { options } from './options.ts';
import { eventsOf } from './translate.ts';

export default defineProvider({
  name: 'acme',
  displayName: 'Acme',
  contract: 1,
  options,
  create({ apiKey, webhookSecret, apiBaseUrl }, host) {
    const stopped = new AbortController();
    const api = createApi(host, { apiKey, apiBaseUrl, stopped: stopped.signal });
    // @if stream
    const audio = createAudio(host);
    // @end

    /** @throws {FaultError} WEBHOOK_UNAUTHENTICATED, which is answered with 401. */
    function authenticate(body: Uint8Array, signature: string): void {
      const expected = createHmac('sha256', webhookSecret.reveal()).update(body).digest('hex');
      if (isSameSecret(signature, expected)) return;
      throw new FaultError('WEBHOOK_UNAUTHENTICATED', 'x-acme-signature: does not match the body');
    }

    return {
      start: async () => {},
      async stop() {
        stopped.abort();
        // @if stream
        audio.stop();
        // @end
      },
      health: async (signal) => void (await api.account(signal)),
      diagnostics: async (signal) => [
        await runCheck('webhook URL', async () => {
          const { webhookUrl } = await api.account(signal);
          const expected = host.publicUrl('events');
          if (isSameUrl(textOf(webhookUrl), expected))
            return { state: 'OK', message: 'Acme sends webhooks here' };
          const remedy = `Enter ${expected.href} as webhook URL of the account.`;
          return { state: 'WARNING', message: 'Acme sends webhooks to another URL, or to none', remedy };
        }),
      ],
      controls: {
        async say({ providerCallId }, { content, endCallAfterSpoken, interrupt }, { signal }) {
          if (content.trim() === '') throw invalidArgument('content', 'expected text');
          if (endCallAfterSpoken) throw invalidArgument('endCallAfterSpoken', 'Acme cannot do that');
          if (interrupt) throw invalidArgument('interrupt', 'Acme cannot do that');
          await api.say(providerCallId, content, signal);
        },
        endCall: async ({ providerCallId }, _none, { signal }) =>
          void (await api.end(providerCallId, signal)),
      },
      async reconcile(calls, signal) {
        const either = AbortSignal.any([signal, stopped.signal]);
        await forEachCall(host.clock, calls, either, async ({ providerCallId }) => {
          const { state, by, at } = await api.call(providerCallId, signal);
          if (state !== 'over' || stopped.signal.aborted) return;
          for (const event of eventsOf({ call: providerCallId, event: 'ended', by, at }, host.clock.now()))
            host.emit(event);
        });
      },
      ingress: {
        // What the operator enters at Acme.
        webhooks: [{ path: 'events', setting: 'webhook URL of the account' }],
        async request({ method, path, headers, body, receivedAt }) {
          if (path !== 'events' || method !== 'POST') return { status: 404 };
          authenticate(body, headers['x-acme-signature'] ?? '');
          const message = parseJson(new TextDecoder().decode(body));
          if (message === undefined) throw new FaultError('WIRE_MALFORMED', 'body: expected JSON');
          if (stopped.signal.aborted) return { status: 503 };
          const events = eventsOf(objectOf(message), receivedAt);
          for (const event of events) host.emit(event);
          // @if stream
          for (const event of events) {
            if (event.type === 'call.ended') void audio.ended(event.providerCallId);
            if (event.type !== 'call.started' || event.status !== 'IN_PROGRESS') continue;
            return { status: 200, body: JSON.stringify({ audio: audio.urlOf(event.providerCallId) }) };
          }
          // @end
          return { status: 204 };
        },
        // @if stream
        admitSocket: ({ path }) => (audio.admits(path) ? { admit: true } : { admit: false, status: 404 }),
        socket: ({ path }, socket) => audio.connect(path, socket),
        // @end
      },
    };
  },
});
