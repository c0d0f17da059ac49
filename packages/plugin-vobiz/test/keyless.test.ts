import { capabilitiesOf } from '@sidetone/core';
import { createControlledCall } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { LOST_CALL_GRACE_MS } from '../src/provider.ts';
import { start } from './harness.ts';
import { CALL } from './samples.ts';

const KEYLESS = { authId: undefined, authToken: undefined };
const AGENT = { answer: { mode: 'agent' }, agentUrl: 'wss://agent.example.net' };
const call = createControlledCall(CALL);
const signal = new AbortController().signal;

describe('an instance without keys', () => {
  it('sends no REST requests and lacks the methods that need them', async () => {
    const { host, provider } = await start(KEYLESS);
    expect(provider).not.toHaveProperty('placeCall');
    expect(provider).not.toHaveProperty('backfill');
    expect(provider).not.toHaveProperty('health');
    expect(provider).not.toHaveProperty('watch');
    expect(capabilitiesOf(provider)).toEqual([]);
    expect(provider.controlsFor!(call)).toEqual([]);
    await provider.reconcile!([call], signal);
    expect(host.requests).toEqual([]);
  });

  it('receives the audio of calls that it answers', async () => {
    const { host, provider, answer, open } = await start(KEYLESS);
    await open(await answer()).send(JSON.stringify({ event: 'start', streamId: 's', callId: CALL }));
    await host.clock.settle();
    expect(host.streams).toHaveLength(1);
    expect(provider.controlsFor!(call)).toEqual(['LISTEN']);
  });

  it('has the controls of a relay in agent mode, and no others', async () => {
    const { provider } = await start({ ...KEYLESS, ...AGENT });
    expect([...capabilitiesOf(provider)].toSorted()).toEqual(
      [
        'MUTE_ASSISTANT',
        'MUTE_CUSTOMER',
        'TRANSFER',
        'HANDOFF',
        'END_CALL',
        'PLAY_AUDIO',
        'CLEAR_AUDIO',
      ].toSorted(),
    );
    expect(provider.controlsFor!(call)).toEqual([]);
  });

  it('ends a call without a stream token, but not shortly after its own start', async () => {
    const { host, provider, answer } = await start(KEYLESS);
    await provider.reconcile!([call], signal);
    expect(host.events).toEqual([]);
    await answer();
    await host.clock.advance(LOST_CALL_GRACE_MS);
    await provider.reconcile!([call], signal);
    expect(host.eventsOf('call.ended')).toEqual([]);
    await provider.reconcile!([createControlledCall('another')], signal);
    expect(host.eventsOf('call.ended')).toMatchObject([
      { providerCallId: 'another', end: { category: 'UNKNOWN' } },
    ]);
  });
});

describe('an instance with keys', () => {
  it('has the methods that use REST', async () => {
    const { provider } = await start();
    expect(provider).toHaveProperty('placeCall');
    expect(provider).toHaveProperty('backfill');
    expect(provider).toHaveProperty('health');
  });

  it('cannot place calls without answer', async () => {
    const { provider, post } = await start({ answer: undefined, attach: {} });
    expect(provider).not.toHaveProperty('placeCall');
    expect(provider).toHaveProperty('watch');
    expect(await post('answer', { CallUUID: CALL })).toMatchObject({ status: 404 });
  });
});
