/** Makes an instance fail in many ways, for audits of what it then exposes. */
import { ABORT_MS, COMMAND_MS } from '../checks/deadlines.ts';
import { GARBAGE_TEXTS } from '../checks/garbage.ts';
import type { AuditContext } from './audit-context.ts';
import { commandsOf } from './commands.ts';
import type { ProviderHarness } from './harness.ts';
import { notAborted } from '../fakes/not-aborted.ts';

/** A stopped instance after a call with many errors. */
export interface Exercise {
  readonly harness: ProviderHarness;
  /** What was thrown. */
  readonly faults: readonly unknown[];
}

/** Plays a call with successful, failing and malformed requests and commands. All audits share the result. */
export const exercise = (context: AuditContext): Promise<Exercise> =>
  context.shared('exercise', () => fail(context));

async function fail(context: AuditContext): Promise<Exercise> {
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
    await run(harness.provider.health?.(notAborted()), COMMAND_MS);
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
