// @ts-check
/** Describes one call of Echo, as Echo sends it, for the conformance audits. */
import { defineSubject } from '@sidetone/testkit';
import plugin from './index.js';

const SECRET = 'parrot-7f3a';
const TEXT = 'Is anybody there?';
const CALLER = '+15005550006';
const AUDIO = Uint8Array.from({ length: 160 }, (_, i) => i);

/** @param {string} event @param {number} second @param {object} [fields] */
const message = (event, second, fields) => ({
  request: {
    path: 'events',
    headers: { 'x-echo-secret': SECRET },
    json: { call: 'echo-1', event, at: Date.UTC(2026, 0, 5, 9, 0, second), ...fields },
  },
  // Echo redelivers a message that was not answered in time.
  redeliver: /** @type {const} */ (true),
});

export const conformance = defineSubject(plugin, {
  options: { secret: SECRET },
  secrets: [SECRET],
  personal: [TEXT, CALLER],
  call: {
    id: 'echo-1',
    details: { from: CALLER },
    toLive: [
      message('answered', 0, { from: CALLER }),
      {
        connect: ({ responses }) => {
          const { audio } = JSON.parse(String(responses.at(-1)?.body));
          return { path: `audio/${audio.split('/').at(-1)}` };
        },
      },
    ],
    live: [
      { demand: 'audio' },
      {
        message: AUDIO,
        audio: { CUSTOMER: AUDIO },
        heard: { CUSTOMER: { sampleRate: 8000, durationMs: 20 } },
      },
      {
        ...message('speech', 2, { text: TEXT }),
        emits: [{ type: 'utterance.final', party: 'CUSTOMER', text: TEXT }],
      },
    ],
    toEnd: [message('ended', 9)],
  },
  sign: () => ({ 'x-echo-secret': SECRET }),
  forged: [
    { path: 'events', json: { call: 'echo-1', event: 'ended' } },
    { path: 'events', json: { call: 'echo-1', event: 'ended' }, headers: { 'x-echo-secret': 'guessed' } },
  ],
  controls: {
    say: {
      valid: { content: 'Yes.', endCallAfterSpoken: false, interrupt: false },
      invalid: [{ content: ' ', endCallAfterSpoken: false, interrupt: false }],
    },
    endCall: { valid: {} },
  },
});
