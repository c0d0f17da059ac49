/** Audits that credentials, tokens and personal data are not exposed. */
import { isFault } from '@sidetone/core';
import { ABORT_MS, COMMAND_MS } from '../../checks/deadlines.ts';
import { GARBAGE_TEXTS } from '../../checks/garbage.ts';
import { searchableText } from '../../checks/searchable-text.ts';
import { check, needs } from '../../checks/verdict.ts';
import { ALWAYS, type Audit } from '../audit.ts';
import type { AuditContext } from '../audit-context.ts';
import { commandsOf } from '../commands.ts';
import type { ProviderHarness } from '../harness.ts';

/** The tokens of the fake host. */
const TOKEN = /fake-token-\d+/;

const NOT_ABORTED = new AbortController().signal;

/** An instance after a call with many errors. */
interface Exercise {
  readonly harness: ProviderHarness;
  /** What was thrown. */
  readonly faults: readonly unknown[];
}

/** Plays a call with successful, failing and malformed requests and commands. */
async function exercise(context: AuditContext): Promise<Exercise> {
  const { scenario } = context;
  const harness = await context.withCall('live');
  const faults: unknown[] = [];
  const run = async (task: Promise<unknown> | undefined, limitMs: number): Promise<void> => {
    const outcome = await harness.outcome(Promise.resolve(task), limitMs);
    if (outcome.state === 'rejected') faults.push(outcome.error);
  };
  for (const sample of scenario.forged ?? []) await harness.deliver(sample);
  for (const api of ['responds', 'rejects', 'unreachable', 'disconnects'] as const) {
    harness.api = api;
    for (const command of commandsOf(context)) await run(command.run(harness), COMMAND_MS);
    await run(harness.provider.health?.(NOT_ABORTED), COMMAND_MS);
    await run(harness.provider.reconcile?.([harness.call()], AbortSignal.abort()), ABORT_MS);
  }
  for (const text of GARBAGE_TEXTS) await harness.sendToAll(text);
  for (const path of ['', 'no-such-address']) await harness.deliver({ path });
  harness.api = 'responds';
  await harness.play(scenario.call.toEnd);
  await harness.stop();
  for (const { outcome } of harness.deliveries) if (outcome.state === 'rejected') faults.push(outcome.error);
  return { harness, faults };
}

/** Returns the log without fields that end in `.pii`. */
function unredactedLog({ host }: ProviderHarness): string {
  return host.logs
    .map(({ message, fields }) => {
      const unredacted = Object.entries(fields).filter(([key]) => !key.endsWith('.pii'));
      return `${message} ${searchableText(Object.fromEntries(unredacted))}`;
    })
    .join('\n');
}

/** Apply to all providers. */
export const PRIVACY_AUDITS: readonly Audit[] = [
  {
    // Checked with all kinds of failures, because secrets are most often logged with errors.
    id: 'BB5A',
    level: 'MUST',
    name: 'Secrets are not logged.',
    applies: ALWAYS,
    async run(context) {
      const { secrets } = context.scenario;
      needs(secrets.length > 0, 'the scenario has no `secrets`');
      const { harness } = await exercise(context);
      const log = searchableText(harness.host.logs);
      check(!secrets.some((secret) => log.includes(secret)), 'the log contains a secret');
    },
  },
  {
    // Events are stored permanently, and the text of a fault is shown to clients.
    id: '07C6',
    level: 'MUST',
    name: 'Events, responses and faults contain no secrets.',
    applies: ALWAYS,
    async run(context) {
      const { secrets } = context.scenario;
      needs(secrets.length > 0, 'the scenario has no `secrets`');
      const { harness, faults } = await exercise(context);
      const visible = faults.map((fault) => (isFault(fault) ? [fault.message, fault.details] : fault));
      const responses = harness.deliveries.map(({ outcome }) =>
        outcome.state === 'fulfilled' ? outcome.value : '',
      );
      const text = searchableText([harness.host.events, responses, visible]);
      check(
        !secrets.some((secret) => text.includes(secret)),
        'an event, response or fault contains a secret',
      );
    },
  },
  {
    // Anybody who knows the token of a stream can add audio to its call.
    id: '9154',
    level: 'MUST',
    name: 'Tokens of the host are not logged.',
    applies: ALWAYS,
    async run(context) {
      const { harness } = await exercise(context);
      check(!TOKEN.test(searchableText(harness.host.logs)), 'the log contains a token of the host');
    },
  },
  {
    // More people can read a log than a call, and it is kept longer.
    id: 'DF8B',
    level: 'MUST',
    name: 'Transcripts and telephone numbers are logged only in fields that end in `.pii`.',
    applies: ALWAYS,
    async run(context) {
      const { personal = [] } = context.scenario;
      needs(personal.length > 0, 'the scenario has no `personal` data');
      const { harness } = await exercise(context);
      const log = unredactedLog(harness);
      check(!personal.some((text) => log.includes(text)), 'the log contains personal data');
    },
  },
];
