import type { ControlArguments } from '@sidetone/core';
import { createCommandContext, createControlledCall, type FakeSocket } from '@sidetone/testkit';
import { LATE_AUDIO_MS } from '@sidetone/plugin-kit';
import { describe, expect, it } from 'vitest';
import { AUTH, BASE, start, type Harness } from '../harness.ts';
import { CLEAR, CLEARED, confirmed, START, STOP, deliver, wav } from '../relay/relay-harness.ts';
import { CALL, form, reply, STREAM } from '../samples.ts';

const CALL_URL = `${BASE}/Account/${AUTH.authId}/Call/${CALL}/`;
const call = createControlledCall(CALL);
const context = createCommandContext();
const WITHOUT_KEYS = { authId: undefined, authToken: undefined };
const SOUND = 'https://media.example.in/hold.wav';

interface Agent extends Harness {
  readonly vobiz: FakeSocket;
}

/** Starts a call that is connected to its agent. */
async function startAgent(options: object = {}): Promise<Agent> {
  const harness = await start({
    answer: { mode: 'agent', fallback: { say: 'Please hold.' } },
    agentUrl: 'wss://agent.example.in/{callId}',
    ...options,
  });
  harness.host.answerDials(() => {});
  const vobiz = harness.open(await harness.answer());
  vobiz.onMessage(() => {});
  await deliver(harness.host, vobiz, START);
  return { ...harness, vobiz };
}

/** Returns the XML for the step after the stream. */
async function nextStep({ post }: Harness): Promise<string> {
  const { body } = await post('after-stream', { ...form('answer_minimal_fields'), Event: 'Redirect' });
  return String(body);
}

describe('relay controls without keys', () => {
  it('end a call by ending its stream', async () => {
    const agent = await startAgent(WITHOUT_KEYS);
    await agent.provider.controls!.endCall!(call, {}, context);
    expect(agent.vobiz.received).toEqual([STOP]);
    expect(agent.host.requests).toEqual([]);
    expect(await nextStep(agent)).toMatch(/<Response><\/Response>|<Response\/>/);
    agent.host.verify();
  });

  it('transfer a call by ending its stream and dialling next', async () => {
    const agent = await startAgent(WITHOUT_KEYS);
    await agent.provider.controls!.transfer!(call, { number: '+919000000003' }, context);
    expect(agent.vobiz.received).toEqual([STOP]);
    expect(await nextStep(agent)).toMatch(/<Stream .*<Dial .*<Number>\+919000000003<\/Number>/s);
    expect(agent.host.eventsOf('transfer.started')).toHaveLength(1);
  });

  it('are not possible without an open stream', async () => {
    const { vobiz, host, provider } = await startAgent(WITHOUT_KEYS);
    vobiz.cut();
    await host.clock.settle();
    const { mute, endCall } = provider.controls!;
    for (const done of [mute!(call, { party: 'CUSTOMER' }, context), endCall!(call, {}, context)]) {
      await expect(done).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    }
    expect(Object.keys(provider.controls!)).not.toContain('say');
  });

  it('reject a handoff with content', async () => {
    const { provider, host } = await startAgent(WITHOUT_KEYS);
    const args = { streamUrl: 'wss://next.example.in/', content: 'One moment.' };
    await expect(provider.controls!.handoff!(call, args, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'content' },
    });
    expect(host.dials).toHaveLength(1);
  });

  it('end the call if the agent ends the stream, and use the fallback without an agent', async () => {
    const ended = await startAgent(WITHOUT_KEYS);
    ended.host.dials[0]!.peer!.close(1000);
    await ended.host.clock.settle();
    expect(ended.vobiz.received).toEqual([STOP]);
    expect(await nextStep(ended)).not.toContain('Please hold.');
    const lost = await startAgent({ ...WITHOUT_KEYS, agent: { retries: 0 } });
    lost.host.dials[0]!.peer!.cut();
    await lost.host.clock.settle();
    expect(lost.vobiz.received).toEqual([STOP]);
    expect(await nextStep(lost)).toContain('Please hold.');
  });
});

