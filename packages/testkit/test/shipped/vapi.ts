/** A phone call of Vapi, from documented samples. */
import plugin from '@sidetone/plugin-vapi';
import { objectOf } from '@sidetone/plugin-kit';
import { defineSubject, type FakeReply, type RequestStep, type Sample } from '@sidetone/testkit';
import { CALL, CONTROL_URL, OTHER_CALL, sample, samplesOf } from '../../../plugin-vapi/test/samples.ts';

const API_KEY = 'private-key-0';
const PUBLIC_KEY = 'public-key-0';
const WEBHOOK_SECRET = 'webhook-secret-0';
const SIGNED = { 'x-vapi-secret': WEBHOOK_SECRET };

const webhook = (json: unknown): Sample => ({ path: 'webhook', json, headers: SIGNED });
const step = (name: string): RequestStep => ({ request: webhook(sample(name)), redeliver: true });

/** Returns the webhook of a sample with changed fields of its message. */
function changed(name: string, fields: object): unknown {
  return { message: { ...objectOf(objectOf(sample(name))['message']), ...fields } };
}

const ended = changed('status-update ended, new unknown reason', { endedReason: 'customer-ended-call' });
const reported = sample('end-of-call-report, duplicate delivery with new presigned urls');
const endedCall = objectOf(sample('get ended call, full', 'rest-response'));

const audio = (name: string): Uint8Array => {
  const { base64 } = objectOf(samplesOf('listen').find((each) => each.name === name)?.body);
  return Buffer.from(String(base64), 'base64');
};
const STEREO = audio('binary, 2 ms of 16 kHz stereo, customer silent');
/** Returns the bytes of one channel of interleaved 16-bit samples. */
const channel = (number: 0 | 1): Uint8Array =>
  STEREO.filter((_byte, at) => Math.floor(at / 2) % 2 === number);

/** Returns an ended call. */
const past = (id: string, createdAt: string): object => ({ ...endedCall, id, createdAt });
const PAST = [past(OTHER_CALL, '2025-12-20T09:00:00.000Z'), past('older', '2025-12-10T09:00:00.000Z')];

function list(query: URLSearchParams): readonly object[] {
  const after = query.get('createdAtGt') ?? '';
  const before = query.get('createdAtLt') ?? '9';
  return PAST.filter((call) => {
    const createdAt = String(objectOf(call)['createdAt']);
    return createdAt > after && createdAt < before;
  });
}

function answer(address: string, query: URLSearchParams, callHasEnded: boolean): FakeReply | undefined {
  if (address === `POST ${CONTROL_URL}`) return { status: 204 };
  if (address === 'POST https://api.vapi.ai/call')
    return { status: 201, json: { id: OTHER_CALL, status: 'queued' } };
  if (address === 'GET https://api.vapi.ai/call') return { json: list(query) };
  if (address === 'GET https://api.vapi.ai/assistant') return { json: [{ name: 'Front desk' }] };
  if (address === 'GET https://api.vapi.ai/phone-number') return { json: [] };
  if (address !== `GET https://api.vapi.ai/call/${CALL}`) return undefined;
  return {
    json: callHasEnded
      ? endedCall
      : { id: CALL, status: 'in-progress', monitor: { controlUrl: CONTROL_URL } },
  };
}

export const VAPI = defineSubject(plugin, {
  options: { apiKey: API_KEY, publicKey: PUBLIC_KEY, webhook: { secret: WEBHOOK_SECRET } },
  secrets: [API_KEY, PUBLIC_KEY, WEBHOOK_SECRET],
  personal: ['Hi, yes, go ahead.', 'Thank you.', '+15005550006', '+15005550123', 'Ana Núñez', 'One moment.'],
  api: ({ method, url }, { callHasEnded }) =>
    answer(`${method} ${url.origin}${url.pathname}`, url.searchParams, callHasEnded),
  call: {
    id: CALL,
    details: { direction: 'OUTBOUND', to: '+15005550006' },
    toLive: [
      step('status-update queued'),
      step('status-update ringing'),
      step('status-update in-progress, embedded call stale'),
    ],
    live: [
      { demand: 'audio' },
      {
        dialled: STEREO,
        audio: { CUSTOMER: channel(0), ASSISTANT: channel(1) },
        heard: { CUSTOMER: { sampleRate: 16_000 }, ASSISTANT: { sampleRate: 16_000 } },
        emits: [],
        sends: [],
      },
      step('assistant.started'),
      step('speech-update assistant started'),
      step('speech-update user started, turn missing'),
      step('transcript final'),
      step('transcript final, literal type string'),
      step('conversation-update, schema shape'),
      step('hang'),
    ],
    toEnd: [
      { request: webhook(ended), redeliver: true },
      { request: webhook(reported), redeliver: webhook(changedReport()) },
    ],
  },
  sign: () => SIGNED,
  forged: [
    { path: 'webhook', json: ended },
    { path: 'webhook', json: ended, headers: { 'x-vapi-secret': 'another' } },
  ],
  controls: {
    say: {
      valid: { content: 'One moment.', endCallAfterSpoken: false, interrupt: false },
      invalid: [{ content: ' ', endCallAfterSpoken: false, interrupt: false }],
    },
    addMessage: {
      valid: { role: 'SYSTEM', content: 'One moment.', triggerResponse: false },
      invalid: [{ role: 'SYSTEM', content: '', triggerResponse: false }],
    },
    mute: { valid: { party: 'CUSTOMER' }, invalid: [{ party: 'UNKNOWN' }] },
    unmute: { valid: { party: 'CUSTOMER' }, invalid: [{ party: 'UNKNOWN' }] },
    sayFirstMessage: { valid: {} },
    transfer: { valid: { number: '+15005550123' }, invalid: [{}, { sipUri: 'desk7@pbx' }] },
    handoff: { valid: { assistantId: 'billing' }, invalid: [{}, { streamUrl: 'wss://x/y' }] },
    endCall: { valid: {} },
    playAudio: { valid: { url: 'https://media.example.com/a.wav' } },
    clearAudio: { valid: {} },
  },
  placeCall: {
    valid: { to: '+15005550006', from: 'f3c1b0aa-0f0e-4a55-8f34-0b1f3e1c0a77', assistantId: 'nova' },
    invalid: [{ to: ' ', from: 'f3c1b0aa-0f0e-4a55-8f34-0b1f3e1c0a77' }],
  },
  backfill: { since: Date.UTC(2025, 10, 1), until: Date.UTC(2026, 0, 1) },
});

/** Returns the report as it is redelivered: its recording URLs have new signatures. */
function changedReport(): unknown {
  return JSON.parse(JSON.stringify(reported).replaceAll(/([?&]s[^="&]*=)[^"&]+/g, '$1another')) as unknown;
}
