/** An audit of a transcriber, and where it works. */
import type { Transcriber } from '@sidetone/core';
import type { Level } from '../providers/audits/audit.ts';
import type { TranscriberSubject } from './scenario.ts';
import { createTranscriberStage, type TranscriberStage } from './stage.ts';

/** The subject, and instances of it; whatever an audit leaves behind is cleared away. */
export interface TranscriberBench extends TranscriberSubject {
  /** An instance that is made and not started. */
  made(): Promise<TranscriberStage>;
  /** An instance that is started. */
  started(): Promise<TranscriberStage>;
  /** Stops every instance that still runs. Never rejects. */
  close(): Promise<void>;
}

/** One promise of the transcriber contract, and how to see it; as {@link Audit} is for providers. */
export interface TranscriberAudit {
  /** Four characters that never change, and are never used again for another promise. */
  readonly id: string;
  readonly level: Level;
  /** The promise, as a sentence. */
  readonly name: string;
  /** Whether an instance that has this much makes the promise at all; every one does without it. */
  readonly applies?: (transcriber: Transcriber) => boolean;
  /**
   * Looks whether it is kept, on instances of its own.
   * @throws {AuditFailure} when it is not; {@link NotShown} when the scenario leaves out what is needed to see it.
   */
  readonly run: (bench: TranscriberBench) => Promise<void>;
}

/** A bench for one audit. Whoever makes it closes it. */
export function createTranscriberBench(subject: TranscriberSubject): TranscriberBench {
  const stages: TranscriberStage[] = [];

  async function made(): Promise<TranscriberStage> {
    const stage = await createTranscriberStage(subject);
    stages.push(stage);
    return stage;
  }

  return {
    ...subject,
    made,
    async started() {
      const stage = await made();
      await stage.start();
      return stage;
    },
    async close() {
      for (const { calls } of stages) for (const { controller } of calls) controller.abort();
      for (const stage of stages) if (stage.isRunning) await stage.stop().catch(() => undefined);
    },
  };
}
