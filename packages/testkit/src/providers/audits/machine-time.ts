/** Audits of the time of the machine, which tests cannot set. */
import { frozenTime, hastyTime, withMachineTime, type MachineTime } from '../../checks/machine-time.ts';
import { check } from '../../checks/verdict.ts';
import { ALWAYS, type Audit } from '../audit.ts';
import type { AuditContext } from '../audit-context.ts';

/** Longer than a time limit of a plugin: each reading of the clock of the machine finds it expired. */
const HASTE_MS = 10 * 60_000;

/** Returns what a plugin did during a call, as text. Contents may have random parts. */
async function courseOf(context: AuditContext, time: MachineTime): Promise<Readonly<Record<string, string>>> {
  const { host, sockets } = await withMachineTime(time, () => context.afterCall());
  return {
    event: JSON.stringify(host.events.map(({ type, occurredAt }) => [type, occurredAt])),
    message: JSON.stringify(sockets.map(({ sent }) => sent.map(({ length }) => length))),
    request: JSON.stringify(host.requests.map(({ method, url }) => [method, url.pathname])),
    'piece of audio': JSON.stringify(
      host.streams.map(({ writes }) =>
        writes.map(({ party, bytes, positionMs }) => [party, bytes.length, positionMs]),
      ),
    ),
  };
}

export const MACHINE_TIME_AUDITS: readonly Audit[] = [
  {
    // Audio is paced by the clock of the host, and a loaded machine must not make a call another one.
    id: '3A6C',
    level: 'MUST',
    name: 'The course of a call does not depend on the time of the machine.',
    applies: ALWAYS,
    async run(context) {
      const [frozen, hasty] = [
        await courseOf(context, frozenTime()),
        await courseOf(context, hastyTime(HASTE_MS)),
      ];
      const [other] = Object.entries(frozen).find(([what, course]) => hasty[what] !== course) ?? [];
      check(other === undefined, `a ${other} is another one if the clock of the machine jumps`);
    },
  },
];
