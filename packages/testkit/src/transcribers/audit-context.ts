/** The context of one audit: creates instances of the transcriber, and stops them afterwards. */
import type { ShareWork } from '../checks/shared-work.ts';
import { createTranscriberHarness, type TranscriberHarness } from './harness.ts';
import type { TranscriberSubject } from './scenario.ts';

/** The plugin, its scenario, and instances. */
export interface TranscriberAuditContext extends TranscriberSubject {
  /** Errors of all audits of this subject so far that nothing handled. */
  readonly strayErrors: readonly string[];
  /** Returns the result of work that other audits of this subject need too. */
  readonly shared: ShareWork;
  /** Creates an instance without starting it. */
  created(): Promise<TranscriberHarness>;
  /** Creates and starts an instance. */
  started(): Promise<TranscriberHarness>;
  /** Aborts all calls and stops all running instances. Never rejects. */
  close(): Promise<void>;
}

/** Creates the context of one audit. The caller closes it. */
export function createTranscriberAuditContext(
  subject: TranscriberSubject,
  strayErrors: readonly string[],
  shared: ShareWork,
): TranscriberAuditContext {
  const harnesses: TranscriberHarness[] = [];

  async function created(): Promise<TranscriberHarness> {
    const harness = await createTranscriberHarness(subject);
    harnesses.push(harness);
    return harness;
  }

  return {
    ...subject,
    strayErrors,
    shared,
    created,
    async started() {
      const harness = await created();
      await harness.start();
      return harness;
    },
    async close() {
      for (const { calls } of harnesses) for (const { controller } of calls) controller.abort();
      for (const harness of harnesses) if (harness.isRunning) await harness.stop().catch(() => undefined);
    },
  };
}
