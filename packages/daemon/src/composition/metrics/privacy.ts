/** The metrics of what is kept from data, and of what is removed. */
import type { Readers } from '../../metrics/catalogue.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Get } from '../registration.ts';

export function privacyReaders(get: Get, { redaction }: Environment) {
  return {
    sidetone_capture_pauses: () => get(tokens.CAPTURE_SERVICE).size,
    sidetone_redactions_total: () =>
      Object.entries(redaction?.counts ?? {}).map(([kind, count]) => [{ kind }, count] as const),
    sidetone_retention_calls_total: () =>
      get(tokens.RETENTION)
        .removals.entries()
        .map(([[kind, reason], count]) => [{ kind, reason }, count] as const),
    sidetone_retention_failures_total: () =>
      get(tokens.RETENTION).failures + get(tokens.RECORDING_SPACE).failures,
    sidetone_recording_space_missing_bytes: () => get(tokens.RECORDING_SPACE).status.missingBytes,
  } as const satisfies Partial<Readers>;
}
