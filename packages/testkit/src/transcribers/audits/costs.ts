/** Audits of what a transcription costs the daemon: time of the event loop, and memory for a slow service. */
import { check } from '../../checks/verdict.ts';
import { LONG_FRAME_MS } from '../../speech/spoken-call.ts';
import type { TranscriberAudit } from '../audit.ts';
import type { TranscriberAuditContext } from '../audit-context.ts';

/** Audio of all calls is handled in frames of this length. */
const FRAME_MS = 20;
/** The first run compiles the code. */
const MAX_RUNS = 4;
const SPOKEN_MS = 300;

/** The audio that may wait for the service, as for a lost connection: 16-bit samples of two parties at 8 kHz, encoded as text. */
const MAX_UNSENT_BYTES = 60 * 2 * 16_000 * 2;
const STALLED_MS = 3 * 60_000;

/** Returns the time of the processor for each frame, in ms; a loaded machine does not change it. */
async function measureFrames(context: TranscriberAuditContext): Promise<readonly number[]> {
  const harness = await context.started();
  const call = harness.open();
  const spentMs: number[] = [];
  while (call.toMs < SPOKEN_MS) {
    const before = process.cpuUsage();
    await call.speak(FRAME_MS, { CUSTOMER: [[1, 20]], ASSISTANT: [[2, 40]] });
    const { user, system } = process.cpuUsage(before);
    spentMs.push((user + system) / 1000);
  }
  return spentMs;
}

export const COST_AUDITS: readonly TranscriberAudit[] = [
  {
    // Everything else waits meanwhile, and audio of other calls comes at the same pace.
    id: 'F2B8',
    level: 'SHOULD',
    name: 'A frame of audio and the results for it take less than 20 ms of the processor.',
    async run(context) {
      let best: readonly number[] | undefined;
      for (let run = 0; run < MAX_RUNS; run++) {
        const spentMs = await measureFrames(context);
        best = best ? best.map((each, i) => Math.min(each, spentMs[i] ?? each)) : spentMs;
        if (best.every((each) => each < FRAME_MS)) return;
      }
      check(false, `a frame takes more than ${FRAME_MS} ms, in each of ${MAX_RUNS} runs`);
    },
  },
  {
    // A connection can be lost without a sign of it, and then accepts audio forever.
    id: 'C9A3',
    level: 'MUST',
    name: 'Audio for a service that reads nothing is dropped or the socket is closed, at a limit.',
    async run(context) {
      const harness = await context.started();
      const call = harness.open();
      await call.speak(1000);
      const own = harness.sockets.map(({ other }) => other);
      const before = new Map(own.map((socket) => [socket, socket.sent.length]));
      for (const socket of own) socket.stall();
      harness.service = 'hangs';
      await call.speak(STALLED_MS, {}, LONG_FRAME_MS);
      for (const socket of own.filter(({ closing }) => !closing)) {
        const unsent = socket.sent.slice(before.get(socket)).reduce((sum, { length }) => sum + length, 0);
        check(unsent <= MAX_UNSENT_BYTES, `${unsent} bytes of audio wait for the service`);
      }
    },
  },
];
