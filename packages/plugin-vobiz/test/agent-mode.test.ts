import { FaultError } from '@sidetone/core';
import { createCommandContext, createControlledCall } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { MAX_FURTHER_STREAMS } from '../src/answer/after-stream.ts';
import { STATE_WRITE_TIMEOUT_MS } from '../src/calls/durable-state.ts';
import { NEXT_STEP_LIFETIME_MS, NEXT_STEP_RETRY_MS } from '../src/answer/next-steps.ts';
import { start, type Harness } from './harness.ts';
import { wav } from './relay/relay-harness.ts';
import { CALL, form, frame, STREAM } from './samples.ts';

const AGENT = { answer: { mode: 'agent' }, agentUrl: 'wss://agent.example.net/{callId}?from={from}' };
const KEYLESS = { ...AGENT, authId: undefined, authToken: undefined };
const NOTHING = '<Response></Response>';
const call = createControlledCall(CALL);
const context = createCommandContext();
const NUMBER = { number: '+919000000003' };

const withFallback = (fallback: object) => ({ ...AGENT, answer: { mode: 'agent', fallback } });

/** A call whose stream has started and whose agent is connected. */
async function talking(options: object = AGENT) {
  const harness = await start(options);
  harness.host.answerDials(() => {});
  const vobiz = harness.open(await harness.answer());
  vobiz.onMessage(() => {});
  await vobiz.send(frame('start_nested_mulaw_8k'));
  await harness.host.clock.settle();
  const agent = harness.host.dials[0]!.peer!;
  agent.onMessage(() => {});
  await harness.host.clock.settle();
  return { ...harness, vobiz, agent };
}

const afterStream = async ({ post }: Pick<Harness, 'post'>): Promise<string> => {
  const { status, body } = await post('after-stream', form('redirect_url'));
  expect(status).toBe(200);
  return String(body);
};

const STOPPED = JSON.stringify({ event: 'stop', streamId: STREAM });

describe('a call in agent mode', () => {
  it('is answered with a two-way stream, and an address to ask at after it', async () => {
    const { post } = await start(AGENT);
    const { body } = await post('answer', form('answer_minimal_fields'));
    expect(body).toMatch(
      /<Response><Stream bidirectional="true" keepCallAlive="true" [^>]*maxRetries="10"[^>]*>wss:[^<]*\/stream\/fake-token-1<\/Stream><Redirect method="POST">https:\/\/calls.example.com\/providers\/fake\/after-stream<\/Redirect><\/Response>/,
    );
    expect(body).not.toContain('audioTrack');
  });

  it('is connected with the agent at the address that was made for it', async () => {
    const { host, agent } = await talking();
    expect(host.dials.map(({ url }) => url.href)).toEqual([
      `wss://agent.example.net/${CALL}?from=%2B919000000002`,
    ]);
    expect(agent.received).toEqual([frame('start_nested_mulaw_8k')]);
    expect(host.eventsOf('call.status')).toMatchObject([{ status: 'IN_PROGRESS' }]);
  });

  it('is answered within the patience for the disk, however slow that is', async () => {
    const { host, post } = await start(AGENT);
    host.state.set = () => new Promise(() => {});
    const answered = post('answer', form('answer_minimal_fields'));
    await host.clock.advance(STATE_WRITE_TIMEOUT_MS);
    expect((await answered).body).toContain('<Stream bidirectional="true"');
  });

  it('is answered by a disk that takes nothing too, and the operator reads of it', async () => {
    const { host, answer } = await start(AGENT);
    host.state.set = () => Promise.reject(new Error('no space left'));
    expect(await answer()).toBe('stream/fake-token-1');
    expect(host.logs.map(({ level }) => level)).toContain('warn');
  });

  it('that is over needs nothing after its stream', async () => {
    const harness = await talking();
    await harness.post('hangup', form('hangup_normal_caller'));
    expect(await afterStream(harness)).toContain(NOTHING);
    expect(harness.host.state.entries.size).toBe(0);
  });
});

describe('a sound that is played to a call with an agent', () => {
  it('is confirmed by the callback that tells of its checkpoint, when the socket has not', async () => {
    const { host, provider, vobiz, post } = await talking();
    host.respond('GET', 'https://media.example.in/hold.wav', { bytes: wav(800) });
    const playing = provider.controls!.playAudio!(
      call,
      { url: 'https://media.example.in/hold.wav' },
      context,
    );
    await host.clock.settle();
    await vobiz.send(JSON.stringify({ event: 'clearedAudio', streamId: STREAM }));
    await host.clock.advance(2000);
    await playing;
    const sent = vobiz.received.map((text) => JSON.parse(String(text)) as { event: string; name?: string });
    const { name } = sent.find(({ event }) => event === 'checkpoint')!;
    await post('stream-status', form('stream_played'));
    expect(host.eventsOf('command.confirmed')).toEqual([]);
    await post('stream-status', { ...form('stream_played'), Name: name! });
    expect(host.eventsOf('command.confirmed')).toMatchObject([{ commandId: 'cmd_fake' }]);
  });
});

