/** An inbound call of Vobiz that the plugin answers and taps, from documented samples. */
import { createHmac } from 'node:crypto';
import plugin from '@sidetone/plugin-vobiz';
import { objectOf } from '@sidetone/plugin-kit';
import {
  defineSubject,
  type FakeReply,
  type RequestStep,
  type Sample,
  type ScenarioState,
} from '@sidetone/testkit';
import { CALL, form, frame, reply, STREAM } from '../../../plugin-vobiz/test/samples.ts';

const AUTH_ID = 'MA_TEST0001';
export const AUTH_TOKEN = 'auth-token-0';
const ACCOUNT = `/api/v1/Account/${AUTH_ID}`;
const CALL_PATH = `${ACCOUNT}/Call/${CALL}/`;
const DIAL = '+918000000001';

let nonces = 0;

/** Returns the headers of a webhook. Each signature is valid once. */
function sign(path: string, { publicUrl }: ScenarioState): Readonly<Record<string, string>> {
  const nonce = `nonce-${++nonces}`;
  const signature = createHmac('sha256', AUTH_TOKEN)
    .update(`${publicUrl(path).href}.${nonce}`)
    .digest('base64');
  return { 'x-vobiz-signature-v3': signature, 'x-vobiz-signature-v3-nonce': nonce };
}

const webhook =
  (path: string, name: string): Sample =>
  (state) => ({ path, form: form(name), headers: sign(path, state) });
export const step = (path: string, name: string): RequestStep => ({
  request: webhook(path, name),
  redeliver: true,
});

/** Returns a frame of 20 ms of a track. */
export const media = (track: 'inbound' | 'outbound', number: number, bytes: Uint8Array): string =>
  JSON.stringify({
    event: 'media',
    streamId: STREAM,
    media: {
      track,
      chunk: number,
      timestamp: String(1790000000000 + number * 20),
      payload: Buffer.from(bytes).toString('base64'),
    },
  });
export const CALLER = Uint8Array.from({ length: 160 }, (_, i) => i);
const AGENT = Uint8Array.from({ length: 160 }, (_, i) => 255 - i);

const past = (uuid: string, day: number): object => ({
  ...objectOf(objectOf(reply('cdr_get_200').json)['data']),
  uuid,
  start_time: new Date(Date.UTC(2025, 11, day)).toISOString(),
});
const PAST = {
  success: true,
  data: [past('older-1', 20), past('older-2', 10)],
  pagination: { has_next: false },
};

/** Returns the responses of the API by method and path. */
function responsesOf(callHasEnded: boolean): Readonly<Record<string, FakeReply>> {
  const live = { status: 200, json: { call_status: 'in-progress', direction: 'inbound' } };
  return {
    'GET /api/v1/auth/me': { json: {} },
    [`GET ${ACCOUNT}/Application/`]: { json: { objects: [] } },
    [`GET ${ACCOUNT}/cdr`]: { json: PAST },
    [`GET ${ACCOUNT}/cdr/${CALL}`]: reply('cdr_get_200'),
    [`GET ${CALL_PATH}`]: callHasEnded ? reply('call_get_live_404') : live,
    [`POST ${ACCOUNT}/Call/`]: reply('call_make_201'),
    [`POST ${CALL_PATH}`]: { status: 202, json: { message: 'call transferred' } },
    [`DELETE ${CALL_PATH}`]: reply('call_hangup_204'),
    [`POST ${CALL_PATH}Speak/`]: reply('call_speak_202'),
    [`DELETE ${CALL_PATH}Speak/`]: { status: 204 },
    [`POST ${CALL_PATH}Play/`]: reply('call_play_202'),
    [`DELETE ${CALL_PATH}Play/`]: { status: 204 },
    [`POST ${CALL_PATH}DTMF/`]: reply('call_dtmf_202'),
  };
}

export const VOBIZ = defineSubject(plugin, {
  options: {
    authId: AUTH_ID,
    authToken: AUTH_TOKEN,
    signature: 'require',
    answer: { mode: 'tap', dial: DIAL },
    from: DIAL,
  },
  secrets: [AUTH_TOKEN],
  personal: [DIAL, DIAL.slice(1), '919000000002', '+919000000003', 'One moment.'],
  api: ({ method, url }, { callHasEnded }) => responsesOf(callHasEnded)[`${method} ${url.pathname}`],
  call: {
    id: CALL,
    details: { direction: 'INBOUND', from: '+919000000002', to: DIAL },
    toLive: [
      step('answer', 'answer_minimal_fields'),
      {
        connect: ({ responses }) => {
          const xml = responses.map(({ body }) => String(body)).join('');
          return { path: /stream\/[\w-]+/.exec(xml)?.[0] ?? '' };
        },
      },
      // A second start would be a second stream, and a repeated frame is played once.
      { message: frame('start_nested_mulaw_8k'), again: true },
    ],
    live: [
      { demand: 'audio' },
      {
        message: media('inbound', 1, CALLER),
        audio: { CUSTOMER: CALLER },
        heard: { CUSTOMER: { sampleRate: 8000, durationMs: 20 } },
        again: true,
      },
      { message: media('outbound', 1, AGENT), audio: { ASSISTANT: AGENT } },
      { message: media('inbound', 4, CALLER), lost: { party: 'CUSTOMER', durationMs: 40 } },
      { message: frame('dtmf_flat_digit'), emits: [{ type: 'dtmf', digits: '#' }], requests: [], sends: [] },
      step('events', 'dial_answer'),
      step('stream-status', 'stream_start'),
    ],
    toEnd: [{ close: 1000 }, step('hangup', 'hangup_normal_caller')],
  },
  sign: (_body, path, state) => sign(path, state),
  forged: [
    { path: 'hangup', form: form('hangup_normal_caller') },
    {
      path: 'hangup',
      form: form('hangup_normal_caller'),
      headers: { 'x-vobiz-signature-v3': 'AAAA', 'x-vobiz-signature-v3-nonce': 'n' },
    },
  ],
  controls: {
    say: {
      valid: { content: 'One moment.', endCallAfterSpoken: false, interrupt: false },
      invalid: [{ content: ' ', endCallAfterSpoken: false, interrupt: false }],
    },
    transfer: { valid: { number: '+919000000003' }, invalid: [{}, { number: 'nobody' }] },
    endCall: { valid: {} },
    sendDtmf: { valid: { digits: '1#' }, invalid: [{ digits: 'Z' }] },
    playAudio: { valid: { url: 'https://media.example.in/a.mp3' }, invalid: [{ url: 'file:///etc/passwd' }] },
    clearAudio: { valid: {} },
    mute: { valid: { party: 'CUSTOMER' } },
    unmute: { valid: { party: 'CUSTOMER' } },
  },
  placeCall: { valid: { to: '+919000000002' }, invalid: [{ to: 'nobody' }] },
  backfill: { since: Date.UTC(2025, 11, 1), until: Date.UTC(2026, 0, 1) },
});
