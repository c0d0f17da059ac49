/** Audits of starting and stopping, and of what an instance leaves behind. */
import { START_MS } from '../../checks/deadlines.ts';
import { check } from '../../checks/verdict.ts';
import { watchGlobals } from '../../checks/watch-globals.ts';
import type { TranscriberAudit } from '../audit.ts';
import type { TranscriberHarness } from '../harness.ts';

/** How long a stopped instance is observed, in ms. */
const OBSERVATION_MS = 60_000;

/** Opens calls in different states: connected, disconnected, and waiting for the first connection. */
async function openCallsInAllStates(harness: TranscriberHarness): Promise<void> {
  const first = harness.open();
  await first.speak(2000, { CUSTOMER: [[1, 500]] });
  harness.service = 'busy';
  harness.disconnect();
  await first.speak(500);
  harness.service = 'serves';
  await harness.open().speak(1000, { ASSISTANT: [[2, 200]] });
  harness.service = 'hangs';
  await harness.open().speak(500);
}

function checkNothingLeft({ host, sockets }: TranscriberHarness, timers = 0): void {
  check(host.clock.pending <= timers, `${host.clock.pending - timers} timer(s) are left`);
  check(host.openRequests + host.openDials === 0, 'a request or dial is pending');
  check(!sockets.some(({ closing }) => closing === undefined), 'a socket is open');
}

/** Most of them stop an instance during calls. */
export const LIFECYCLE_AUDITS: readonly TranscriberAudit[] = [
  {
    // After that, the daemon gives up.
    id: '90B7',
    level: 'MUST',
    name: 'An instance starts within 15 seconds.',
    async run(context) {
      const harness = await context.created();
      const outcome = await harness.outcome(harness.beginStart(), START_MS);
      check(outcome.state === 'fulfilled', 'it did not start in time with the options of the scenario');
    },
  },
  {
    // A service that does not respond is a common reason to stop.
    id: 'A5D0',
    level: 'MUST',
    name: 'An instance stops within 5 seconds, even if the service does not respond.',
    async run(context) {
      const harness = await context.started();
      await openCallsInAllStates(harness);
      await harness.stop();
    },
  },
  {
    // Also for calls that have ended, were disconnected, or never connected.
    id: '38C6',
    level: 'MUST',
    name: 'A stopped instance has no timers, sockets, requests or dials.',
    async run(context) {
      const harness = await context.started();
      await openCallsInAllStates(harness);
      // Whether it stops in time is the subject of another audit.
      await harness.stop().catch(() => undefined);
      checkNothingLeft(harness);
    },
  },
  {
    // Such events would be mixed with those of the next instance.
    id: 'E46B',
    level: 'MUST',
    name: 'A stopped instance emits no events.',
    async run(context) {
      const harness = await context.started();
      await openCallsInAllStates(harness);
      await harness.stop().catch(() => undefined);
      const count = (): number => harness.calls.reduce((sum, { events }) => sum + events.length, 0);
      const before = count();
      harness.service = 'serves';
      for (const call of harness.calls) await call.speak(1000, { CUSTOMER: [[3, call.toMs + 200]] });
      await harness.host.clock.advance(OBSERVATION_MS);
      check(count() === before, 'it emitted an event after the stop');
    },
  },
  {
    // An instance may run for years.
    id: '5F2D',
    level: 'MUST',
    name: 'A call that has ended has no timers, sockets, requests or dials.',
    async run(context) {
      const harness = await context.started();
      // An instance may have timers of its own.
      const before = harness.host.clock.pending;
      const call = harness.open();
      await call.speak(3000, { CUSTOMER: [[1, 500]] });
      await call.end();
      await harness.host.clock.settle();
      checkNothingLeft(harness, before);
    },
  },
  {
    // Tests cannot control other timers, and the daemon enforces limits and counts requests in the host.
    id: '0D93',
    level: 'MUST',
    name: 'Time and network are used only through the host.',
    async run(context) {
      const watch = watchGlobals();
      try {
        const harness = await context.started();
        await openCallsInAllStates(harness);
        await harness.stop().catch(() => undefined);
      } finally {
        watch.end();
      }
      check(watch.used.length === 0, `it used ${watch.used.join(', ')} instead of the host`);
    },
  },
  {
    // Two accounts are two instances, and each call has its own transcript.
    id: 'C81E',
    level: 'MUST',
    name: 'Two calls share no state, and neither do two instances.',
    async run(context) {
      const [one, other] = [await context.started(), await context.started()];
      const calls = [one.open(), one.open(), other.open()];
      for (let turn = 0; turn < 3; turn++) {
        for (const [index, call] of calls.entries()) {
          const atMs = call.toMs;
          await call.speak(1000, { CUSTOMER: [[index * 10 + turn + 1, atMs + 200]] });
        }
      }
      await other.stop().catch(() => undefined);
      for (const call of calls.slice(0, 2)) await call.end();
      const counts = calls.slice(0, 2).map((call) => call.transcript()['CUSTOMER']?.length ?? 0);
      check(
        counts.every((count) => count === 3),
        `the calls have ${counts.join(' and ')} words, expected 3 each`,
      );
    },
  },
];