describe('after a stream', () => {
  it('that the agent ended, the call ends', async () => {
    const harness = await talking();
    harness.agent.close(1000);
    await harness.host.clock.settle();
    expect(harness.vobiz.received).toEqual([STOPPED]);
    expect(await afterStream(harness)).toContain(NOTHING);
  });

  it('that Vobiz has lost for good, the call gets it again a few times, and then the fallback', async () => {
    const harness = await talking(withFallback({ say: 'Please hold.', dial: '+918000000001' }));
    for (let count = 0; count < MAX_FURTHER_STREAMS; count++) {
      expect(await afterStream(harness)).toContain('<Stream bidirectional="true"');
    }
    expect(harness.host.eventsOf('notice')).toEqual([]);
    expect(await afterStream(harness)).toContain('<Stream bidirectional="false"');
    expect(harness.host.eventsOf('notice')).toMatchObject([{ code: 'VOBIZ_AGENT_STREAM_LOST' }]);
  });

  it.each<[object | undefined, RegExp]>([
    [
      { say: 'Please hold.', dial: '+918000000001' },
      /<Stream bidirectional="false" audioTrack="both" [^>]*>[^<]*<\/Stream><Speak [^>]*>Please hold.<\/Speak><Dial [^>]*><Number>\+918000000001<\/Number><\/Dial><\/Response>/,
    ],
    [{ dial: 'sip:desk@pbx.example.net' }, /<\/Stream><Dial [^>]*><User>sip:desk@pbx.example.net<\/User>/],
    [{ say: 'Please call later.' }, /<\/Stream><Speak [^>]*>Please call later.<\/Speak><\/Response>/],
    [undefined, /<Response><Hangup><\/Hangup><\/Response>/],
  ])('whose agent cannot be reached, the call goes on with the fallback %j', async (fallback, expected) => {
    const harness = await start({ ...AGENT, answer: { mode: 'agent', fallback } });
    harness.host.answerDials(() => {
      throw new FaultError('PROVIDER_UNREACHABLE', 'nobody is there');
    });
    const path = await harness.answer();
    const vobiz = harness.open(path);
    vobiz.onMessage(() => {});
    await vobiz.send(frame('start_nested_mulaw_8k'));
    await harness.host.clock.advance(60_000);
    expect(vobiz.received).toEqual([STOPPED]);
    expect(await afterStream(harness)).toMatch(expected);
    // What opens now is a fork, and nobody is dialled for it.
    const dials = harness.host.dials.length;
    await harness.open(path).send(frame('start_nested_mulaw_8k'));
    await harness.host.clock.settle();
    expect(harness.host.dials).toHaveLength(dials);
    expect(harness.host.streams.at(-1)?.endReason).toBeUndefined();
  });

  it('nothing is asked where there are no two-way streams', async () => {
    const { post } = await start();
    expect(await post('after-stream', form('redirect_url'))).toMatchObject({ status: 404 });
  });
});

describe('without keys', () => {
  it('a call can be ended by ending its stream', async () => {
    const harness = await talking(KEYLESS);
    await harness.provider.controls!.endCall!(call, {}, context);
    await harness.host.clock.settle();
    expect(harness.vobiz.received).toEqual([STOPPED]);
    expect(await afterStream(harness)).toContain(NOTHING);
    expect(harness.host.requests).toEqual([]);
  });

  it('a transfer starts when it is asked for what comes after the stream, once', async () => {
    const harness = await talking(KEYLESS);
    await harness.provider.controls!.transfer!(call, { ...NUMBER, content: 'I put you through.' }, context);
    await harness.host.clock.settle();
    expect(harness.vobiz.received).toEqual([STOPPED]);
    expect(harness.host.eventsOf('transfer.started')).toEqual([]);
    const xml = await afterStream(harness);
    expect(xml).toMatch(
      /<Stream bidirectional="false" [^>]*>[^<]*<\/Stream><Speak [^>]*>I put you through.<\/Speak><Dial [^>]*><Number>\+919000000003/,
    );
    expect(await afterStream(harness)).toBe(xml);
    expect(harness.host.eventsOf('transfer.started')).toMatchObject([
      { destination: '+919000000003', dedupeKey: 'transfer:cmd_fake' },
    ]);
  });

  it('what was ordered is forgotten with the call', async () => {
    const harness = await talking(KEYLESS);
    await harness.provider.controls!.endCall!(call, {}, context);
    await harness.post('hangup', form('hangup_end_of_xml'));
    expect(harness.host.state.entries.size).toBe(0);
  });

  it('what was ordered holds over a restart of the daemon', async () => {
    const before = await talking(KEYLESS);
    await before.provider.controls!.transfer!(call, NUMBER, context);
    const { clock, state } = before.host;
    await before.provider.stop(new AbortController().signal);
    const after = await start(KEYLESS, { clock, state });
    expect(await afterStream(after)).toContain('<Number>+919000000003</Number>');
    expect([...state.entries.keys()].filter((key) => key.startsWith('next/'))).toEqual([]);
  });

  it('what was ordered holds for a while, and its answer for a lost one a little longer', async () => {
    const harness = await talking(KEYLESS);
    await harness.provider.controls!.endCall!(call, {}, context);
    expect(await afterStream(harness)).toContain(NOTHING);
    await harness.host.clock.advance(NEXT_STEP_RETRY_MS);
    expect(await afterStream(harness)).toContain('<Stream bidirectional="true"');

    const late = await talking(KEYLESS);
    await late.provider.controls!.endCall!(call, {}, context);
    await late.host.clock.advance(NEXT_STEP_LIFETIME_MS);
    expect(await afterStream(late)).toContain('<Stream bidirectional="true"');
  });
});
