/** An audit of providers. */
import type { AuditInfo } from '../checks/audit-info.ts';
import type { AuditContext } from './audit-context.ts';
import type { ProviderFeatures } from './features.ts';

/** A promise of the provider contract with its check. */
export interface Audit extends AuditInfo {
  /** Returns whether a provider with these features makes the promise. */
  readonly applies: (features: ProviderFeatures) => boolean;
  /**
   * Checks the promise on instances of its own.
   * @throws {AuditFailure} if the promise is not kept. {@link NotCovered} if the scenario does not contain what is needed.
   */
  readonly run: (context: AuditContext) => Promise<void>;
}

/** Applies to all providers. */
export const ALWAYS = (): boolean => true;
