/** Where one audit works: it makes fresh instances, and whatever it leaves behind is cleared away. */
import type { Scenario, Subject } from './scenario.ts';
import type { Shape } from './shape.ts';
import { createStage, wholeLife, type Stage, type StageOptions } from './stage.ts';

/** The subject, its shape, and instances in each state that an audit may want to begin in. */
export interface Bench extends Subject {
  readonly shape: Shape;
  /** An instance that is made and not started. */
  made(options?: StageOptions): Promise<Stage>;
  /** An instance that is started. */
  started(options?: StageOptions): Promise<Stage>;
  /** An instance whose call can be steered; with `live`, everything that comes while it is live has come. */
  withCall(live?: 'live', options?: StageOptions): Promise<Stage>;
  /** An instance that has seen the call from its beginning to its end. */
  afterCall(options?: StageOptions): Promise<Stage>;
  /** Stops every instance that still runs. Never rejects. */
  close(): Promise<void>;
}

/** A bench for one audit. Whoever makes it closes it. */
export function createBench(subject: Subject, shape: Shape): Bench {
  const stages: Stage[] = [];
  const scenario: Scenario = subject.scenario;

  async function made(options?: StageOptions): Promise<Stage> {
    const stage = await createStage(subject, options);
    stages.push(stage);
    return stage;
  }

  async function started(options?: StageOptions): Promise<Stage> {
    const stage = await made(options);
    await stage.start();
    return stage;
  }

  return {
    ...subject,
    shape,
    made,
    started,
    async withCall(live, options) {
      const stage = await started(options);
      await stage.play(scenario.call.toLive);
      if (live) await stage.play(scenario.call.live);
      return stage;
    },
    async afterCall(options) {
      const stage = await started(options);
      await stage.play(wholeLife(scenario));
      return stage;
    },
    async close() {
      for (const stage of stages) if (stage.isRunning) await stage.stop().catch(() => undefined);
    },
  };
}
