/** The result of a check of the installation. */
import { isFault, messageOf, type CheckState } from '@sidetone/core';

export interface CheckResult {
  /** What was checked, such as `provider vapi`. */
  readonly check: string;
  readonly state: CheckState;
  readonly message: string;
  /** What to do about it: full sentences. */
  readonly remedy?: string;
  readonly code?: string;
}

/** Returns the result of an error: its message, its remedy if it has a code, otherwise the given one. */
export function failureOf(check: string, error: unknown, remedy: string): CheckResult {
  const message = messageOf(error).trimEnd();
  if (!isFault(error)) return { check, state: 'FAILED', message, remedy };
  return { check, state: 'FAILED', message, remedy: error.remedy, code: error.code };
}
