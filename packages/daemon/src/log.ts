/**
 * The log on standard error: one JSON object per line, or text for people on a terminal. Fields whose name ends in `.pii` are
 * omitted.
 */
import { isatty } from 'node:tty';
import type { LogFields, Logger } from '@sidetone/core';
import pino from 'pino';
import { styleOf, toText, type LogFormat, type LogStyle } from './log-format.ts';
import { createLogOutput, openStandardError, type LogOutput } from './log-output.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Returns the logger of a component. */
export interface Log {
  (part: string): Logger;
  /** Resolves when all lines are written, or after a second if the reader is too slow. Call it before the process exits. */
  flush(): Promise<void>;
  /** Returns the number of lines dropped since the start. */
  droppedLines(): number;
  /** Changes the level of all loggers. */
  setLevel(level: LogLevel): void;
}

const STANDARD_ERROR = 2;

/** Opens the log of a command, on standard error. */
export function openLog({ level, format }: { readonly level: LogLevel; readonly format: LogFormat }): Log {
  const style = styleOf(format, isatty(STANDARD_ERROR), process.env);
  return createLog(level, createLogOutput(openStandardError()), style);
}

/** Writing never blocks the event loop and never throws; lines that cannot be written are dropped and counted. */
export function createLog(
  level: LogLevel,
  output: LogOutput = createLogOutput(openStandardError()),
  style: LogStyle = 'json',
): Log {
  const destination =
    style === 'json'
      ? output
      : { write: (line: string) => output.write(toText(line, style === 'colored text')) };
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const children: pino.Logger[] = [];
  const log = (part: string): Logger => {
    const child = root.child({ part }, { level: root.level });
    children.push(child);
    return {
      debug: (message, fields) => child.debug(safe(fields), message),
      info: (message, fields) => child.info(safe(fields), message),
      warn: (message, fields) => child.warn(safe(fields), message),
      error: (message, fields) => child.error(safe(fields), message),
    };
  };
  output.onRecovered((dropped) => log('log').warn('log lines dropped', { ...dropped }));
  return Object.assign(log, {
    droppedLines: () => output.dropped,
    flush: () => output.flush(),
    setLevel(next: LogLevel) {
      for (const each of [root, ...children]) each.level = next;
    },
  });
}

/** Names that every line has. A second value under the same name would hide one of them from readers of JSON. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['level', 'time', 'part', 'msg']);

/** Removes personal data, renames `error` to `err`, which pino serialises, and fields with the name of an own one. */
function safe(fields: LogFields | undefined): LogFields {
  if (!fields) return {};
  const { error, ...rest } = fields;
  const kept = Object.entries(rest)
    .filter(([key]) => !key.endsWith('.pii'))
    .map(([key, value]) => [OWN_FIELDS.has(key) ? `field.${key}` : key, value] as const);
  return { ...Object.fromEntries(kept), ...(error !== undefined && { err: error }) };
}
