import { providerCallId } from '@sidetone/core';
import { createFakeHost } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createNextSteps, MAX_NEXT_STEPS, NEXT_STEP_LIFETIME_MS } from '../../src/answer/next-steps.ts';

const id = providerCallId;

describe('next steps', () => {
  it('returns the last step that was ordered', async () => {
    const steps = createNextSteps(createFakeHost());
    await steps.order(id('a'), { kind: 'fallback' });
    await steps.order(id('a'), { kind: 'hangup' });
    expect(await steps.take(id('a'))).toEqual({ step: { kind: 'hangup' }, isRepeated: false });
    expect(await steps.take(id('a'))).toMatchObject({ isRepeated: true });
    expect(await steps.take(id('b'))).toBeUndefined();
  });

  it('deletes a dropped step', async () => {
    const host = createFakeHost();
    const steps = createNextSteps(host);
    await steps.order(id('a'), { kind: 'hangup' });
    await steps.drop(id('a'));
    expect(await steps.take(id('a'))).toBeUndefined();
    expect(host.state.entries.size).toBe(0);
  });

  it('drops the oldest step at the limit, and expired steps', async () => {
    const host = createFakeHost();
    const steps = createNextSteps(host);
    for (let count = 0; count <= MAX_NEXT_STEPS; count++) {
      await steps.order(id(`call-${count}`), { kind: 'hangup' });
    }
    expect(await steps.take(id('call-0'))).toBeUndefined();
    expect(await steps.take(id('call-1'))).toBeDefined();
    expect(host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
    await host.clock.advance(NEXT_STEP_LIFETIME_MS);
    await steps.order(id('new'), { kind: 'hangup' });
    expect([...host.state.entries.keys()]).toEqual(['next/new']);
  });

  it('loads valid steps after a restart, and deletes invalid and expired ones', async () => {
    const { clock, state } = createFakeHost();
    const order = { to: '+919000000003', attributes: { timeout: '20' }, sendDigits: 'w42' };
    const before = createNextSteps(createFakeHost({ clock, state }));
    await before.order(id('a'), { kind: 'dial', order }, 'cmd_1' as never);
    await before.order(id('old'), { kind: 'hangup' });
    state.entries.set('next/broken', '{"step":{"kind":"sing"}}');
    state.entries.set('next/old', state.entries.get('next/old')!.replace(/"expiresAt":\d+/, '"expiresAt":1'));
    const after = createNextSteps(createFakeHost({ clock, state }));
    await after.load();
    expect(await after.take(id('a'))).toEqual({
      step: { kind: 'dial', order },
      commandId: 'cmd_1',
      isRepeated: false,
    });
    expect(await after.take(id('old'))).toBeUndefined();
    expect(state.entries.size).toBe(0);
  });
});