describe('a relayed call', () => {
  it('is muted, played to and cleared over its stream', async () => {
    const { host, provider, vobiz, post } = await startAgent();
    const { mute, unmute, playAudio, clearAudio } = provider.controls!;
    await mute!(call, { party: 'ASSISTANT' }, context);
    await deliver(host, vobiz, CLEARED);
    expect(confirmed(host)).toHaveLength(1);
    await unmute!(call, { party: 'ASSISTANT' }, context);
    await clearAudio!(call, {}, context);
    await deliver(host, vobiz, CLEARED);
    expect(vobiz.received).toEqual([CLEAR, CLEAR]);
    expect(confirmed(host)).toHaveLength(3);
    host.respond('GET', SOUND, { bytes: wav(160) });
    const playing = playAudio!(call, { url: SOUND }, context);
    await host.clock.settle();
    await deliver(host, vobiz, CLEARED);
    await playing;
    const { name } = JSON.parse(String(vobiz.received.at(-1))) as { name: string };
    const callback = { ...form('answer_minimal_fields'), StreamID: STREAM, Name: name };
    await post('stream-status', { ...callback, Event: 'PlayedStream' });
    expect(confirmed(host)).toHaveLength(4);
    host.verify();
  });

  it('is ended and spoken to over REST with keys', async () => {
    const { host, provider, vobiz } = await startAgent();
    host.respond('DELETE', CALL_URL, { status: 204 });
    host.respond('POST', `${CALL_URL}Speak/`, { ...reply('call_speak_202') });
    const args = { streamUrl: 'wss://next.example.in/', content: 'One moment.' };
    await provider.controls!.handoff!(call, args, context);
    expect(host.dials.map(({ url }) => url.host)).toEqual(['agent.example.in', 'next.example.in']);
    await provider.controls!.endCall!(call, {}, context);
    await host.clock.settle();
    expect(host.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    expect(vobiz.received).toEqual([CLEAR]);
  });

  it.each<[ControlArguments['handoff'], string]>([
    [{ assistantId: 'a' }, 'assistantId'],
    [{ assistant: {} }, 'assistant'],
    [{ streamUrl: 'https://next.example.in/' }, 'streamUrl'],
    [{ streamUrl: 'nonsense' }, 'streamUrl'],
    [{}, 'streamUrl'],
    [{ streamUrl: 'wss://next.example.in/', providerOptions: { a: 1 } }, 'providerOptions'],
  ])('rejects the handoff %j, with the name of the argument: %s', async (args, argument) => {
    const { host, provider } = await startAgent();
    await expect(provider.controls!.handoff!(call, args, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument },
    });
    expect(host.dials).toHaveLength(1);
  });

  it('cannot mute an unknown party', async () => {
    const { provider } = await startAgent();
    await expect(provider.controls!.mute!(call, { party: 'UNKNOWN' }, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'party' },
    });
  });

  it('releases everything when it ends, and when the provider stops', async () => {
    const { host, provider, vobiz, post } = await startAgent();
    await post('hangup', {
      ...form('answer_minimal_fields'),
      Event: 'Hangup',
      HangupCause: 'NORMAL_CLEARING',
    });
    await host.clock.settle();
    expect(host.dials[0]!.peer!.closing?.code).toBe(1000);
    await host.clock.advance(LATE_AUDIO_MS);
    expect(vobiz.closing?.code).toBe(1000);
    await provider.stop(context.signal);
    expect(host.clock.pending).toBe(0);
    const other = await startAgent();
    await other.provider.stop(context.signal);
    expect(other.vobiz.closing?.code).toBe(1000);
    expect(other.host.dials[0]!.peer!.closing?.code).toBe(1000);
    expect(other.host.clock.pending).toBe(0);
  });
});
