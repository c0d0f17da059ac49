/** Makes a transcriber fail in many ways, for audits of what it then exposes. */
import { LONG_FRAME_MS } from '../speech/spoken-call.ts';
import type { TranscriberAuditContext } from './audit-context.ts';
import type { TranscriberHarness } from './harness.ts';
import { notAborted } from '../fakes/not-aborted.ts';

/** Returns a stopped instance after a call during which the service failed in different ways. All audits share it. */
export const exercise = (context: TranscriberAuditContext): Promise<TranscriberHarness> =>
  context.shared('exercise', () => fail(context));

async function fail(context: TranscriberAuditContext): Promise<TranscriberHarness> {
  const harness = await context.started();
  const call = harness.open();
  const behaviours = ['serves', 'busy', 'serves', 'unreachable', 'serves', 'silent', 'rejects'] as const;
  for (const service of behaviours) {
    harness.service = service;
    const atMs = call.toMs;
    await call.speak(4000, { CUSTOMER: [[1, atMs + 500]], ASSISTANT: [[2, atMs + 1000]] });
    if (service === 'serves') await call.speak(60_000, {}, LONG_FRAME_MS);
    harness.disconnect();
  }
  await harness.transcriber.health?.(notAborted()).catch(() => undefined);
  await call.end();
  await harness.stop().catch(() => undefined);
  return harness;
}
