/** Audits of sends, handshakes and requests that never settle, and of peers that read nothing. */
import { ABORT_MS } from '../../checks/deadlines.ts';
import { createNumbering } from '../../checks/numbering.ts';
import { check } from '../../checks/verdict.ts';
import { ALWAYS, type Audit } from '../audit.ts';
import type { AuditContext } from '../audit-context.ts';
import { commandsOf } from '../commands.ts';
import type { ProviderFeatures } from '../features.ts';
import type { ProviderHarness } from '../harness.ts';
import type { Step } from '../scenario.ts';

const HAS_SOCKETS = ({ socket, dials }: ProviderFeatures): boolean => socket || dials;

/** After this, neither a request nor a handshake without an answer may be pending: longer than any time limit of the daemon. */
const WAIT_MS = 120_000;
/** The messages that a slow peer does not read. */
const MESSAGES = 10_000;
const MESSAGE_BYTES = 6 * 1024 * 1024;
/** If none of this number of messages is passed on, none is. */
const PROBE = 200;
/** The share of messages that may still be queued for a slow peer when the queue should be full. */
const MAX_SHARE = 0.1;

/** Number of messages that the plugin has sent on sockets that are open. */
const sentOn = ({ sockets }: ProviderHarness): number =>
  sockets.filter(({ closing }) => !closing).reduce((sum, { sent }) => sum + sent.length, 0);

type MessageOfStep = readonly [from: 'accepted' | 'dialled', message: string | Uint8Array];

function messageOf(step: Step): readonly MessageOfStep[] {
  if ('message' in step) return [['accepted', step.message]];
  return 'dialled' in step ? [['dialled', step.dialled]] : [];
}

/** Returns the share of messages that a plugin still queues for a peer that has read none of many. */
async function queuedShare(context: AuditContext): Promise<number> {
  const harness = await context.withCall('live');
  const { clock } = harness.host;
  const messages = context.scenario.call.live.flatMap(messageOf);
  if (messages.length === 0) return 0;
  for (const socket of harness.sockets) socket.stall();
  const continued = createNumbering(messages.map(([, message]) => message));
  let count = 0;
  const send = async (further: number): Promise<void> => {
    for (const until = count + further; count < until; count++) {
      const [from, message] = messages[count % messages.length]!;
      await harness.sendQuickly(from, continued(message, 1 + Math.floor(count / messages.length)));
    }
    await clock.settle();
  };
  const before = sentOn(harness);
  await send(PROBE);
  if (sentOn(harness) === before) return 0;
  const bytes = messages.reduce((sum, [, { length }]) => sum + length, 0) / messages.length;
  await send(Math.max(MESSAGES, Math.ceil(MESSAGE_BYTES / bytes)));
  const full = sentOn(harness);
  await send(PROBE);
  const further = sentOn(harness) - full;
  // A queue of the plugin becomes visible when the peer reads again.
  for (const socket of harness.sockets) socket.resume();
  await clock.settle();
  const drained = sentOn(harness) - full - further;
  return Math.max(further / PROBE, drained / count);
}

/** Counts what is pending or open. */
const pendingOf = ({ host, sockets }: ProviderHarness): Readonly<Record<string, number>> => ({
  'a timer': host.clock.pending,
  'a request or handshake': host.unanswered.length,
  'a demand listener': host.demandListeners,
  'a socket': sockets.filter(({ closing }) => closing === undefined).length,
});

export const WAITING_AUDITS: readonly Audit[] = [
  {
    // The daemon stops while a provider that cannot be reached is tried again and again.
    id: 'E9B3',
    level: 'MUST',
    name: 'An aborted start leaves no timer, socket, request or listener.',
    applies: ALWAYS,
    async run(context) {
      const harness = await context.created();
      // What is pending before its start is the subject of another audit.
      await harness.host.clock.settle();
      const before = pendingOf(harness);
      const { state } = await harness.abortedOutcome((signal) => harness.beginStart(signal));
      // It may not need the provider. Whether it settles is the subject of another audit.
      if (state !== 'rejected') return;
      const [left] = Object.entries(pendingOf(harness)).find(([what, count]) => count > before[what]!) ?? [];
      check(left === undefined, `${left} is left`);
    },
  },
  {
    // Its outcome is unknown to the client by then, and the peer may have lost its connection without a sign of it.
    id: 'C7F4',
    level: 'MUST',
    name: 'An aborted command settles immediately, even if its peer reads nothing.',
    applies: (features) => HAS_SOCKETS(features) && features.controls.length > 0,
    async run(context) {
      for (const { name, run } of commandsOf(context)) {
        const harness = await context.withCall('live');
        for (const socket of harness.sockets) socket.stall();
        const abort = new AbortController();
        const running = run(harness, abort.signal);
        running.catch(() => undefined);
        await harness.host.clock.settle();
        abort.abort();
        const { state } = await harness.outcome(running, ABORT_MS);
        check(state !== 'pending', `${name} continued after it was aborted`);
      }
    },
  },
  {
    // Each holds a connection, and the signals of the daemon abort only at a stop.
    id: 'D4A8',
    level: 'MUST',
    name: 'A request or a handshake without an answer is given up within two minutes.',
    applies: ({ sendsRequests, dials }) => sendsRequests || dials,
    async run(context) {
      const harness = await context.started();
      harness.api = 'hangs';
      const { toLive, live } = context.scenario.call;
      await harness.play([...toLive, ...live]);
      const before = harness.host.unanswered;
      await harness.host.clock.advance(WAIT_MS);
      const pending = harness.host.unanswered.filter((each) => before.includes(each));
      check(pending.length === 0, `${pending.length} request(s) or handshake(s) are pending`);
    },
  },
  {
    // Late audio is useless, and the memory of the daemon is that of all calls.
    id: 'B2E6',
    level: 'MUST',
    name: 'Messages for a peer that reads nothing are dropped or the socket is closed, at a limit.',
    applies: HAS_SOCKETS,
    async run(context) {
      const share = await queuedShare(context);
      check(share <= MAX_SHARE, `after ${MESSAGES} messages, further ones are still queued`);
    },
  },
];
