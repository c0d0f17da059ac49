/** The log: one JSON object per line on standard error. Fields whose name ends in `.pii` are omitted. */
import type { LogFields, Logger } from '@sidetone/core';
import pino from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Returns a function that creates the logger of a component. */
export function createLog(level: LogLevel): (part: string) => Logger {
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return (part) => {
    const child = root.child({ part });
    return {
      debug: (message, fields) => child.debug(safe(fields), message),
      info: (message, fields) => child.info(safe(fields), message),
      warn: (message, fields) => child.warn(safe(fields), message),
      error: (message, fields) => child.error(safe(fields), message),
    };
  };
}

/** Removes personal data and renames `error` to `err`, which pino serialises. */
function safe(fields: LogFields | undefined): LogFields {
  if (!fields) return {};
  const { error, ...rest } = fields;
  const kept = Object.entries(rest).filter(([key]) => !key.endsWith('.pii'));
  return { ...Object.fromEntries(kept), ...(error !== undefined && { err: error }) };
}
