import { describe, expect, test, vi } from 'vitest';
import { Positions } from '../../../src/cluster/announcements/positions.ts';
import { subjectsOf } from '../../../src/cluster/subjects.ts';
import { connectNode, hasNats, newClusterName } from '../support/nodes.ts';

describe.skipIf(!hasNats)('positions', () => {
  test('are announced once a turn, the highest one, and only higher ones are reported', async () => {
    const subjects = subjectsOf(newClusterName());
    const [{ connection: a }, { connection: b }] = [await connectNode(), await connectNode()];
    const turns: (() => void)[] = [];
    const sender = new Positions({ wire: a, subjects, afterTurn: (task) => void turns.push(task) });
    const receiver = new Positions({ wire: b, subjects });
    const reported: number[] = [];
    receiver.onHigher((position) => reported.push(position));
    await b.client.flush();
    const before = a.counts.messagesOut;
    for (const position of [5, 7, 6]) sender.announce(position);
    expect(turns).toHaveLength(1);
    turns.pop()?.();
    sender.announce(6);
    turns.pop()?.();
    for (const text of ['', 'x', '-1', '1e400', '7.5']) a.offer(subjects.positions, text);
    sender.announce(8);
    turns.pop()?.();
    await vi.waitFor(() => expect(receiver.highest).toBe(8));
    expect(reported).toEqual([7, 8]);
    expect(a.counts.messagesOut - before).toBe(8);
    receiver.close();
    sender.close();
  });
});
