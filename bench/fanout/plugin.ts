/** A provider whose events the parent of the daemon asks for. Loaded by path, like a third-party plugin. */
import { defineProvider, providerCallId, type OptionsSchema, type ProviderHost } from '@sidetone/core';
import { CALLS, eventOf, serveParent } from './contenders/events.mjs';

const NO_OPTIONS: OptionsSchema<object> = {
  '~standard': { version: 1, vendor: 'sidetone-bench', validate: () => ({ value: {} }) },
};

const PARTIES = ['CUSTOMER', 'ASSISTANT'] as const;
const FRAME_MS = 20;
/** Bytes of a frame of mu-law, 8 kHz. */
const FRAME_BYTES = 160;
/** Frames of different loudness. */
const FRAMES = Array.from({ length: 50 }, (_, loudness) => new Uint8Array(FRAME_BYTES).fill(0x80 + loudness));

/** Plays audio of several calls for a time, whose levels change all the time. */
function playAudio(host: ProviderHost, seconds: number, done: () => void): void {
  const streams = Array.from({ length: CALLS }, (_, index) => {
    const id = providerCallId(`bench-levels-${index}`);
    host.emit({ type: 'call.status', providerCallId: id, occurredAt: Date.now(), status: 'IN_PROGRESS' });
    return host.openStream({ providerCallId: id, encoding: 'mulaw', sampleRate: 8000, parties: PARTIES });
  });
  let left = (seconds * 1000) / FRAME_MS;
  const timer = setInterval(() => {
    for (const stream of streams)
      for (const party of PARTIES) stream.write(party, FRAMES[left % FRAMES.length]!);
    if (--left > 0) return;
    clearInterval(timer);
    for (const stream of streams) stream.end('end of the benchmark');
    done();
  }, FRAME_MS);
}

export default defineProvider({
  name: 'fanout-bench',
  displayName: 'Benchmark of the fan-out',
  contract: 1,
  options: NO_OPTIONS,
  create: (_options, host) => ({
    async start() {
      const call = { providerCallId: providerCallId('bench-call'), occurredAt: Date.now() };
      host.emit({ ...call, type: 'call.status', status: 'IN_PROGRESS' });
      serveParent(
        (number) => {
          const { party, text } = eventOf(number).utterance;
          host.emit({ ...call, type: 'utterance.final', occurredAt: Date.now(), party, text });
        },
        (seconds, done) => playAudio(host, seconds, done),
      );
    },
    async stop() {
      process.removeAllListeners('message');
    },
  }),
});
