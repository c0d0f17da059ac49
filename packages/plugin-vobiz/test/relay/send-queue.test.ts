import { describe, expect, it } from 'vitest';
import { createSendQueue, MAX_UNSENT_CHARACTERS, MAX_UNSENT_CONTROLS } from '../../src/relay/send-queue.ts';

describe('the send queue', () => {
  it('drops audio at the limit with one warning, but no other messages', async () => {
    const sent: number[] = [];
    const warnings: string[] = [];
    let settle = (): void => undefined;
    const queue = createSendQueue(
      {
        send: (message) => {
          sent.push(message.length);
          return new Promise((resolve) => (settle = resolve));
        },
      },
      { warn: (message) => warnings.push(message) },
    );
    expect(queue.send('x'.repeat(MAX_UNSENT_CHARACTERS + 1), true)).toBe(true);
    expect(queue.send('audio', true)).toBe(false);
    expect(queue.send('audio', true)).toBe(false);
    const settleFirst = settle;
    expect(queue.send('stop')).toBe(true);
    expect(queue.dropped).toBe(2);
    expect(warnings).toHaveLength(1);
    settleFirst();
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.send('audio', true)).toBe(true);
    expect(sent.slice(1)).toEqual([4, 5]);
    queue.end();
    expect(queue.send('stop')).toBe(false);
  });

  it('drops other messages at a limit of their own, with one warning', async () => {
    const warnings: string[] = [];
    const settle: (() => void)[] = [];
    const queue = createSendQueue(
      { send: () => new Promise((resolve) => settle.push(resolve)) },
      { warn: (message) => warnings.push(message) },
    );
    for (let i = 0; i < MAX_UNSENT_CONTROLS; i++) expect(queue.send('clear')).toBe(true);
    expect(queue.send('clear')).toBe(false);
    expect(queue.send('clear')).toBe(false);
    expect(queue.send('audio', true)).toBe(true);
    expect([queue.droppedControls, warnings.length]).toEqual([2, 1]);
    settle[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.send('clear')).toBe(true);
  });
});
