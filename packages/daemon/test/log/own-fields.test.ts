/** Fields of a log line that have the name of one that every line has. */
import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { LogOutput } from '../../src/log-output.ts';

test('a field does not hide the level, time, part or message of its line', () => {
  const lines: string[] = [];
  const output: LogOutput = {
    write: (line) => void lines.push(line),
    dropped: 0,
    flush: () => Promise.resolve(),
    onRecovered: () => undefined,
  };
  const fields = { level: 'debug', time: 'late', part: 'half', msg: 'another', other: 1 };
  createLog('info', output)('reload').warn('configuration reloaded', fields);
  expect(JSON.parse(lines[0]!)).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^20/),
    part: 'reload',
    msg: 'configuration reloaded',
    'field.level': 'debug',
    'field.time': 'late',
    'field.part': 'half',
    'field.msg': 'another',
    other: 1,
  });
  expect(lines[0]!.match(/"level":/g)).toHaveLength(1);
});
