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
const EMPTY = '<Response></Response>';
const call = createControlledCall(CALL);
const context = createCommandContext();
const NUMBER = { number: '+919000000003' };

const withFallback = (fallback: object) => ({ ...AGENT, answer: { mode: 'agent', fallback } });

/** Starts a call with an open stream and a connected agent. */
async function startConnected(options: object = AGENT) {
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

describe('agent mode', () => {
  it('answers with a two-way stream and a redirect to the next step', async () => {
    const { post } = await start(AGENT);
    const { body } = await post('answer', form('answer_minimal_fields'));
    expect(body).toMatch(
      /<Response><Stream bidirectional="true" keepCallAlive="true" [^>]*maxRetries="10"[^>]*>wss:[^<]*\/stream\/fake-token-1<\/Stream><Redirect method="POST">https:\/\/calls.example.com\/providers\/fake\/after-stream<\/Redirect><\/Response>/,
    );
    expect(body).not.toContain('audioTrack');
  });

  it('dials the agent at the URL of the call', async () => {
    const { host, agent } = await startConnected();
    expect(host.dials.map(({ url }) => url.href)).toEqual([
      `wss://agent.example.net/${CALL}?from=%2B919000000002`,
    ]);
    expect(agent.received).toEqual([frame('start_nested_mulaw_8k')]);
    expect(host.eventsOf('call.status')).toMatchObject([{ status: 'IN_PROGRESS' }]);
  });

  it('answers within the timeout of a state write while the disk hangs', async () => {
    const { host, post } = await start(AGENT);
    host.state.set = () => new Promise(() => {});
    const answered = post('answer', form('answer_minimal_fields'));
    await host.clock.advance(STATE_WRITE_TIMEOUT_MS);
    expect((await answered).body).toContain('<Stream bidirectional="true"');
  });

  it('answers and logs a warning if the state cannot be written', async () => {
    const { host, answer } = await start(AGENT);
    host.state.set = () => Promise.reject(new Error('no space left'));
    expect(await answer()).toBe('stream/fake-token-1');
    expect(host.logs.map(({ level }) => level)).toContain('warn');
  });

  it('answers with an empty document after the stream of an ended call', async () => {
    const harness = await startConnected();
    await harness.post('hangup', form('hangup_normal_caller'));
    expect(await afterStream(harness)).toContain(EMPTY);
    expect(harness.host.state.entries.size).toBe(0);
  });
});

describe('a sound played to a call with an agent', () => {
  it('is confirmed by a status callback if the socket sends no checkpoint', async () => {
    const { host, provider, vobiz, post } = await startConnected();
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

describe('the step after a stream', () => {
  it('ends the call if the agent ended the stream', async () => {
    const harness = await startConnected();
    harness.agent.close(1000);
    await harness.host.clock.settle();
    expect(harness.vobiz.received).toEqual([STOPPED]);
    expect(await afterStream(harness)).toContain(EMPTY);
  });

  it('restarts a lost stream a limited number of times, then uses the fallback', async () => {
    const harness = await startConnected(withFallback({ say: 'Please hold.', dial: '+918000000001' }));
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
  ])('uses the fallback %j if the agent cannot be reached', async (fallback, expected) => {
    const harness = await start({ ...AGENT, answer: { mode: 'agent', fallback } });
    harness.host.answerDials(() => {
      throw new FaultError('PROVIDER_UNREACHABLE', 'no agent there');
    });
    const path = await harness.answer();
    const vobiz = harness.open(path);
    vobiz.onMessage(() => {});
    await vobiz.send(frame('start_nested_mulaw_8k'));
    await harness.host.clock.advance(60_000);
    expect(vobiz.received).toEqual([STOPPED]);
    expect(await afterStream(harness)).toMatch(expected);
    // A socket that opens now is one-way, and no agent is dialled for it.
    const dials = harness.host.dials.length;
    await harness.open(path).send(frame('start_nested_mulaw_8k'));
    await harness.host.clock.settle();
    expect(harness.host.dials).toHaveLength(dials);
    expect(harness.host.streams.at(-1)?.endReason).toBeUndefined();
  });

  it('is not found without two-way streams', async () => {
    const { post } = await start();
    expect(await post('after-stream', form('redirect_url'))).toMatchObject({ status: 404 });
  });
});

describe('agent mode without keys', () => {
  it('ends a call by ending its stream', async () => {
    const harness = await startConnected(KEYLESS);
    await harness.provider.controls!.endCall!(call, {}, context);
    await harness.host.clock.settle();
    expect(harness.vobiz.received).toEqual([STOPPED]);
    expect(await afterStream(harness)).toContain(EMPTY);
    expect(harness.host.requests).toEqual([]);
  });

  it('starts a transfer once, when the step after the stream is requested', async () => {
    const harness = await startConnected(KEYLESS);
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

  it('deletes the next step when the call ends', async () => {
    const harness = await startConnected(KEYLESS);
    await harness.provider.controls!.endCall!(call, {}, context);
    await harness.post('hangup', form('hangup_end_of_xml'));
    expect(harness.host.state.entries.size).toBe(0);
  });

  it('keeps the next step across a restart', async () => {
    const before = await startConnected(KEYLESS);
    await before.provider.controls!.transfer!(call, NUMBER, context);
    const { clock, state } = before.host;
    await before.provider.stop(new AbortController().signal);
    const after = await start(KEYLESS, { clock, state });
    expect(await afterStream(after)).toContain('<Number>+919000000003</Number>');
    expect([...state.entries.keys()].filter((key) => key.startsWith('next/'))).toEqual([]);
  });

  it('expires the next step, and the repeated response to it', async () => {
    const harness = await startConnected(KEYLESS);
    await harness.provider.controls!.endCall!(call, {}, context);
    expect(await afterStream(harness)).toContain(EMPTY);
    await harness.host.clock.advance(NEXT_STEP_RETRY_MS);
    expect(await afterStream(harness)).toContain('<Stream bidirectional="true"');

    const late = await startConnected(KEYLESS);
    await late.provider.controls!.endCall!(call, {}, context);
    await late.host.clock.advance(NEXT_STEP_LIFETIME_MS);
    expect(await afterStream(late)).toContain('<Stream bidirectional="true"');
  });
});
