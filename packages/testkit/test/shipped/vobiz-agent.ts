/** The same call, answered by an agent to which its audio is relayed. */
import { defineSubject } from '@sidetone/testkit';
import { frame, STREAM } from '../../../plugin-vobiz/test/samples.ts';
import { CALLER, media, step, VOBIZ } from './vobiz.ts';

const AGENT_KEY = 'agent-key-0';
const AGENT_URL = `wss://agent.example.in/calls/{callId}?key=${AGENT_KEY}`;
const SOUND_URL = 'https://media.example.in/a.wav';
const { scenario } = VOBIZ;
const [answered, connected] = scenario.call.toLive;

export const VOBIZ_AGENT = defineSubject(VOBIZ.plugin, {
  ...scenario,
  options: { ...scenario.options, answer: { mode: 'agent' }, agentUrl: AGENT_URL },
  secrets: [...scenario.secrets, AGENT_KEY],
  api: (request, state) =>
    request.url.href === SOUND_URL ? { bytes: sound() } : scenario.api?.(request, state),
  call: {
    ...scenario.call,
    toLive: [answered, connected, { message: frame('start_nested_mulaw_8k'), again: true as const }].filter(
      (each) => each !== undefined,
    ),
    live: [
      { demand: 'audio' },
      { message: media('inbound', 1, CALLER), audio: { CUSTOMER: CALLER }, again: true },
      { message: media('inbound', 4, CALLER), lost: { party: 'CUSTOMER', durationMs: 40 } },
      {
        dialled: JSON.stringify({ event: 'clearAudio', streamId: STREAM }),
        sends: [{ event: 'clearAudio' }],
      },
      step('stream-status', 'stream_start'),
    ],
  },
  controls: {
    ...scenario.controls,
    playAudio: { valid: { url: SOUND_URL }, invalid: [{ url: 'file:///etc/passwd' }] },
    mute: { valid: { party: 'ASSISTANT' }, invalid: [{ party: 'UNKNOWN' }] },
    unmute: { valid: { party: 'ASSISTANT' }, invalid: [{ party: 'UNKNOWN' }] },
    handoff: {
      valid: { streamUrl: 'wss://other.example.in/calls' },
      invalid: [{ assistantId: 'a' }, { streamUrl: 'https://other.example.in/' }],
    },
  },
});

/** Returns a WAV file with 100 ms of silence at 8 kHz. */
function sound(): Uint8Array<ArrayBuffer> {
  const samples = 1600;
  const file = Buffer.alloc(44 + samples);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(16_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples, 40);
  return new Uint8Array(file);
}
