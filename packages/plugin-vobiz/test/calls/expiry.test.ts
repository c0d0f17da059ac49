/** The lifetime of stored entries is not affected when the wall clock is set, and outlives a restart. */
import { providerCallId, Secret } from '@sidetone/core';
import { createFakeHost, type FakeHost } from '@sidetone/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNextSteps, NEXT_STEP_LIFETIME_MS } from '../../src/answer/next-steps.ts';
import { createTransferGrants, TRANSFER_LIFETIME_MS } from '../../src/answer/transfer-grants.ts';
import { CALL_LIFETIME_MS, createRelayedCalls } from '../../src/relay/relayed-calls.ts';
import { createStreamTokens, TOKEN_LIFETIME_MS } from '../../src/stream/stream-tokens.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const call = providerCallId('call-1');

interface Entry {
  /** Returns whether the entry is valid. */
  isValid(): Promise<boolean> | boolean;
}

/** Each creates a store, loads it, and adds an entry if `key` is undefined. */
interface Store {
  readonly lifetimeMs: number;
  open(host: FakeHost): Promise<{ add(): Promise<string>; entry(key: string): Entry }>;
}

const STORES: Readonly<Record<string, Store>> = {
  'a stream token': {
    lifetimeMs: TOKEN_LIFETIME_MS,
    async open(host) {
      const tokens = createStreamTokens(host);
      await tokens.load();
      return {
        add: () => tokens.issue(call, 'answered'),
        entry: (key) => ({ isValid: () => tokens.callOf(key) === call && tokens.has(call) }),
      };
    },
  },
  'a transfer': {
    lifetimeMs: TRANSFER_LIFETIME_MS,
    async open(host) {
      const grants = createTransferGrants(host);
      await grants.load();
      const order = { to: '+919000000003', attributes: {}, sendDigits: '' } as never;
      return {
        add: () => grants.issue(call, 'cmd_1', order),
        entry: (key) => ({ isValid: () => grants.has(key) }),
      };
    },
  },
  'a next step': {
    lifetimeMs: NEXT_STEP_LIFETIME_MS,
    async open(host) {
      const steps = createNextSteps(host);
      await steps.load();
      return {
        async add() {
          await steps.order(call, { kind: 'hangup' });
          return '';
        },
        entry: () => ({ isValid: async () => (await steps.take(call)) !== undefined }),
      };
    },
  },
  'a relayed call': {
    lifetimeMs: CALL_LIFETIME_MS,
    async open(host) {
      const calls = createRelayedCalls(host, new Secret('wss://agent.example.in/'));
      await calls.load();
      return {
        async add() {
          await calls.expect(call, {});
          return '';
        },
        entry: () => ({ isValid: () => calls.isExpected(call) }),
      };
    },
  },
};

const STEPS_MS = [-YEAR_MS, -300_000, -2000, 2000, HOUR_MS, 11 * HOUR_MS, 50 * YEAR_MS];

describe.each(Object.entries(STORES))('%s', (_name, { lifetimeMs, open }) => {
  it.each(STEPS_MS)('is valid for its lifetime if the wall clock is set by %i ms', async (stepMs) => {
    const host = createFakeHost();
    const store = await open(host);
    const key = await store.add();
    host.clock.stepWallClock(stepMs);
    await host.clock.advance(lifetimeMs - 1);
    expect(await store.entry(key).isValid()).toBe(true);
    const second = createFakeHost();
    const other = await open(second);
    const otherKey = await other.add();
    second.clock.stepWallClock(stepMs);
    await second.clock.advance(lifetimeMs);
    expect(await other.entry(otherKey).isValid()).toBe(false);
  });

  it('expires at its time, whenever and however often the wall clock is set', async () => {
    const steps = fc.array(fc.integer({ min: -YEAR_MS, max: YEAR_MS }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (wallSteps, isEarly) => {
        const host = createFakeHost();
        const store = await open(host);
        const key = await store.add();
        for (const ms of wallSteps) {
          host.clock.stepWallClock(ms);
          await host.clock.advance(1);
        }
        await host.clock.advance(lifetimeMs - wallSteps.length - (isEarly ? 1 : 0));
        expect(await store.entry(key).isValid()).toBe(isEarly);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps the rest of its lifetime after a restart', async () => {
    const { clock, state } = createFakeHost();
    const key = await (await open(createFakeHost({ clock, state }))).add();
    await clock.advance(lifetimeMs - 1000);
    const restarted = createFakeHost({ state });
    restarted.clock.stepWallClock(clock.now() - restarted.clock.now());
    const store = await open(restarted);
    await restarted.clock.advance(999);
    const copy = await open(restarted);
    expect(await copy.entry(key).isValid()).toBe(true);
    await restarted.clock.advance(1);
    expect(await store.entry(key).isValid()).toBe(false);
  });
});
