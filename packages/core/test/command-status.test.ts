import { describe, expect, test } from 'vitest';
import { COMMAND_STATUSES, NEXT_COMMAND_STATUSES, type CommandStatus } from '@sidetone/core';

const next: Readonly<Record<CommandStatus, readonly CommandStatus[]>> = NEXT_COMMAND_STATUSES;

describe('NEXT_COMMAND_STATUSES', () => {
  test('leads from REQUESTED to every other status, and never back', () => {
    const seen = new Set<CommandStatus>();
    const visit = (status: CommandStatus): void => {
      seen.add(status);
      next[status].filter((follower) => !seen.has(follower)).forEach(visit);
    };
    visit('REQUESTED');
    expect([...seen].toSorted()).toEqual([...COMMAND_STATUSES].toSorted());
    for (const status of COMMAND_STATUSES) expect(next[status]).not.toContain('REQUESTED');
  });

  test('ends with REFUSED and CONFIRMED', () => {
    expect(COMMAND_STATUSES.filter((status) => next[status].length === 0)).toEqual(['REFUSED', 'CONFIRMED']);
  });
});
