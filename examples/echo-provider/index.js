// @ts-check
/**
 * Echo: a fictional provider that repeats what the caller says. It posts messages to `events`, and opens a WebSocket at the
 * URL in the response to `answered`: binary messages are the caller's audio, text messages are commands from the plugin.
 */
import { defineProvider, FaultError, invalidArgument, providerCallId, Secret } from '@sidetone/core';
import { instantOf, isSameSecret, objectOf, parseJson, sendMessage, textOf } from '@sidetone/plugin-kit';
import { z } from 'zod';

/** @typedef {import('@sidetone/core').ProviderCallId} ProviderCallId */

const secret = z.string().min(1);
const options = z.strictObject({ secret: secret.transform((text) => new Secret(text)) });

const AUDIO = /** @type {const} */ ({ encoding: 'mulaw', sampleRate: 8000, parties: ['CUSTOMER'] });

export default defineProvider({
  name: 'echo',
  displayName: 'Echo',
  contract: 1,
  options,
  create({ secret }, host) {
    /** @type {Map<ProviderCallId, { token: string, socket?: import('@sidetone/core').Socket }>} */
    const calls = new Map();
    let isStopped = false;

    const callAt = (/** @type {string} */ path) =>
      [...calls].find(([, { token }]) => path === `audio/${token}`);

    /** @param {ProviderCallId} callId @param {object} command @param {AbortSignal} signal */
    async function sendCommand(callId, command, signal) {
      const socket = calls.get(callId)?.socket;
      if (!socket) throw new FaultError('CALL_NOT_LIVE', 'the call is not connected');
      await sendMessage(socket, JSON.stringify(command), signal);
    }

    /** Handles each type of message. @type {Record<string, (base: any, fields: any) => object | void>} */
    const HANDLERS = {
      answered(base, { from }) {
        const call = calls.get(base.providerCallId) ?? { token: host.randomToken() };
        calls.set(base.providerCallId, call);
        const details = typeof from === 'string' ? { from } : {};
        host.emit({ ...base, type: 'call.started', status: 'IN_PROGRESS', details });
        return { audio: host.publicUrl(`audio/${call.token}`).href };
      },
      speech(base, { text }) {
        const key = { dedupeKey: `speech:${base.occurredAt}:${text}` };
        host.emit({ ...base, ...key, type: 'utterance.final', party: 'CUSTOMER', text: String(text) });
      },
      ended(base) {
        calls.get(base.providerCallId)?.socket?.close(1000);
        calls.delete(base.providerCallId);
        host.emit({ ...base, type: 'call.ended', end: { category: 'CUSTOMER_ENDED' } });
      },
    };

    return {
      start: async () => {},
      async stop() {
        isStopped = true;
        for (const { socket } of calls.values()) socket?.close(1000);
      },
      controls: {
        async say({ providerCallId: id }, { content }, { signal }) {
          if (content.trim() === '') throw invalidArgument('content', 'expected text');
          await sendCommand(id, { say: content }, signal);
        },
        endCall: async ({ providerCallId: id }, _none, { signal }) => sendCommand(id, { end: true }, signal),
      },
      ingress: {
        async request({ path, headers, body, receivedAt }) {
          if (path !== 'events') return { status: 404 };
          if (!isSameSecret(headers['x-echo-secret'] ?? '', secret.reveal()))
            throw new FaultError('WEBHOOK_UNAUTHENTICATED', 'x-echo-secret: expected the configured secret');
          const { call, event, at, ...fields } = objectOf(parseJson(new TextDecoder().decode(body)));
          const id = providerCallId(textOf(call) ?? '');
          if (id === '' || isStopped || !Object.hasOwn(HANDLERS, String(event))) return { status: 204 };
          const base = { providerCallId: id, occurredAt: instantOf(at) ?? receivedAt };
          return { status: 200, body: JSON.stringify(HANDLERS[String(event)]?.(base, fields) ?? {}) };
        },
        admitSocket: ({ path }) => (callAt(path) ? { admit: true } : { admit: false, status: 404 }),
        socket({ path }, socket) {
          const [id, call] = callAt(path) ?? [];
          if (id === undefined || !call) return socket.close(1008);
          call.socket = socket;
          const stream = host.openStream({ providerCallId: id, ...AUDIO });
          socket.onClose(() => stream.end('the socket closed'));
          socket.onMessage((audio) => {
            if (typeof audio === 'string') return;
            if (host.hasDemand('audio', id) || host.hasDemand('levels', id)) stream.write('CUSTOMER', audio);
            else stream.skip(audio.length);
          });
        },
      },
    };
  },
});
