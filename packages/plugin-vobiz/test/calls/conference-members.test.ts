import { providerCallId } from '@sidetone/core';
import { createFakeHost } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createConferenceMembers, MAX_MEMBERS } from '../../src/calls/conference-members.ts';

describe('conference members', () => {
  const webhook = (callId: string, event: string, room: string, memberId: string) => ({
    callId,
    event,
    conference: { name: room, memberId },
  });

  it('keep the room that they entered last if the exit from another one arrives late', async () => {
    const members = createConferenceMembers(createFakeHost());
    await members.receive(webhook('a', 'ConferenceEnter', 'one', '1'));
    await members.receive(webhook('a', 'ConferenceEnter', 'two', '2'));
    await members.receive(webhook('a', 'ConferenceExit', 'one', '1'));
    expect(members.get(providerCallId('a'))).toEqual({ room: 'two', memberId: '2' });
  });

  it('are dropped at the limit, the oldest first', async () => {
    const members = createConferenceMembers(createFakeHost());
    for (let count = 0; count <= MAX_MEMBERS; count++) {
      await members.receive(webhook(String(count), 'ConferenceEnter', 'one', String(count)));
    }
    expect(members.get(providerCallId('0'))).toBeUndefined();
    expect(members.get(providerCallId('1'))).toBeDefined();
  });
});
