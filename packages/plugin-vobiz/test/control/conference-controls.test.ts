import { createCommandContext, createControlledCall } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { AUTH, BASE, start } from '../harness.ts';
import { CALL, form, reply } from '../samples.ts';

const MUTE_URL = `${BASE}/Account/${AUTH.authId}/Conference/desk-42/Member/249/Mute/`;
const call = createControlledCall(CALL);
const context = createCommandContext();
const CUSTOMER = { party: 'CUSTOMER' } as const;

describe('the customer of a call in a conference', () => {
  it('is muted and unmuted as a member of the room', async () => {
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

  it('cannot be muted after the call left the room or ended', async () => {
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

  it('is the only party that can be muted', async () => {
    const { provider, post } = await start();
    await post('events', form('conference_enter_first'));
    await expect(provider.controls!.mute!(call, { party: 'ASSISTANT' }, context)).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
  });

  it('is not muted if Vobiz no longer finds the member', async () => {
    const { host, provider, post } = await start();
    await post('events', form('conference_enter_first'));
    host.respond('POST', MUTE_URL, { ...reply('conference_get_404') });
    await expect(provider.controls!.mute!(call, CUSTOMER, context)).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
  });
});
