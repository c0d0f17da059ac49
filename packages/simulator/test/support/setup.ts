import type { TestContext } from 'vitest';
import { createSimulator } from '../../src/index.ts';
import type { Simulator, SimulatorOptions, VapiBehaviour } from '../../src/index.ts';
import { createApplication } from './application.ts';
import type { Application } from './application.ts';

/** Delays that keep tests short. */
const QUICK_VAPI = { queuedMs: 0, ringingMs: 20, endedDelayMs: 20, reportDelayMs: 60 } as const;
const QUICK_VOBIZ = {
  ringMs: 40,
  retryPauseMs: 20,
  invalidAnswerMs: 100,
  reconnectMs: 60,
  recordDelayMs: 0,
} as const;

export interface Setup {
  readonly simulator: Simulator;
  readonly application: Application;
}

/** Creates a simulator and the application it calls. Both are closed after the test. */
export async function createSetup(
  { onTestFinished }: TestContext,
  behaviour: Partial<VapiBehaviour> = {},
  vobiz: NonNullable<SimulatorOptions['vobiz']> = {},
): Promise<Setup> {
  const application = await createApplication();
  const simulator = await createSimulator({
    targets: {
      vapiWebhook: `${application.url}/vapi`,
      vobizAnswer: `${application.url}/answer`,
      vobizHangup: `${application.url}/hangup`,
    },
    vapi: { behaviour: { ...QUICK_VAPI, ...behaviour } },
    vobiz: { ...vobiz, behaviour: { ...QUICK_VOBIZ, ...vobiz.behaviour } },
  });
  onTestFinished(async () => {
    await simulator.close();
    await application.close();
  });
  return { simulator, application };
}
