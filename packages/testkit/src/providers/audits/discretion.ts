/** What must not get out: credentials, tokens, words and numbers. */
import { isFault } from '@sidetone/core';
import type { Bench } from '../bench.ts';
import { plainText } from '../../checks/plain-text.ts';
import { GARBAGE_TEXTS } from '../../checks/garbage.ts';
import { ABORT_MS, COMMAND_MS } from '../../checks/bounds.ts';
import type { Stage } from '../stage.ts';
import { check, needs } from '../../conformance/verdict.ts';
import { ALWAYS, type Audit } from './audit.ts';
import { commandsOf } from './commands.ts';

/** How the fake host's tokens begin. */
const TOKEN = /fake-token-\d+/;

/** Everything that a plugin says while all goes well and while nothing does. */
interface Utterings {
  readonly stage: Stage;
  /** What was thrown at those who asked. */
  readonly faults: readonly unknown[];
}

async function exercise(bench: Bench): Promise<Utterings> {
  const { scenario } = bench;
  const stage = await bench.withCall('live');
  const faults: unknown[] = [];
  const note = async (asked: Promise<unknown> | undefined, boundMs: number): Promise<void> => {
    const outcome = await stage.outcome(Promise.resolve(asked), boundMs);
    if (outcome.state === 'rejected') faults.push(outcome.error);
  };
  for (const sample of scenario.forged ?? []) await stage.deliver(sample);
  for (const mood of ['answers', 'refuses', 'unreachable', 'breaks'] as const) {
    stage.api = mood;
    for (const { run } of commandsOf(bench)) await note(run(stage, stage.context()), COMMAND_MS);
    await note(stage.provider.health?.(new AbortController().signal), COMMAND_MS);
    await note(stage.provider.reconcile?.([stage.call()], AbortSignal.abort()), ABORT_MS);
  }
  for (const text of GARBAGE_TEXTS) await stage.sayToAll(text);
  for (const path of ['', 'no-such-address']) await stage.deliver({ path });
  stage.api = 'answers';
  await stage.play(scenario.call.toEnd);
  await stage.stop();
  for (const { outcome } of stage.deliveries) if (outcome.state === 'rejected') faults.push(outcome.error);
  return { stage, faults };
}

/** Everything that was logged but for what stands under keys that end in `.pii`. */
function openText({ host }: Stage): string {
  return host.logs
    .map(({ message, fields }) => {
      const open = Object.entries(fields).filter(([key]) => !key.endsWith('.pii'));
      return `${message} ${plainText(Object.fromEntries(open))}`;
    })
    .join('\n');
}

/** Applies to every provider: the worst place for a secret is the one that nobody thought of. */
export const DISCRETION_AUDITS: readonly Audit[] = [
  {
    // Everything is tried, in all moods of the API: secrets get out where something failed.
    id: 'BB5A',
    level: 'MUST',
    name: 'No secret is logged.',
    applies: ALWAYS,
    async run(bench) {
      const { secrets } = bench.scenario;
      needs(secrets.length > 0, 'the scenario names no secrets');
      const { stage } = await exercise(bench);
      const logged = plainText(stage.host.logs);
      check(!secrets.some((secret) => logged.includes(secret)), 'a secret is in the log');
    },
  },
  {
    // Events are kept for ever, and the text of a fault is shown to whoever gave the command.
    id: '07C6',
    level: 'MUST',
    name: 'No secret is in an event, in an answer, or in what a fault says.',
    applies: ALWAYS,
    async run(bench) {
      const { secrets } = bench.scenario;
      needs(secrets.length > 0, 'the scenario names no secrets');
      const { stage, faults } = await exercise(bench);
      const shown = faults.map((fault) => (isFault(fault) ? [fault.message, fault.details] : fault));
      const answers = stage.deliveries.map(({ outcome }) =>
        outcome.state === 'fulfilled' ? outcome.value : '',
      );
      const told = plainText([stage.host.events, answers, shown]);
      check(!secrets.some((secret) => told.includes(secret)), 'a secret is told');
    },
  },
  {
    // Who knows the token of a stream can speak in its call.
    id: '9154',
    level: 'MUST',
    name: 'No token that stands for a call is logged.',
    applies: ALWAYS,
    async run(bench) {
      const { stage } = await exercise(bench);
      check(!TOKEN.test(plainText(stage.host.logs)), 'a token of the host is in the log');
    },
  },
  {
    // A log is read by more people than a call, and kept by other rules.
    id: 'DF8B',
    level: 'MUST',
    name: 'No words and no numbers are logged, but under keys that end in `.pii`.',
    applies: ALWAYS,
    async run(bench) {
      const { personal = [] } = bench.scenario;
      needs(personal.length > 0, 'the scenario names nothing `personal`');
      const { stage } = await exercise(bench);
      const logged = openText(stage);
      check(!personal.some((words) => logged.includes(words)), 'words or a number are in the log');
    },
  },
];
