/** The context of one audit: creates instances of the plugin, and stops them afterwards. */
import type { ShareWork } from '../checks/shared-work.ts';
import type { ProviderFeatures } from './features.ts';
import { createHarness, type HarnessOptions, type ProviderHarness } from './harness.ts';
import { allSteps, type Subject } from './scenario.ts';

/** The plugin, its scenario and features, and instances in the states in which an audit may start. */
export interface AuditContext extends Subject {
  readonly features: ProviderFeatures;
  /** Errors of all audits of this subject so far that nothing handled. */
  readonly strayErrors: readonly string[];
  /** Returns the result of work that other audits of this subject need too. */
  readonly shared: ShareWork;
  /** Creates an instance without starting it. */
  created(options?: HarnessOptions): Promise<ProviderHarness>;
  /** Creates and starts an instance. */
  started(options?: HarnessOptions): Promise<ProviderHarness>;
  /** Creates an instance with a live call. With `live`, the steps during the live call have been played too. */
  withCall(live?: 'live', options?: HarnessOptions): Promise<ProviderHarness>;
  /** Creates an instance with a call that has been played to its end. */
  afterCall(options?: HarnessOptions): Promise<ProviderHarness>;
  /** Stops all running instances. Never rejects. */
  close(): Promise<void>;
}

/** Creates the context of one audit. The caller closes it. */
export function createAuditContext(
  subject: Subject,
  features: ProviderFeatures,
  strayErrors: readonly string[],
  shared: ShareWork,
): AuditContext {
  const harnesses: ProviderHarness[] = [];
  const { scenario } = subject;

  async function created(options?: HarnessOptions): Promise<ProviderHarness> {
    const harness = await createHarness(subject, options);
    harnesses.push(harness);
    return harness;
  }

  async function started(options?: HarnessOptions): Promise<ProviderHarness> {
    const harness = await created(options);
    await harness.start();
    return harness;
  }

  return {
    ...subject,
    features,
    strayErrors,
    shared,
    created,
    started,
    async withCall(live, options) {
      const harness = await started(options);
      await harness.play(scenario.call.toLive);
      if (live) await harness.play(scenario.call.live);
      return harness;
    },
    async afterCall(options) {
      const harness = await started(options);
      await harness.play(allSteps(scenario));
      return harness;
    },
    async close() {
      for (const harness of harnesses) if (harness.isRunning) await harness.stop().catch(() => undefined);
    },
  };
}
