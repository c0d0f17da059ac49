/** The log: one JSON object a line, on standard error. What ends in `.pii` stays out of it. */
import type { LogFields, Logger } from '@sidetone/core';
import pino from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Makes the logger of each part of the daemon. */
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

/** Without personal data; errors as pino writes them. */
function safe(fields: LogFields | undefined): LogFields {
  if (!fields) return {};
  const { error, ...rest } = fields;
  const kept = Object.entries(rest).filter(([key]) => !key.endsWith('.pii'));
  return { ...Object.fromEntries(kept), ...(error !== undefined && { err: error }) };
}
