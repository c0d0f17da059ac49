/** Starting, stopping, and what is left behind. */
import type { Bench } from '../bench.ts';
import { check } from '../../conformance/verdict.ts';
import { ABORT_MS, START_MS } from '../../checks/bounds.ts';
import { wholeLife, type Stage } from '../stage.ts';
import { watchGlobals } from '../../checks/globals.ts';
import { ALWAYS, type Audit } from './audit.ts';
import { commandsOf } from './commands.ts';

/** How long a stopped instance is watched, ms. */
const AFTERMATH_MS = 120_000;

/** Asks for everything at once, and waits for nothing. */
async function askForEverything(bench: Bench, stage: Stage): Promise<void> {
  const signal = new AbortController().signal;
  const { provider } = stage;
  const asked = [
    ...commandsOf(bench).map(({ run }) => run(stage, stage.context())),
    provider.health?.(signal),
    provider.reconcile?.([stage.call()], signal),
  ];
  for (const each of asked) each?.catch(() => undefined);
  await stage.host.clock.settle();
}

function checkNothingLeft({ host, accepted, dialled }: Stage): void {
  check(host.clock.pending === 0, `${host.clock.pending} timer(s) were left`);
  check(host.wantsListeners === 0, 'a listener was left');
  check(host.openRequests + host.openDials === 0, 'a request or a dial was left');
  check(![...accepted, ...dialled].some(({ closing }) => closing === undefined), 'a socket was left open');
}

