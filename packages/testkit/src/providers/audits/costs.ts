/** Audits of what a call costs the daemon: time of the event loop, and waiting for others. */
import { check } from '../../checks/verdict.ts';
import type { Audit } from '../audit.ts';
import { ALWAYS } from '../audit.ts';
import type { AuditContext } from '../audit-context.ts';
import { commandsOf } from '../commands.ts';
import { allSteps, type Step } from '../scenario.ts';

/** Audio of all calls is handled in frames of this length. */
const MAX_TURN_MS = 20;
/** The first run compiles the code. */
const MAX_RUNS = 4;

const isMessage = (step: Step): boolean => 'request' in step || 'message' in step || 'dialled' in step;

/** Returns the time of the processor for each step of a call, in ms; a loaded machine does not change it. 0 for other steps than messages. */
async function measureSteps(context: AuditContext): Promise<readonly number[]> {
  const harness = await context.started();
  const spentMs: number[] = [];
  for (const step of allSteps(context.scenario)) {
    const before = process.cpuUsage();
    await harness.play([step]);
    const { user, system } = process.cpuUsage(before);
    spentMs.push(isMessage(step) ? (user + system) / 1000 : 0);
  }
  return spentMs;
}

export const COST_AUDITS: readonly Audit[] = [
  {
    // Everything else waits meanwhile: audio, subscriptions and the requests of other providers.
    id: 'F8A6',
    level: 'SHOULD',
    name: 'A message takes less than 20 ms of the processor.',
    applies: ALWAYS,
    async run(context) {
      let best: readonly number[] | undefined;
      for (let run = 0; run < MAX_RUNS; run++) {
        const spentMs = await measureSteps(context);
        best = best ? best.map((each, i) => Math.min(each, spentMs[i] ?? each)) : spentMs;
        if (best.every((each) => each < MAX_TURN_MS)) return;
      }
      const slow = best?.findIndex((each) => each >= MAX_TURN_MS) ?? 0;
      check(false, `step ${slow + 1} takes more than ${MAX_TURN_MS} ms, in each of ${MAX_RUNS} runs`);
    },
  },
  {
    // The peer may have lost its connection without a sign of it. Its sends settle when its socket is closed.
    id: 'C41A',
    level: 'MUST',
    name: 'An instance stops within 5 seconds, even if its peers read nothing.',
    applies: ({ socket, dials }) => socket || dials,
    async run(context) {
      const harness = await context.withCall('live');
      for (const socket of harness.sockets) socket.stall();
      for (const { run } of commandsOf(context)) void run(harness).catch(() => undefined);
      await harness.host.clock.settle();
      await harness.stop();
    },
  },
];
