import { describe, expect, it } from 'vitest';
import { DEEPGRAM_BEHAVIOUR, DEEPGRAM_CHOICES } from '../../../src/deepgram/behaviour.ts';
import type { DeepgramMessageBehaviour } from '../../../src/deepgram/behaviour.ts';
import { createFaults, MANY_WORDS } from '../../../src/deepgram/transcript/fault-injection.ts';
import type { Wire } from '../../../src/deepgram/transcript/fault-injection.ts';

/** Returns what is sent for three messages. */
function sent(behaviour: Partial<DeepgramMessageBehaviour>): Wire[] {
  const faults = createFaults(() => ({ ...DEEPGRAM_BEHAVIOUR, ...behaviour }));
  return [1, 2, 3].flatMap((n) => faults.apply({ type: 'Results', n, metadata: { request_id: 'this' } }));
}

const numbers = (wires: Wire[]): unknown[] =>
  wires.map((wire) => (JSON.parse(String(wire)) as { n: unknown }).n);

describe('the faults of messages', () => {
  it('are off by default', () => {
    expect(numbers(sent({}))).toEqual([1, 2, 3]);
  });

  it('change the order of messages', () => {
    expect(numbers(sent({ overtakenEvery: 2 }))).toEqual([1, 3, 2]);
    expect(numbers(sent({ overtakenEvery: 1 }))).toEqual([2, 1]);
  });

  it.each(DEEPGRAM_CHOICES.odd)('send an additional message after every second one: %s', (odd) => {
    const wires = sent({ oddEvery: 2, odd });
    expect(wires).toHaveLength(4);
    expect(numbers([...wires.slice(0, 2), ...wires.slice(3)])).toEqual([1, 2, 3]);
  });

  it('send the additional message that odd selects', () => {
    const odd = (kind: DeepgramMessageBehaviour['odd']): Wire => sent({ oddEvery: 3, odd: kind })[3] ?? '';
    const parsed = (kind: DeepgramMessageBehaviour['odd']): unknown => JSON.parse(String(odd(kind)));
    expect(parsed('type')).toEqual({ type: 'Mood', mood: 'calm' });
    expect(parsed('no-type')).not.toHaveProperty('type');
    expect(() => parsed('text')).toThrow(SyntaxError);
    expect(odd('empty')).toBe('');
    expect(parsed('array')).toEqual(['Results']);
    expect(odd('binary')).toBeInstanceOf(Buffer);
    expect(parsed('error')).toMatchObject({ err_code: 'NET-0001' });
    expect(parsed('channel')).toMatchObject({ type: 'Results', channel_index: [5, 2] });
    const { channel } = parsed('words') as { channel: { alternatives: { words: unknown[] }[] } };
    expect(channel.alternatives[0]?.words).toHaveLength(MANY_WORDS);
    expect(parsed('other-request')).toMatchObject({
      type: 'Results',
      metadata: { request_id: expect.not.stringMatching('this') },
    });
  });
});