/** Most of them stop an instance in the middle of a call, when it has the most to clear up. */
export const LIFE_CYCLE_AUDITS: readonly Audit[] = [
  {
    // The daemon waits no longer, and shows the provider as failed.
    id: '3F6A',
    level: 'MUST',
    name: 'It starts within 15 seconds.',
    applies: ALWAYS,
    async run(bench) {
      const stage = await bench.made();
      const outcome = await stage.outcome(stage.begin(), START_MS);
      check(outcome.state !== 'pending', 'it did not start in time');
      check(outcome.state === 'fulfilled', 'it did not start with the options of the scenario');
    },
  },
  {
    // The abort is how the daemon says that it will not wait. What goes on would run beside the next
    // attempt.
    id: '7D18',
    level: 'MUST',
    name: 'A start that is aborted settles at once.',
    applies: ALWAYS,
    async run(bench) {
      const stage = await bench.made();
      const outcome = await stage.abortedOutcome((signal) => stage.begin(signal));
      check(outcome.state !== 'pending', 'start went on after it was aborted');
    },
  },
  {
    // A provider that did not start is not stopped either, so nobody else would clear up.
    id: 'B4E2',
    level: 'MUST',
    name: 'A start that fails leaves no timer, socket, request or listener.',
    applies: ALWAYS,
    async run(bench) {
      for (const mood of ['refuses', 'unreachable'] as const) {
        const stage = await bench.made();
        stage.api = mood;
        const outcome = await stage.outcome(stage.begin(), START_MS);
        if (outcome.state === 'rejected') checkNothingLeft(stage);
      }
    },
  },
  {
    // A provider that is down is a common reason to stop, and the process waits for it before it ends.
    id: '26C9',
    level: 'MUST',
    name: 'It stops within 5 seconds, also while nothing that it asks is answered.',
    applies: ALWAYS,
    async run(bench) {
      const stage = await bench.withCall('live');
      stage.api = 'hangs';
      await askForEverything(bench, stage);
      await stage.stop();
    },
  },
  {
    // What comes then belongs to an instance that is gone, and would be taken for news of the next one.
    id: 'F05D',
    level: 'MUST',
    name: 'Nothing is emitted once it has stopped.',
    applies: ALWAYS,
    async run(bench) {
      const stage = await bench.withCall('live');
      await stage.stop();
      const before = stage.host.events.length;
      await stage.play(bench.scenario.call.toEnd);
      stage.callIsOver = true;
      stage.host.setDemand('audio', bench.scenario.call.id, true);
      await stage.host.clock.advance(AFTERMATH_MS);
      check(stage.host.events.length === before, 'an event came after the stop');
    },
  },
  {
    // It is looked at by the fake clock, on which every timer has to be set.
    id: 'A83B',
    level: 'MUST',
    name: 'No timer is left when it has stopped.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await stopped(bench);
      check(host.clock.pending === 0, `${host.clock.pending} timer(s) were left`);
    },
  },
  {
    // Both kinds: those that the provider opened, and those that were dialled.
    id: '19F7',
    level: 'MUST',
    name: 'No socket is left open when it has stopped.',
    applies: ({ socket, dials }) => socket || dials,
    async run(bench) {
      const { accepted, dialled } = await stopped(bench);
      const open = [...accepted, ...dialled].filter(({ closing }) => closing === undefined);
      check(open.length === 0, `${open.length} socket(s) were left open`);
    },
  },
  {
    // A stream that nobody ends is heard as silence for ever.
    id: '60AE',
    level: 'MUST',
    name: 'No media stream is left open when it has stopped.',
    applies: ({ streams }) => streams,
    async run(bench) {
      const { host } = await stopped(bench);
      const open = host.streams.filter(({ endReason }) => endReason === undefined);
      check(open.length === 0, `${open.length} stream(s) were left open`);
    },
  },
  {
    // A listener that is left holds the whole instance in memory.
    id: 'D7C4',
    level: 'MUST',
    name: 'It listens for nothing when it has stopped.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await stopped(bench);
      check(host.wantsListeners === 0, `${host.wantsListeners} listener(s) were left`);
    },
  },
  {
    // Everything is asked for at once while nothing is answered; then it is stopped. Commands have a signal
    // of their own, which the stop of the daemon does not abort: what ends them here is the instance.
    id: '8A52',
    level: 'MUST',
    name: 'No request and no dial is left open when it has stopped.',
    applies: ({ asks, dials, controls, placeCall }) => asks || dials || placeCall || controls.length > 0,
    async run(bench) {
      const stage = await bench.withCall();
      stage.api = 'hangs';
      await stage.play(bench.scenario.call.live);
      await askForEverything(bench, stage);
      // That it stops in time is the matter of another audit.
      await stage.stop().catch(() => undefined);
      check(stage.host.openRequests === 0, `${stage.host.openRequests} request(s) were left open`);
      check(stage.host.openDials === 0, `${stage.host.openDials} dial(s) were left open`);
    },
  },
  {
    // By the provider's own news or by being asked, whichever the provider has. Until then the call is live
    // for everyone.
    id: '4C9E',
    level: 'MUST',
    name: 'An instance that is made after a restart tells the end of a call that was live before.',
    applies: ALWAYS,
    async run(bench) {
      const before = await bench.withCall('live');
      await before.stop();
      const { clock, state } = before.host;
      const after = await bench.started({ clock, state });
      after.callIsOver = true;
      await after.play(bench.scenario.call.toEnd);
      const signal = new AbortController().signal;
      const asking = after.provider.reconcile?.([after.call()], signal) ?? Promise.resolve();
      await after.outcome(asking, AFTERMATH_MS);
      check(after.host.eventsOf('call.ended').length > 0, 'the end was not told');
    },
  },
  {
    // Two accounts of one provider are two instances of one plugin, and module scope is where they meet.
    id: 'E1B6',
    level: 'MUST',
    name: 'Two instances share nothing.',
    applies: ALWAYS,
    async run(bench) {
      const one = await bench.started();
      const other = await bench.started();
      await one.play(bench.scenario.call.toLive);
      await other.stop();
      const before = one.host.events.length;
      await one.play([...bench.scenario.call.live, ...bench.scenario.call.toEnd]);
      const { events, streams, dials } = other.host;
      check(events.length + streams.length + dials.length === 0, 'one told what the other was told');
      check(one.host.events.length > before, 'the stop of one silenced the other');
    },
  },
  {
    // What a test cannot hold still it cannot see, and the daemon's bounds and counters are in the host.
    id: '52F0',
    level: 'MUST',
    name: 'Time and network are those of the host.',
    applies: ALWAYS,
    async run(bench) {
      const watch = watchGlobals();
      try {
        const stage = await bench.made();
        await stage.start();
        await stage.play(wholeLife(bench.scenario));
        for (const { run } of commandsOf(bench)) {
          await stage.outcome(run(stage, stage.context()), ABORT_MS);
        }
        await stage.stop();
      } finally {
        watch.end();
      }
      check(watch.used.length === 0, `it used ${watch.used.join(', ')} instead of the host's`);
    },
  },
  {
    // The fakes write down what the real host would refuse or misunderstand, also where the plugin swallowed
    // the error.
    id: '0D7F',
    level: 'MUST',
    name: 'The host is used as it is meant.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.afterCall();
      host.verify();
    },
  },
];

/** An instance that was stopped in the middle of a call. */
async function stopped(bench: Bench): Promise<Stage> {
  const stage = await bench.withCall('live');
  await stage.stop();
  await stage.host.clock.settle();
  return stage;
}
