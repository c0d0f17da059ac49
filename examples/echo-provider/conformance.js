// @ts-check
/** One call of Echo, told as it sends it: what the audits need to know and cannot guess. */
import { defineSubject } from '@sidetone/testkit';
import plugin from './index.js';

const SECRET = 'parrot-7f3a';
const WORDS = 'Is anybody there?';
const AUDIO = Uint8Array.from({ length: 160 }, (_, i) => i);

/** @param {string} event @param {number} second @param {object} [fields] */
const news = (event, second, fields) => ({
  request: {
    path: 'events',
    headers: { 'x-echo-secret': SECRET },
    json: { call: 'echo-1', event, at: Date.UTC(2026, 0, 5, 9, 0, second), ...fields },
  },
  // Echo sends again what was not answered in time.
  again: /** @type {const} */ (true),
});

export const conformance = defineSubject(plugin, {
  options: { secret: SECRET },
  secrets: [SECRET],
  personal: [WORDS],
  call: {
    id: 'echo-1',
    toLive: [
      news('answered', 0),
      {
        connect: ({ answers }) => {
          const { audio } = JSON.parse(String(answers.at(-1)?.body));
          return { path: `audio/${audio.split('/').at(-1)}` };
        },
      },
    ],
    live: [
      { want: 'audio' },
      { message: AUDIO, heard: { CUSTOMER: AUDIO } },
      news('words', 2, { text: WORDS }),
    ],
    toEnd: [news('ended', 9)],
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
