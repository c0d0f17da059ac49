/** One call of Acme as data, for the conformance audits. */
import { defineSubject } from '@sidetone/testkit';
import plugin from './index.ts';
import { API_KEY, CALL, messagesFrom, sign, TEXTS, WEBHOOK_SECRET } from './samples.ts';
// @if stream
import { audioOf, FRAME } from './samples.ts';
// @end

const API = 'https://api.acme.example';
const { toLive, live, toEnd } = messagesFrom(Date.UTC(2026, 0, 5, 9));

/** Acme delivers a message again if it gets no answer in time. */
const delivered = (json: object) => ({
  request: { path: 'events', json, headers: sign(JSON.stringify(json)) },
  redeliver: true as const,
});

export const conformance = defineSubject(plugin, {
  options: { apiKey: API_KEY, webhookSecret: WEBHOOK_SECRET },
  secrets: [API_KEY, WEBHOOK_SECRET],
  personal: Object.values(TEXTS),
  api({ method, url }, { callHasEnded }) {
    switch (`${method} ${url.href}`) {
      case `GET ${API}/account`:
        return { json: {} };
      case `GET ${API}/calls/${CALL}`:
        return { json: { state: callHasEnded ? 'over' : 'live', by: 'caller' } };
      case `POST ${API}/calls/${CALL}/say`:
      case `POST ${API}/calls/${CALL}/end`:
        return { status: 204 };
      default:
        return undefined;
    }
  },
  call: {
    id: CALL,
    toLive: [
      ...toLive.map(delivered),
      // @if stream
      {
        connect: ({ responses }) => {
          const { audio } = JSON.parse(String(responses.at(-1)?.body)) as { audio: string };
          return { path: `audio/${audio.split('/').at(-1)}` };
        },
      },
      // @end
    ],
    live: [
      // @if stream
      { demand: 'audio' },
      { message: audioOf('caller', 1), audio: { CUSTOMER: FRAME } },
      {
        message: audioOf('caller', 4),
        audio: { CUSTOMER: FRAME },
        lost: { party: 'CUSTOMER', durationMs: 40 },
      },
      // @end
      // @if bot
      { message: audioOf('agent') },
      { wait: 20 },
      // @end
      ...live.map(delivered),
    ],
    toEnd: toEnd.map(delivered),
  },
  sign,
  forged: [
    { path: 'events', json: toEnd[0] },
    { path: 'events', json: toEnd[0], headers: { 'x-acme-signature': '00ff' } },
  ],
  controls: {
    say: {
      valid: { content: 'Yes.', endCallAfterSpoken: false, interrupt: false },
      invalid: [{ content: ' ', endCallAfterSpoken: false, interrupt: false }],
    },
    endCall: { valid: {} },
  },
});
