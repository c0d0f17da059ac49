/** The fields of log entries as values that can be sent between threads. */
import type { LogFields } from '@sidetone/core';
import { decodeError, encodeError, type EncodedError } from './encoded-error.ts';

/** Marks a field that was an error. */
const ERROR = 'sidetone.error';

/** Errors keep their stack. Other objects become what the log would print: secrets remain hidden. */
export function encodeFields(fields: LogFields): LogFields {
  return mapFields(fields, (value) => {
    if (value instanceof Error) return { [ERROR]: encodeError(value) };
    return typeof value === 'object' && value !== null ? printed(value) : primitive(value);
  });
}

export function decodeFields(fields: LogFields): LogFields {
  return mapFields(fields, (value) =>
    typeof value === 'object' && value !== null && ERROR in value
      ? decodeError(value[ERROR] as EncodedError)
      : value,
  );
}

const mapFields = (fields: LogFields, map: (value: unknown) => unknown): LogFields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, map(value)]));

function printed(value: object): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null') as unknown;
  } catch {
    return '[not printable]';
  }
}

const primitive = (value: unknown): unknown =>
  typeof value === 'function' || typeof value === 'symbol' ? String(value) : value;
