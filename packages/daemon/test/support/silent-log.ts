/** A log that keeps its lines for assertions. */
import type { LogFields, Logger } from '@sidetone/core';

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

export function createTestLog(): { lines: LogLine[]; log: (part: string) => Logger } {
  const lines: LogLine[] = [];
  const at =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { lines, log: () => logger };
}
