/** The log: one JSON object per line on standard error. Fields whose name ends in `.pii` are omitted. */
import type { LogFields, Logger } from '@sidetone/core';
import pino from 'pino';
import { createLogOutput, openStandardError, type LogOutput } from './log-output.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Returns the logger of a component. */
export interface Log {
  (part: string): Logger;
  /** Resolves when all lines are written, or after a second if the reader is too slow. Call it before the process exits. */
  flush(): Promise<void>;
}

/** Writing never blocks the event loop and never throws; lines that cannot be written are dropped and counted. */
export function createLog(level: LogLevel, output: LogOutput = createLogOutput(openStandardError())): Log {
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  );
  const log = (part: string): Logger => {
    const child = root.child({ part });
    return {
      debug: (message, fields) => child.debug(safe(fields), message),
      info: (message, fields) => child.info(safe(fields), message),
      warn: (message, fields) => child.warn(safe(fields), message),
      error: (message, fields) => child.error(safe(fields), message),
    };
  };
  output.onRecovered((dropped) => log('log').warn('log lines dropped', { ...dropped }));
  return Object.assign(log, { flush: () => output.flush() });
}

/** Removes personal data and renames `error` to `err`, which pino serialises. */
function safe(fields: LogFields | undefined): LogFields {
  if (!fields) return {};
  const { error, ...rest } = fields;
  const kept = Object.entries(rest).filter(([key]) => !key.endsWith('.pii'));
  return { ...Object.fromEntries(kept), ...(error !== undefined && { err: error }) };
}
