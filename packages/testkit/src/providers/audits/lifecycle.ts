/** Audits of starting and stopping, and of what an instance leaves behind. */
import { ABORT_MS, START_MS } from '../../checks/deadlines.ts';
import { check } from '../../checks/verdict.ts';
import { watchGlobals } from '../../checks/watch-globals.ts';
import { ALWAYS, type Audit } from '../audit.ts';
import type { AuditContext } from '../audit-context.ts';
import { commandsOf } from '../commands.ts';
import type { ProviderHarness } from '../harness.ts';
import { allSteps, type Step } from '../scenario.ts';
import { notAborted } from '../../fakes/not-aborted.ts';

/** How long a stopped instance is observed, in ms. */
const OBSERVATION_MS = 120_000;

/** Starts all commands, `health` and `reconcile` at once, without waiting for them. */
async function beginEverything(context: AuditContext, harness: ProviderHarness): Promise<void> {
  const { provider } = harness;
  const running = [
    ...commandsOf(context).map(({ run }) => run(harness)),
    provider.health?.(notAborted()),
    provider.reconcile?.([harness.call()], notAborted()),
  ];
  for (const each of running) each?.catch(() => undefined);
  await harness.host.clock.settle();
}

function checkNothingLeft({ host, accepted, dialled }: ProviderHarness): void {
  check(host.clock.pending === 0, `${host.clock.pending} timer(s) are left`);
  check(host.demandListeners === 0, 'a demand listener is left');
  check(host.openRequests + host.openDials === 0, 'a request or dial is pending');
  check(![...accepted, ...dialled].some(({ closing }) => closing === undefined), 'a socket is open');
}

/** Returns what is left of an instance that is stopped after `played` steps, and after `hanging` ones that get no response. */
async function leftWhenStopped(
  context: AuditContext,
  played: readonly Step[],
  hanging: readonly Step[],
): Promise<readonly string[]> {
  const harness = await context.started();
  await harness.play(played);
  if (hanging.length > 0) harness.api = 'hangs';
  await harness.begin(hanging);
  await harness.stop().catch(() => undefined);
  const { host, accepted, dialled } = harness;
  await host.clock.settle();
  const isOpen = ({ closing }: { readonly closing?: unknown }): boolean => closing === undefined;
  const left = {
    'a timer': host.clock.pending > 0,
    'a demand listener': host.demandListeners > 0,
    'a request': host.openRequests > 0,
    'a handshake': host.openDials > 0,
    'a socket': [...accepted, ...dialled].some(isOpen),
    'a media stream': host.streams.some(({ endReason }) => endReason === undefined),
  };
  return Object.entries(left).flatMap(([name, isLeft]) => (isLeft ? [name] : []));
}

/** Returns an instance that was stopped during a call. */
async function stopped(context: AuditContext): Promise<ProviderHarness> {
  const harness = await context.withCall('live');
  await harness.stop();
  await harness.host.clock.settle();
  return harness;
}

