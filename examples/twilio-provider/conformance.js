// @ts-check
/** Describes one call of Twilio, as Twilio sends it, for the conformance audits. */
import { createHmac } from 'node:crypto';
import { defineSubject } from '@sidetone/testkit';
import plugin from './index.js';

/** @typedef {import('@sidetone/testkit').Sample} Sample */
/** @typedef {import('@sidetone/testkit').Step} Step */

const ACCOUNT = 'AC00000000000000000000000000000001';
const CALL = 'CA00000000000000000000000000000002';
const STREAM = 'MZ00000000000000000000000000000003';
const TOKEN = 'auth-token-0';
const CALLER = '+15005550006';
const PARTNER = '+15005550009';
const API = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}`;
const SOUND = 'https://media.example.com/a.wav';
const ABOUT = { CallSid: CALL, AccountSid: ACCOUNT, From: CALLER, To: '+15005550001', Direction: 'inbound' };

/** Signs as Twilio documents it. @param {URL} url @param {URLSearchParams} fields */
function sign(url, fields) {
  const names = [...new Set(fields.keys())].toSorted();
  const text = names.flatMap((name) => fields.getAll(name).map((value) => name + value));
  return {
    'x-twilio-signature': createHmac('sha1', TOKEN)
      .update(url.href + text.join(''))
      .digest('base64'),
  };
}

/** @param {string} path @param {Record<string, string>} form @returns {Sample} */
const post = (path, form) => (context) => ({
  path,
  form,
  headers: sign(context.publicUrl(path), new URLSearchParams(form)),
});

/** @param {string} path @param {Record<string, string>} form */
const webhook = (path, form) => ({
  request: post(path, { ...ABOUT, ...form }),
  redeliver: /** @type {const} */ (true),
});

/** @param {string} event @param {object} fields @param {object} [shown] @returns {Step} */
const message = (event, fields, shown) => ({
  message: JSON.stringify({ event, streamSid: STREAM, [event]: fields }),
  ...shown,
});

const AUDIO = Uint8Array.from({ length: 160 }, (_, i) => i);
const frame = (/** @type {string} */ track, /** @type {number} */ ms) => ({
  track,
  timestamp: String(ms),
  payload: Buffer.from(AUDIO).toString('base64'),
});

/** A WAV file with two 16-bit samples at 8 kHz. */
const WAV = Buffer.from(
  '524946462800000057415645666d74201000000001000100401f0000803e000002001000646174610400000000000040',
  'hex',
);

/** The stream URL in the answer to Twilio. @type {Sample} */
const stream = ({ responses }) => {
  const [, path = 'none'] = /\/providers\/fake\/([^"]+)"/.exec(String(responses[0]?.body)) ?? [];
  return { path };
};

/** @param {readonly string[]} tracks @returns {readonly Step[]} */
const toLive = (tracks) => [
  webhook('answer', { CallStatus: 'ringing' }),
  { connect: stream },
  { message: JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }) },
  message(
    'start',
    {
      streamSid: STREAM,
      accountSid: ACCOUNT,
      callSid: CALL,
      tracks,
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: {},
    },
    { again: true },
  ),
];

/** @type {readonly Step[]} */
const audio = [
  { demand: 'audio' },
  message('media', frame('inbound', 5), { audio: { CUSTOMER: AUDIO } }),
  message('media', frame('inbound', 25), { audio: { CUSTOMER: AUDIO } }),
  message('media', frame('inbound', 105), {
    audio: { CUSTOMER: AUDIO },
    lost: { party: 'CUSTOMER', durationMs: 60 },
  }),
  message(
    'dtmf',
    { track: 'inbound_track', digit: '5' },
    { emits: [{ type: 'dtmf', digits: '5' }], requests: [] },
  ),
];

/** @type {readonly Step[]} */
const toEnd = [
  message('stop', { accountSid: ACCOUNT, callSid: CALL }),
  { close: 1000 },
  webhook('status', {
    CallStatus: 'completed',
    CallDuration: '9',
    Timestamp: 'Mon, 05 Jan 2026 09:00:09 +0000',
  }),
];

const say = { content: 'One moment.', endCallAfterSpoken: false, interrupt: false };
const CONTROLS = {
  endCall: { valid: {} },
  transfer: { valid: { number: PARTNER }, invalid: [{}, { sipUri: 'sip:desk@pbx' }] },
};

/** @type {import('@sidetone/testkit').Scenario} */
const scenario = {
  options: { accountSid: ACCOUNT, authToken: TOKEN },
  secrets: [TOKEN],
  personal: [CALLER, PARTNER, say.content],
  api({ method, url }, { callHasEnded }) {
    if (url.href === SOUND) return { bytes: new Uint8Array(WAV) };
    if (`${method} ${url.href}` === `GET ${API}.json`) return { json: { sid: ACCOUNT, status: 'active' } };
    if (`${method} ${url.href}` === `GET ${API}/IncomingPhoneNumbers.json`)
      return { json: { incoming_phone_numbers: [] } };
    if (url.href !== `${API}/Calls/${CALL}.json`) return undefined;
    const status = callHasEnded ? 'completed' : 'in-progress';
    return { json: { sid: CALL, status, direction: 'inbound', from: CALLER, to: ABOUT.To, end_time: null } };
  },
  refusal: { status: 400, json: { code: 20_001, message: 'Bad Request', status: 400 } },
  call: {
    id: CALL,
    details: { direction: 'INBOUND', from: CALLER, to: ABOUT.To },
    toLive: toLive(['inbound']),
    live: audio,
    toEnd,
  },
  sign: (body, path, { publicUrl }) =>
    sign(publicUrl(path), new URLSearchParams(new TextDecoder().decode(body))),
  forged: [
    { path: 'status', form: { ...ABOUT, CallStatus: 'completed' } },
    {
      path: 'status',
      form: { ...ABOUT, CallStatus: 'completed' },
      headers: { 'x-twilio-signature': 'guessed' },
    },
  ],
  controls: {
    ...CONTROLS,
    say: {
      valid: say,
      invalid: [
        { ...say, content: ' ' },
        { ...say, content: 'x'.repeat(5000) },
      ],
    },
    playAudio: { valid: { url: SOUND }, invalid: [{ url: 'ftp://media.example.com/a.wav' }] },
    clearAudio: { valid: {} },
  },
};

/** Without a dialled number: Twilio sends the caller's audio and plays the audio it receives. */
export const conformance = defineSubject(plugin, scenario);

/** With `dial`, the caller talks to that number, and Twilio sends the audio of both. */
export const withDial = defineSubject(plugin, {
  ...scenario,
  options: { ...scenario.options, dial: PARTNER },
  call: {
    ...scenario.call,
    toLive: toLive(['inbound', 'outbound']),
    live: [...audio, message('media', frame('outbound', 3000), { audio: { ASSISTANT: AUDIO } })],
  },
  controls: CONTROLS,
});
