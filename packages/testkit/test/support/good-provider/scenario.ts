/** The scenario of the good provider: one call. */
import {
  defineSubject,
  FAKE_EPOCH,
  type Sample,
  type Scenario,
  type Step,
  type Subject,
} from '@sidetone/testkit';
import type { Mutation } from './mutations.ts';
import { API_KEY, goodPlugin, signatureOf, WEBHOOK_SECRET } from './plugin.ts';

export const CALL = 'good-1';
const TEXT = 'I would like a table.';
const NUMBER = '+15005550006';

function requestOf(event: string, afterMs: number, fields: object = {}): Sample {
  const body = JSON.stringify({ call: CALL, event, at: FAKE_EPOCH + afterMs, ...fields });
  return { path: 'events', body, headers: { 'x-signature': signatureOf(body) } };
}

const step = (event: string, afterMs: number, fields: object = {}): Step => ({
  request: requestOf(event, afterMs, fields),
  redeliver: true,
});

const CALLER = Uint8Array.from({ length: 160 }, (_, i) => i);
const AGENT = Uint8Array.from({ length: 160 }, (_, i) => 255 - i);
const frame = (who: string, seq: number, bytes: Uint8Array): string =>
  JSON.stringify({ who, seq, payload: Buffer.from(bytes).toString('base64') });

const LEFT = Uint8Array.of(1, 2, 5, 6);
const RIGHT = Uint8Array.of(3, 4, 7, 8);

export const GOOD_SCENARIO: Scenario = {
  options: { apiKey: API_KEY, webhookSecret: WEBHOOK_SECRET },
  secrets: [API_KEY, WEBHOOK_SECRET],
  personal: [TEXT, NUMBER],
  api({ method, url }, { callHasEnded }) {
    const path = `${method} ${url.pathname}`;
    if (path === 'GET /me') return { json: {} };
    if (path === `GET /calls/${CALL}`) return { json: { status: callHasEnded ? 'ended' : 'live' } };
    if (path === 'POST /calls') return { status: 201, json: { id: 'good-2' } };
    if (path === 'GET /calls') {
      const page = Number(url.searchParams.get('page'));
      const calls = [{ id: `old-${page}`, at: FAKE_EPOCH - page * 9000, text: TEXT }];
      return { json: { calls: page <= 2 ? calls : [] } };
    }
    return method === 'POST' ? { status: 202, json: {} } : undefined;
  },
  call: {
    id: CALL,
    details: { direction: 'INBOUND', from: NUMBER },
    toLive: [
      step('ringing', 0, { direction: 'in', from: NUMBER }),
      { request: requestOf('answered', 1000), redeliver: true },
    ],
    live: [
      { demand: 'audio' },
      {
        connect: ({ responses }) => {
          const { stream } = JSON.parse(
            String(responses.findLast(({ body }) => String(body).includes('stream'))?.body),
          ) as {
            stream: string;
          };
          return { path: stream.split('/fake/')[1] ?? '' };
        },
      },
      { message: frame('caller', 0, CALLER), audio: { CUSTOMER: CALLER } },
      { message: frame('caller', 1, CALLER), audio: { CUSTOMER: CALLER } },
      {
        message: frame('agent', 0, AGENT),
        audio: { ASSISTANT: AGENT },
        again: true,
      },
      { message: frame('caller', 4, CALLER), lost: { party: 'CUSTOMER', durationMs: 40 } },
      {
        dialled: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
        audio: { CUSTOMER: LEFT, ASSISTANT: RIGHT },
        heard: { CUSTOMER: { sampleRate: 16_000 }, ASSISTANT: { sampleRate: 16_000 } },
      },
      {
        ...step('speech', 2000, { who: 'caller', text: TEXT }),
        emits: [{ type: 'utterance.final', party: 'CUSTOMER', text: TEXT }],
        requests: [],
        sends: [],
      },
      { wait: 30_000, sends: ['{"event":"ping"}'] },
      step('speech', 3000, { who: 'agent', text: 'For how many?' }),
    ],
    toEnd: [step('ended', 9000, { reason: 'hangup' })],
  },
  sign: (body) => ({ 'x-signature': signatureOf(body) }),
  forged: [
    { path: 'events', json: { call: CALL, event: 'ended' } },
    {
      path: 'events',
      json: { call: CALL, event: 'ended' },
      headers: { 'x-signature': signatureOf('another') },
    },
  ],
  controls: {
    say: {
      valid: { content: TEXT, endCallAfterSpoken: false, interrupt: false },
      invalid: [{ content: ' ', endCallAfterSpoken: false, interrupt: false }],
    },
    mute: { valid: { party: 'CUSTOMER' } },
    endCall: { valid: {} },
    sendDtmf: { valid: { digits: '1' } },
  },
  placeCall: { valid: { to: NUMBER }, invalid: [{ to: 'nobody' }] },
  backfill: { since: FAKE_EPOCH - 86_400_000, until: FAKE_EPOCH },
};

/** Returns the good provider with its scenario, with one promise broken if a mutation is given. */
export const goodSubject = (mutation?: Mutation): Subject =>
  defineSubject(goodPlugin(mutation), GOOD_SCENARIO);
