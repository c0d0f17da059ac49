/** Combines all errors of a configuration into one, so that an operator can correct them at once. */
import { FaultError, isFault } from '@sidetone/core';

/** The largest number of errors that are listed. */
export const MAX_LISTED_ERRORS = 50;

/**
 * Returns a fault that lists each error in a line of its own. One error is returned as it is.
 * @param file is named before the errors, if it is known.
 */
export function combineFaults(faults: readonly FaultError[], file?: string): FaultError {
  const single = faults.flatMap(partsOf);
  const [first] = single;
  if (first && single.length === 1)
    return file === undefined
      ? first
      : new FaultError(first.code, `${file}: ${first.message}`, { cause: first, details: first.details });
  const lines = single.slice(0, MAX_LISTED_ERRORS).map(({ message, code }) => `  ${message} [${code}]`);
  const omitted = single.length - lines.length;
  if (omitted > 0) lines.push(`  and ${omitted} more`);
  const hasOneCode = single.every(({ code }) => code === first?.code);
  const title = `${file === undefined ? '' : `${file}: `}${single.length} errors`;
  return new FaultError(
    hasOneCode && first ? first.code : 'CONFIG_INVALID',
    `${title}\n${lines.join('\n')}\n`,
    { cause: new AggregateError(single) },
  );
}

/** Returns the errors that were combined, or the error itself. */
export function partsOf(fault: FaultError): readonly FaultError[] {
  const { cause } = fault;
  return cause instanceof AggregateError ? (cause.errors as readonly FaultError[]) : [fault];
}

/**
 * Resolves with the values of all promises. @throws {FaultError} the errors of all promises, if they are of the
 * configuration; or else the first error.
 */
export async function allConfigured<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  const results = await Promise.allSettled(promises);
  const errors: unknown[] = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const unexpected = errors.find((error) => !isFault(error) || error.kind !== 'config');
  if (unexpected !== undefined) throw unexpected;
  if (errors.length > 0) throw combineFaults(errors as FaultError[]);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
