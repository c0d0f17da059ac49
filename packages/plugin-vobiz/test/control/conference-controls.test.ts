import { providerCallId } from '@sidetone/core';
import { createCommandContext, createControlledCall } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createConferenceMembers, MAX_MEMBERS } from '../../src/calls/conference-members.ts';
import { AUTH, BASE, start } from '../harness.ts';
import { CALL, form, reply } from '../samples.ts';

const MUTE_URL = `${BASE}/Account/${AUTH.authId}/Conference/desk-42/Member/249/Mute/`;
const call = createControlledCall(CALL);
const context = createCommandContext();
const CUSTOMER = { party: 'CUSTOMER' } as const;

describe('the customer of a call in a room', () => {
  it('can be muted and heard again, as the member that Vobiz knows', async () => {
    const { host, provider, post } = await start();
    expect(provider.controlsFor!(call)).not.toContain('MUTE_CUSTOMER');
    await post('events', form('conference_enter_first'));
    expect(provider.controlsFor!(call)).toContain('MUTE_CUSTOMER');
    host.respond('POST', MUTE_URL, { ...reply('conference_member_mute_202') });
    host.respond('DELETE', MUTE_URL, { ...reply('conference_member_unmute_204') });
    await provider.controls!.mute!(call, CUSTOMER, context);
    await provider.controls!.unmute!(call, CUSTOMER, context);
    expect(host.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  });

  it('cannot any more once the call has left it, or is over', async () => {
    for (const name of ['conference_exit_small_field_set', 'hangup_normal_caller']) {
      const { host, provider, post } = await start();
      await post('events', form('conference_enter_first'));
      await post('events', form(name));
      expect(provider.controlsFor!(call)).not.toContain('MUTE_CUSTOMER');
      await expect(provider.controls!.mute!(call, CUSTOMER, context)).rejects.toMatchObject({
        code: 'CAPABILITY_MISSING',
      });
      expect(host.requests).toEqual([]);
    }
  });

  it('is the only party that can', async () => {
    const { provider, post } = await start();
    await post('events', form('conference_enter_first'));
    await expect(provider.controls!.mute!(call, { party: 'ASSISTANT' }, context)).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
  });

  it('that Vobiz no longer has there is not muted', async () => {
    const { host, provider, post } = await start();
    await post('events', form('conference_enter_first'));
    host.respond('POST', MUTE_URL, { ...reply('conference_get_404') });
    await expect(provider.controls!.mute!(call, CUSTOMER, context)).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
  });
});

describe('the members of rooms', () => {
  const news = (callId: string, event: string, room: string, memberId: string) => ({
    callId,
    event,
    conference: { name: room, memberId },
  });

  it('stay where they entered last, although the news of leaving comes late', () => {
    const members = createConferenceMembers();
    members.receive(news('a', 'ConferenceEnter', 'one', '1'));
    members.receive(news('a', 'ConferenceEnter', 'two', '2'));
    members.receive(news('a', 'ConferenceExit', 'one', '1'));
    expect(members.get(providerCallId('a'))).toEqual({ room: 'two', memberId: '2' });
  });

  it('are forgotten when there are too many, the oldest first', () => {
    const members = createConferenceMembers();
    for (let count = 0; count <= MAX_MEMBERS; count++) {
      members.receive(news(String(count), 'ConferenceEnter', 'one', String(count)));
    }
    expect(members.get(providerCallId('0'))).toBeUndefined();
    expect(members.get(providerCallId('1'))).toBeDefined();
  });
});
