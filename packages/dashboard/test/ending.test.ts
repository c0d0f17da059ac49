import { expect, test } from 'vitest';
import type { CommandEntry, CommandStatus } from '../page/call/call-timeline.ts';
import { endingSince } from '../page/call/ending.ts';

const AT = '2026-01-05T09:00:00.000Z';
const command = (kind: CommandEntry['kind'], ...statuses: CommandStatus[]): CommandEntry => ({
  id: `${kind}-${statuses.length}`,
  kind,
  arguments: {},
  requestedBy: 'ana',
  failure: null,
  status: statuses.at(-1)!,
  steps: statuses.map((status) => ({ status, at: AT })),
});

test.each([
  ['an accepted command to end it', [command('END_CALL', 'REQUESTED', 'ACCEPTED')], Date.parse(AT)],
  ['a requested one', [command('END_CALL', 'REQUESTED')], undefined],
  ['a confirmed one', [command('END_CALL', 'REQUESTED', 'ACCEPTED', 'CONFIRMED')], undefined],
  [
    'a refused one after an accepted one',
    [command('END_CALL', 'REQUESTED', 'ACCEPTED'), command('END_CALL', 'REQUESTED', 'REFUSED')],
    undefined,
  ],
  ['another command', [command('SAY', 'REQUESTED', 'ACCEPTED')], undefined],
])('with %s, a call is ending since %3$s', (_name, entries, since) => {
  expect(endingSince(entries)).toBe(since);
});
