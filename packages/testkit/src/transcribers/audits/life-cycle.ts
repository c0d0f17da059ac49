/** Starting, stopping, and what is left behind. */
import { watchGlobals } from '../../checks/globals.ts';
import { START_MS } from '../../checks/bounds.ts';
import { check } from '../../conformance/verdict.ts';
import type { TranscriberAudit } from '../audit.ts';
import type { TranscriberStage } from '../stage.ts';

/** How long a stopped instance is watched, ms. */
const AFTERMATH_MS = 60_000;

/** Calls in every state: one that is transcribed, one whose connection is lost, one that waits for its first. */
async function openEveryKind(stage: TranscriberStage): Promise<void> {
  const first = stage.open();
  await first.speak(2000, { CUSTOMER: [[1, 500]] });
  stage.mood = 'busy';
  stage.cut();
  await first.speak(500);
  stage.mood = 'serves';
  await stage.open().speak(1000, { ASSISTANT: [[2, 200]] });
  stage.mood = 'unanswered';
  await stage.open().speak(500);
}

function checkNothingLeft({ host, sockets }: TranscriberStage, timers = 0): void {
  check(host.clock.pending <= timers, `${host.clock.pending - timers} timer(s) were left`);
  check(host.openRequests + host.openDials === 0, 'a request or a dial was left');
  check(!sockets.some(({ closing }) => closing === undefined), 'a socket was left open');
}

/** Most of them stop an instance in the middle of its calls. */
export const LIFE_CYCLE_AUDITS: readonly TranscriberAudit[] = [
  {
    // The daemon waits no longer.
    id: '90B7',
    level: 'MUST',
    name: 'A transcriber starts within 15 seconds.',
    async run(bench) {
      const stage = await bench.made();
      const outcome = await stage.outcome(stage.begin(), START_MS);
      check(outcome.state === 'fulfilled', 'it did not start in time, with the options of the scenario');
    },
  },
  {
    // A service that does not answer is a common reason to stop.
    id: 'A5D0',
    level: 'MUST',
    name: 'A transcriber stops within 5 seconds, also while nothing that it asks is answered.',
    async run(bench) {
      const stage = await bench.started();
      await openEveryKind(stage);
      await stage.stop();
    },
  },
  {
    // Calls that are opened in each state, and one that had ended before.
    id: '38C6',
    level: 'MUST',
    name: 'No timer, socket, request or dial of a transcriber is left when it has stopped.',
    async run(bench) {
      const stage = await bench.started();
      await openEveryKind(stage);
      // That it stops in time is the matter of another audit.
      await stage.stop().catch(() => undefined);
      checkNothingLeft(stage);
    },
  },
  {
    // What comes then belongs to an instance that is gone.
    id: 'E46B',
    level: 'MUST',
    name: 'A transcriber tells nothing once it has stopped.',
    async run(bench) {
      const stage = await bench.started();
      await openEveryKind(stage);
      await stage.stop().catch(() => undefined);
      const count = (): number => stage.calls.reduce((sum, { events }) => sum + events.length, 0);
      const before = count();
      stage.mood = 'serves';
      for (const call of stage.calls) await call.speak(1000, { CUSTOMER: [[3, call.toMs + 200]] });
      await stage.host.clock.advance(AFTERMATH_MS);
      check(count() === before, 'an event came after the stop');
    },
  },
  {
    // A call that is over leaves no trace; the instance goes on for years.
    id: '5F2D',
    level: 'MUST',
    name: 'Nothing is left of a call whose end has settled.',
    async run(bench) {
      const stage = await bench.started();
      // An instance may have timers of its own.
      const before = stage.host.clock.pending;
      const call = stage.open();
      await call.speak(3000, { CUSTOMER: [[1, 500]] });
      await call.end();
      await stage.host.clock.settle();
      checkNothingLeft(stage, before);
    },
  },
  {
    // What a test cannot hold still it cannot see, and the daemon's bounds and counters are in the host.
    id: '0D93',
    level: 'MUST',
    name: 'Time and network of a transcriber are those of the host.',
    async run(bench) {
      const watch = watchGlobals();
      try {
        const stage = await bench.started();
        await openEveryKind(stage);
        await stage.stop().catch(() => undefined);
      } finally {
        watch.end();
      }
      check(watch.used.length === 0, `it uses ${watch.used.join(', ')} of the process`);
    },
  },
  {
    // Two accounts are two instances, and every call has its own words.
    id: 'C81E',
    level: 'MUST',
    name: 'Neither two calls nor two instances of a transcriber share anything.',
    async run(bench) {
      const [one, other] = [await bench.started(), await bench.started()];
      const calls = [one.open(), one.open(), other.open()];
      for (let turn = 0; turn < 3; turn++) {
        for (const [index, call] of calls.entries()) {
          const atMs = call.toMs;
          await call.speak(1000, { CUSTOMER: [[index * 10 + turn + 1, atMs + 200]] });
        }
      }
      await other.stop().catch(() => undefined);
      for (const call of calls.slice(0, 2)) await call.end();
      const told = calls.slice(0, 2).map((call) => call.transcript()['CUSTOMER']?.length ?? 0);
      check(
        told.every((words) => words === 3),
        `two calls of three words each have ${told.join(' and ')}`,
      );
    },
  },
];
