/** Audits of moments and conditions that are rare: a stop at any moment, another time of the machine, messages with defects. */
import { findTranscriberEventError } from '@sidetone/core';
import { frozenTime, hastyTime, withMachineTime, type MachineTime } from '../../checks/machine-time.ts';
import { malformedVariantsOf } from '../../checks/malformed.ts';
import { check } from '../../checks/verdict.ts';
import type { Script } from '../../speech/spoken-call.ts';
import type { TranscriberAudit } from '../audit.ts';
import type { TranscriberAuditContext } from '../audit-context.ts';
import type { ServiceBehaviour, TranscriberHarness } from '../harness.ts';

const SCRIPT: Script = { CUSTOMER: [[1, 500]], ASSISTANT: [[2, 1500]] };
const CALL_MS = 3000;
/** Each reading of the clock of the machine finds every time limit expired. */
const HASTE_MS = 10 * 60_000;

/** The moments at which an instance is stopped: what has happened until then. */
const MOMENTS: Readonly<Record<string, (harness: TranscriberHarness) => Promise<void>>> = {
  'before the first call': async () => {},
  'while it connects': (harness) => speak(harness, 'hangs', 100),
  'while it waits to connect again': (harness) => speak(harness, 'busy', 700),
  'while it waits for results': (harness) => speak(harness, 'silent', 1000),
  'after a call': async (harness) => {
    const call = harness.open();
    await call.speak(1000, SCRIPT);
    await call.end();
  },
  'while a call ends': async (harness) => {
    harness.service = 'silent';
    const call = harness.open();
    await call.speak(1000, SCRIPT);
    void call.transcription.end().catch(() => undefined);
    await harness.host.clock.settle();
  },
};

async function speak(harness: TranscriberHarness, service: ServiceBehaviour, ms: number): Promise<void> {
  harness.service = service;
  await harness.open().speak(ms, SCRIPT);
}

/** Returns what an instance did during a call, as text. */
async function courseOf(context: TranscriberAuditContext, time: MachineTime): Promise<string> {
  return withMachineTime(time, async () => {
    const harness = await context.started();
    const call = harness.open();
    await call.speak(CALL_MS, SCRIPT);
    harness.disconnect();
    await call.speak(CALL_MS, SCRIPT);
    await call.end();
    const sent = harness.sockets.map(({ other }) => other.sent.map(({ length }) => length));
    return JSON.stringify([call.events, sent, harness.host.dials.length]);
  });
}

/** Returns the messages of the service during a call. */
async function messagesOf(context: TranscriberAuditContext): Promise<readonly string[]> {
  const harness = await context.started();
  const call = harness.open();
  await call.speak(CALL_MS, SCRIPT);
  await call.end();
  const texts = harness.sockets.flatMap(({ sent }) => sent.filter((each) => typeof each === 'string'));
  const shapeOf = (text: string): string => text.replaceAll(/\d+(?:\.\d+)?|word-\d+/g, '0');
  return [...new Map(texts.map((text) => [shapeOf(text), text])).values()];
}

export const CONDITION_AUDITS: readonly TranscriberAudit[] = [
  {
    // What is left during a connected call is the subject of another audit.
    id: 'E3C4',
    level: 'MUST',
    name: 'A stopped instance leaves nothing, at whatever moment it is stopped.',
    async run(context) {
      for (const [moment, play] of Object.entries(MOMENTS)) {
        const harness = await context.started();
        await play(harness);
        await harness.stop().catch(() => undefined);
        const { host, sockets } = harness;
        await host.clock.settle();
        check(host.clock.pending === 0, `stopped ${moment}: a timer is left`);
        check(host.unanswered.length === 0, `stopped ${moment}: a request or handshake is left`);
        check(!sockets.some(({ closing }) => closing === undefined), `stopped ${moment}: a socket is left`);
      }
    },
  },
  {
    // Tests set the clock of the host, and a loaded machine must not change a transcript.
    id: 'B7D5',
    level: 'MUST',
    name: 'The course of a transcription does not depend on the time of the machine.',
    async run(context) {
      const frozen = await courseOf(context, frozenTime());
      const hasty = await courseOf(context, hastyTime(HASTE_MS));
      check(frozen === hasty, 'it is another one if the clock of the machine jumps');
    },
  },
  {
    // Services add and remove fields without notice. Also: events with a missing text or position.
    id: 'D6E1',
    level: 'MUST',
    name: 'Messages of the service with missing or mistyped fields cause no exception and no invalid event.',
    async run(context) {
      const variants = (await messagesOf(context)).flatMap(malformedVariantsOf);
      const harness = await context.started();
      const call = harness.open();
      await call.speak(CALL_MS, SCRIPT);
      for (const message of variants) {
        for (const socket of harness.sockets.filter(({ closing }) => !closing)) {
          const outcome = await harness.outcome(socket.send(message), 0);
          check(outcome.state !== 'rejected', 'a message made the listener throw');
        }
        // A variant may end the connection.
        if (harness.sockets.every(({ closing }) => closing)) await call.speak(1000);
      }
      const error = call.events.map((event) => findTranscriberEventError(event)).find(Boolean);
      check(error === undefined, `a message emits an invalid event: ${error}`);
    },
  },
];
