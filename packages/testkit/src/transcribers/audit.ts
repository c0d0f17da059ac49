/** An audit of transcribers. */
import type { Transcriber } from '@sidetone/core';
import type { AuditInfo } from '../checks/audit-info.ts';
import type { TranscriberAuditContext } from './audit-context.ts';

/** A promise of the transcriber contract with its check. */
export interface TranscriberAudit extends AuditInfo {
  /** Returns whether an instance makes the promise. Default: always. */
  readonly applies?: (transcriber: Transcriber) => boolean;
  /**
   * Checks the promise on instances of its own.
   * @throws {AuditFailure} if the promise is not kept. {@link NotCovered} if the scenario does not contain what is needed.
   */
  readonly run: (context: TranscriberAuditContext) => Promise<void>;
}
