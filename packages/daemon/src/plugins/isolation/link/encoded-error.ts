/** Errors as messages: a fault keeps its code and details, other errors their name, and both their stack. */
import { FAULTS, FaultError, isFault, messageOf, type FaultCode, type FaultDetails } from '@sidetone/core';

/** The longest text of an error, and how many causes are kept. */
const MAX_TEXT = 10_000;
const MAX_CAUSES = 4;

export interface EncodedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** The code of a fault. */
  readonly code?: FaultCode;
  readonly details?: FaultDetails;
  readonly cause?: EncodedError;
  /** Of an error that combines others. */
  readonly errors?: readonly EncodedError[];
}

export function encodeError(thrown: unknown, depth = MAX_CAUSES): EncodedError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: messageOf(thrown).slice(0, MAX_TEXT) };
  const { name, stack, cause } = thrown;
  const errors = thrown instanceof AggregateError && depth > 0 ? (thrown.errors as unknown[]) : [];
  return {
    name: textOf(name),
    message: textOf(thrown.message),
    ...(typeof stack === 'string' && { stack: stack.slice(0, MAX_TEXT) }),
    ...(isFault(thrown) && { code: thrown.code, details: { ...thrown.details } }),
    ...(cause !== undefined && depth > 0 && { cause: encodeError(cause, depth - 1) }),
    ...(errors.length > 0 && { errors: errors.map((each) => encodeError(each, depth - 1)) }),
  };
}

/** A plugin may have set any value. */
const textOf = (value: unknown): string => String(value).slice(0, MAX_TEXT);

/** A fault with a code of a later release becomes an error without code. */
export function decodeError(encoded: EncodedError): Error {
  const error = created(encoded);
  const { stack } = encoded;
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, configurable: true });
  return error;
}

function created({ name, message, code, details, cause: encodedCause, errors }: EncodedError): Error {
  if (errors) return new AggregateError(errors.map(decodeError), message);
  const cause = encodedCause && { cause: decodeError(encodedCause) };
  if (code !== undefined && Object.hasOwn(FAULTS, code))
    return new FaultError(code, message, { ...cause, ...(details && { details }) });
  const error = new Error(message, cause);
  if (name !== 'Error') Object.defineProperty(error, 'name', { value: name, configurable: true });
  return error;
}
