import { providerCallId, Secret, type CommandId } from '@sidetone/core';
import { createFakeHost, type FakeHost } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import {
  CALL_LIFETIME_MS,
  createRelayedCalls,
  MAX_OWN_CHECKPOINTS,
  MAX_RELAYED_CALLS,
  type RelayedCalls,
} from '../../src/relay/relayed-calls.ts';
import { STATE_WRITE_TIMEOUT_MS } from '../../src/calls/durable-state.ts';

const call = providerCallId('call-1');
const template = new Secret('wss://agent.example.in/?from={from}&to={to}');

async function start(host: FakeHost = createFakeHost()): Promise<{ host: FakeHost; calls: RelayedCalls }> {
  const calls = createRelayedCalls(host, template);
  await calls.load();
  return { host, calls };
}
const restart = ({ clock, state }: FakeHost) => start(createFakeHost({ clock, state }));

describe('relayed calls', () => {
  it('are expected until they are released, also after a restart', async () => {
    const { host, calls } = await start();
    expect(calls.isExpected(call)).toBe(false);
    await calls.expect(call, { from: '1' });
    expect(calls.isExpected(call)).toBe(true);
    expect((await restart(host)).calls.isExpected(call)).toBe(true);
    await calls.release(call);
    expect(calls.isExpected(call)).toBe(false);
    expect((await restart(host)).calls.isExpected(call)).toBe(false);
  });

  it('keep their state when they are expected again', async () => {
    const { calls } = await start();
    await calls.expect(call, { from: '1', to: '2' });
    await calls.get(call)!.mute('CUSTOMER');
    await calls.release(call);
    await calls.expect(call, {});
    expect(calls.get(call)!.agentUrl().search).toBe('?from=1&to=2');
    expect(calls.get(call)!.isMuted('CUSTOMER')).toBe(true);
    await calls.get(call)!.setAgentUrl(new URL('wss://next.example.in/'));
    await calls.expect(call, {});
    expect(calls.get(call)!.agentUrl().host).toBe('next.example.in');
  });

  it('are deleted when they end, and when they expire', async () => {
    const { host, calls } = await start();
    await calls.expect(call, {});
    await calls.delete(call);
    expect(calls.get(call)).toBeUndefined();
    expect(host.state.entries.size).toBe(0);
    await calls.expect(call, {});
    await host.clock.advance(CALL_LIFETIME_MS);
    expect(calls.isExpected(call)).toBe(false);
    await restart(host);
    expect(host.state.entries.size).toBe(0);
  });

  it('drop the oldest call at the limit', async () => {
    const { host, calls } = await start();
    for (let index = 0; index <= MAX_RELAYED_CALLS; index++)
      await calls.expect(providerCallId(`c${index}`), {});
    expect(calls.get(providerCallId('c0'))).toBeUndefined();
    expect(calls.get(providerCallId('c1'))).toBeDefined();
    expect(host.state.entries.size).toBe(MAX_RELAYED_CALLS);
    expect(host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('keep their state in memory if a write fails, and log it', async () => {
    const { host, calls } = await start();
    host.state.set = () => Promise.reject(new Error('disk full'));
    await calls.expect(call, {});
    await calls.get(call)!.mute('ASSISTANT');
    expect(calls.get(call)!.isMuted('ASSISTANT')).toBe(true);
    expect(host.logs.map(({ level }) => level)).toEqual(['warn', 'warn']);
  });

  it('wait for a slow write only for a limited time', async () => {
    const { host, calls } = await start();
    host.state.set = () => new Promise(() => {});
    const done = calls.expect(call, {}).then(() => 'done');
    expect(calls.isExpected(call)).toBe(true);
    await host.clock.advance(STATE_WRITE_TIMEOUT_MS);
    expect(await done).toBe('done');
  });

  it('delete invalid entries', async () => {
    const host = createFakeHost();
    host.state.entries.set('relay/a', '{').set('relay/b', '{"muted":["EVERYBODY"]}');
    await start(host);
    expect(host.state.entries.size).toBe(0);
  });

  it('recognise their own checkpoints, up to the limit', async () => {
    const { calls } = await start();
    await calls.expect(call, {});
    const relayed = calls.get(call)!;
    const names = Array.from({ length: MAX_OWN_CHECKPOINTS + 1 }, (_, i) =>
      relayed.newCheckpoint(`cmd_${i}` as CommandId),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(relayed.commandOf(names[0]!)).toBeUndefined();
    expect(relayed.commandOf(names[1]!)).toBe('cmd_1');
    expect(relayed.commandOf('turn-7-end')).toBeUndefined();
  });
});
