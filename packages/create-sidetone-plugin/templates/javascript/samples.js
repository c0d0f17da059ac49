/** Messages as Acme sends them: used by the audits, the tests and the far end. */
import { createHmac } from 'node:crypto';

export const API_KEY = 'key-0';
export const WEBHOOK_SECRET = 'secret-0';
export const CALL = 'a-17';
export const TEXTS = { agent: 'Good morning.', caller: 'Hello?' };

/** Returns the headers that sign a body. */
export const sign = (body) => ({
  'x-acme-signature': createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex'),
});

/** Returns a message about the call at a time in epoch ms. */
export const message = (event, at, fields = {}) => ({
  call: CALL,
  event,
  at: new Date(at).toISOString(),
  ...fields,
});

/** Returns the messages of the call: until it is live, while it is, and its end. */
export const messagesFrom = (at) => ({
  toLive: [message('ringing', at), message('answered', at + 2000)],
  live: [
    message('said', at + 3000, { by: 'agent', text: TEXTS.agent, line: 1 }),
    message('said', at + 4000, { by: 'caller', text: TEXTS.caller, line: 2 }),
  ],
  toEnd: [message('ended', at + 9000, { by: 'caller' })],
});
// @if stream

/** 20 ms of mu-law; each of its bytes is different from its neighbours. */
export const FRAME = Uint8Array.from({ length: 160 }, (_, at) => at);

/** Returns a frame of audio as a message. */
export const audioOf = (by, frame) =>
  JSON.stringify({ by, frame, audio: Buffer.from(FRAME).toString('base64') });
// @end