/** Most of them stop an instance during a call, when it has the most to clean up. */
export const LIFECYCLE_AUDITS: readonly Audit[] = [
  {
    // After that, the daemon gives up and shows the provider as FAILED.
    id: '3F6A',
    level: 'MUST',
    name: 'An instance starts within 15 seconds.',
    applies: ALWAYS,
    async run(context) {
      const harness = await context.created();
      const outcome = await harness.outcome(harness.beginStart(), START_MS);
      check(outcome.state !== 'pending', 'it did not start in time');
      check(outcome.state === 'fulfilled', 'it did not start with the options of the scenario');
    },
  },
  {
    // A start that continues would run beside the next attempt.
    id: '7D18',
    level: 'MUST',
    name: 'An aborted start settles immediately.',
    applies: ALWAYS,
    async run(context) {
      const harness = await context.created();
      const outcome = await harness.abortedOutcome((signal) => harness.beginStart(signal));
      check(outcome.state !== 'pending', 'start continued after it was aborted');
    },
  },
  {
    // An instance that did not start is not stopped, so it has to clean up itself.
    id: 'B4E2',
    level: 'MUST',
    name: 'A failed start leaves no timer, socket, request or listener.',
    applies: ALWAYS,
    async run(context) {
      for (const api of ['rejects', 'unreachable'] as const) {
        const harness = await context.created();
        harness.api = api;
        const outcome = await harness.outcome(harness.beginStart(), START_MS);
        if (outcome.state === 'rejected') checkNothingLeft(harness);
      }
    },
  },
  {
    // A provider that is down is a common reason to stop, and the process waits for the instance.
    id: '26C9',
    level: 'MUST',
    name: 'An instance stops within 5 seconds, even if the provider does not respond.',
    applies: ALWAYS,
    async run(context) {
      const harness = await context.withCall('live');
      harness.api = 'hangs';
      await beginEverything(context, harness);
      await harness.stop();
    },
  },
  {
    // Such events would be mixed with those of the next instance.
    id: 'F05D',
    level: 'MUST',
    name: 'A stopped instance emits no events.',
    applies: ALWAYS,
    async run(context) {
      const harness = await context.withCall('live');
      await harness.stop();
      const before = harness.host.events.length;
      await harness.play(context.scenario.call.toEnd);
      harness.callHasEnded = true;
      harness.host.setDemand('audio', context.scenario.call.id, true);
      await harness.host.clock.advance(OBSERVATION_MS);
      check(harness.host.events.length === before, 'it emitted an event after the stop');
    },
  },
  {
    // Checked with the fake clock, so timers have to be set through the host.
    id: 'A83B',
    level: 'MUST',
    name: 'A stopped instance has no timers.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await stopped(context);
      check(host.clock.pending === 0, `${host.clock.pending} timer(s) are left`);
    },
  },
  {
    // Both sockets that the provider opened and sockets that the plugin opened.
    id: '19F7',
    level: 'MUST',
    name: 'A stopped instance has no open sockets.',
    applies: ({ socket, dials }) => socket || dials,
    async run(context) {
      const { accepted, dialled } = await stopped(context);
      const open = [...accepted, ...dialled].filter(({ closing }) => closing === undefined);
      check(open.length === 0, `${open.length} socket(s) are open`);
    },
  },
  {
    // Listeners of an open stream receive silence forever.
    id: '60AE',
    level: 'MUST',
    name: 'A stopped instance has no open media streams.',
    applies: ({ hasStreams }) => hasStreams,
    async run(context) {
      const { host } = await stopped(context);
      const open = host.streams.filter(({ endReason }) => endReason === undefined);
      check(open.length === 0, `${open.length} stream(s) are open`);
    },
  },
  {
    // A listener keeps the whole instance in memory.
    id: 'D7C4',
    level: 'MUST',
    name: 'A stopped instance has no demand listeners.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await stopped(context);
      check(host.demandListeners === 0, `${host.demandListeners} listener(s) are left`);
    },
  },
  {
    // The signals of commands do not abort when the daemon stops an instance: the instance has to end them.
    id: '8A52',
    level: 'MUST',
    name: 'A stopped instance has no pending requests or dials.',
    applies: ({ sendsRequests, dials, controls, placeCall }) =>
      sendsRequests || dials || placeCall || controls.length > 0,
    async run(context) {
      const harness = await context.withCall();
      harness.api = 'hangs';
      // A wait would let them time out.
      await harness.play(context.scenario.call.live.filter((step) => !('wait' in step)));
      await beginEverything(context, harness);
      // Whether it stops in time is the subject of another audit.
      await harness.stop().catch(() => undefined);
      check(harness.host.openRequests === 0, `${harness.host.openRequests} request(s) are pending`);
      check(harness.host.openDials === 0, `${harness.host.openDials} dial(s) are pending`);
    },
  },
  {
    // Also before the call, between two steps, after the call, and while a request or a handshake of a step is pending. What
    // is left in the middle of a call is the subject of the audits before.
    id: 'F3A9',
    level: 'MUST',
    name: 'A stopped instance leaves nothing, at whatever moment it is stopped.',
    applies: ALWAYS,
    async run(context) {
      const steps = allSteps(context.scenario);
      const { toLive, live } = context.scenario.call;
      const known = new Set([
        ...(await leftWhenStopped(context, [...toLive, ...live], [])),
        ...(await leftWhenStopped(context, toLive, live)),
      ]);
      for (let count = 0; count <= steps.length; count++) {
        for (const pending of [0, 1]) {
          const played = steps.slice(0, count - pending);
          const left = await leftWhenStopped(context, played, steps.slice(count - pending, count));
          const other = left.find((each) => !known.has(each));
          check(other === undefined, `stopped after ${count} of ${steps.length} steps: ${other} is left`);
        }
      }
    },
  },
  {
    // Either by an event of the provider or by `reconcile`. Until then, all clients see a live call.
    id: '4C9E',
    level: 'MUST',
    name: 'After a restart, the end of a call that was live before is reported.',
    applies: ALWAYS,
    async run(context) {
      const before = await context.withCall('live');
      await before.stop();
      const { clock, state } = before.host;
      const after = await context.started({ clock, state });
      after.callHasEnded = true;
      await after.play(context.scenario.call.toEnd);
      const reconciled = after.provider.reconcile?.([after.call()], notAborted()) ?? Promise.resolve();
      await after.outcome(reconciled, OBSERVATION_MS);
      check(after.host.eventsOf('call.ended').length > 0, 'it did not report the end');
    },
  },
  {
    // Two accounts of a provider are two instances of a plugin, which could share state in module scope.
    id: 'E1B6',
    level: 'MUST',
    name: 'Two instances share no state.',
    applies: ALWAYS,
    async run(context) {
      const one = await context.started();
      const other = await context.started();
      await one.play(context.scenario.call.toLive);
      await other.stop();
      const before = one.host.events.length;
      await one.play([...context.scenario.call.live, ...context.scenario.call.toEnd]);
      const { events, streams, dials } = other.host;
      check(events.length + streams.length + dials.length === 0, 'one instance reported a call of the other');
      check(one.host.events.length > before, 'one instance stopped reporting when the other was stopped');
    },
  },
  {
    // Tests cannot control other timers, and the daemon enforces limits and counts requests in the host.
    id: '52F0',
    level: 'MUST',
    name: 'Time and network are used only through the host.',
    applies: ALWAYS,
    async run(context) {
      const watch = watchGlobals();
      try {
        const harness = await context.created();
        await harness.start();
        await harness.play(allSteps(context.scenario));
        for (const { run } of commandsOf(context)) await harness.outcome(run(harness), ABORT_MS);
        await harness.stop();
      } finally {
        watch.end();
      }
      check(watch.used.length === 0, `it used ${watch.used.join(', ')} instead of the host`);
    },
  },
  {
    // The fakes record what the real host would reject or misinterpret, even if the plugin caught the error.
    id: '0D7F',
    level: 'MUST',
    name: 'The host is used correctly.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.afterCall();
      host.verify();
    },
  },
];
