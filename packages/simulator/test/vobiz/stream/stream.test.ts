import { describe, expect, it, vi } from 'vitest';
import { decodeMulaw } from '../../../src/audio/mulaw.ts';
import type { ReceivedStream } from '../../support/application.ts';
import { rms, samplesOf } from '../../support/signal.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

interface Media {
  readonly sequenceNumber: number;
  readonly media: {
    readonly track: string;
    readonly timestamp: string;
    readonly chunk: number;
    readonly payload: string;
  };
}

const answerWith = (
  { application }: Setup,
  attributes: string,
  more = '<Dial>+919000000002</Dial>',
): void => {
  application.answer = () =>
    `<Response><Stream ${attributes}>\n  ${application.wsUrl}/tap?token=a&amp;role=tap\n</Stream>${more}</Response>`;
};

const mediaOf = (stream: ReceivedStream | undefined): Media[] =>
  (stream?.messages ?? []).filter(({ event }) => event === 'media') as unknown as Media[];

const callbacks = ({ application }: Setup): string[] =>
  application.requests.flatMap(({ path, body }) =>
    path === '/status' ? [new URLSearchParams(body).get('Event') ?? ''] : [],
  );

const statusTo = ({ application }: Setup): string => `statusCallbackUrl="${application.url}/status"`;

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a one-way stream', () => {
  it('sends start in the nested format to the URL in its element', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, 'audioTrack="both" contentType="audio/x-mulaw;rate=8000"');
    const call = setup.simulator.startCall({ provider: 'vobiz', script: 'hello' });
    const stream = await setup.application.until('a stream', () => setup.application.streams[0]);
    const start = await setup.application.until('its start', () => stream.messages[0]);
    expect(stream.path).toBe('/tap?token=a&role=tap');
    expect(start).toEqual({
      sequenceNumber: 0,
      event: 'start',
      start: {
        callId: call.id,
        streamId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        accountId: '512345',
        tracks: ['inbound', 'outbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000 },
      },
      extra_headers: '{}',
    });
  });

  it('carries the caller on `inbound` and the callee on `outbound`, numbered and in real time', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, 'audioTrack="both" contentType="audio/x-l16;rate=16000"');
    const call = setup.simulator.startCall({ provider: 'vobiz', script: 'hello' });
    const { createdAt, transcript } = await call.over;
    const media = mediaOf(setup.application.streams[0]);
    expect(media.map(({ sequenceNumber }) => sequenceNumber)).toEqual(media.map((_, index) => index + 1));
    expect(media.every(({ sequenceNumber, media: { chunk } }) => chunk === sequenceNumber)).toBe(true);
    for (const [track, speaker] of [
      ['inbound', 'customer'],
      ['outbound', 'assistant'],
    ] as const) {
      const frames = media.filter((message) => message.media.track === track).map((message) => message.media);
      const times = frames.map(({ timestamp }) => Number(timestamp));
      expect(times.slice(1).every((time, index) => time - (times[index] ?? 0) === 20)).toBe(true);
      const loud = frames.filter(({ payload }) => rms(samplesOf(Buffer.from(payload, 'base64'))) > 300);
      expect(loud.length).toBeGreaterThan(30);
      const spans = transcript.filter((heard) => heard.speaker === speaker);
      for (const { timestamp } of loud) {
        const atMs = Number(timestamp) - createdAt;
        expect(spans.some(({ startMs, endMs }) => atMs >= startMs && atMs <= endMs + 20)).toBe(true);
      }
    }
  });

  it('carries decodable speech in mu-law', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, 'audioTrack="both" contentType="audio/x-mulaw;rate=8000"');
    await setup.simulator.startCall({ provider: 'vobiz', script: 'hello' }).over;
    const outbound = mediaOf(setup.application.streams[0]).filter(({ media }) => media.track === 'outbound');
    const frames = outbound.map(({ media }) => decodeMulaw(Buffer.from(media.payload, 'base64')));
    expect(frames.every(({ length }) => length === 160)).toBe(true);
    expect(frames.filter((frame) => rms(frame) > 300).length).toBeGreaterThan(80);
  });

  it('carries only the caller by default', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, '');
    await setup.simulator.startCall({ provider: 'vobiz', script: 'brief' }).over;
    expect(new Set(mediaOf(setup.application.streams[0]).map(({ media }) => media.track))).toEqual(
      new Set(['inbound']),
    );
  });

  it('has the format of the older page with startShape flat, and sends stop', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, 'audioTrack="inbound" contentType="audio/x-l16;rate=8000"');
    const behaviour = { startShape: 'flat', mediaShape: 'older', sendStop: true } as const;
    const call = setup.simulator.startCall({ provider: 'vobiz', script: 'brief', behaviour });
    await call.over;
    const [start, media] = setup.application.streams[0]?.messages ?? [];
    const streamId = start?.['streamId'];
    expect(start).toEqual({
      event: 'start',
      streamId: expect.any(String),
      accountId: 'MA_DEMO',
      callId: call.id,
      from: expect.stringMatching(/^\+91/),
      to: expect.stringMatching(/^\+91/),
      direction: 'inbound',
      contentType: 'audio/x-l16;rate=8000',
      audioTrack: 'inbound',
    });
    expect(media).toEqual({
      event: 'media',
      streamId,
      media: {
        payload: expect.any(String),
        contentType: 'audio/x-l16',
        sampleRate: 8_000,
        timestamp: expect.any(Number),
      },
    });
    expect(setup.application.streams[0]?.messages.at(-1)).toEqual({
      event: 'stop',
      streamId,
      reason: 'call_ended',
    });
  });

  it('connects after connectDelayMs and closes before the hangup webhook', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, '');
    const call = setup.simulator.startCall({
      provider: 'vobiz',
      script: 'brief',
      behaviour: { connectDelayMs: 400 },
    });
    const question = await setup.application.until('the question', () => setup.application.requests[0]);
    await setup.application.until('a stream', () => setup.application.streams[0]);
    expect(Date.now() - question.at).toBeGreaterThan(350);
    await call.over;
    const stream = setup.application.streams[0];
    expect(stream?.closeCode).toBe(1000);
    expect(stream?.messages.at(-1)).toMatchObject({ event: 'media' });
    const hangup = setup.application.requests.find(({ body }) => body.includes('Event=Hangup'));
    expect(stream?.closedAt).toBeLessThanOrEqual(hangup?.at ?? 0);
  });

  it('reconnects as often as its element says when it is rejected, and the call continues', async (context) => {
    const setup = await createSetup(context);
    setup.application.acceptStreams = false;
    answerWith(setup, 'maxRetries="2"');
    const { endedReason, streams, transcript } = await setup.simulator.startCall({
      provider: 'vobiz',
      script: 'brief',
    }).over;
    expect(setup.application.requests.filter(({ method }) => method === 'UPGRADE')).toHaveLength(3);
    expect(streams.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect([endedReason, transcript.length]).toEqual(['4000', 2]);
  });

  it('reconnects as a new stream of the same call when it is lost', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, `maxRetries="1" ${statusTo(setup)}`);
    const call = setup.simulator.startCall({ provider: 'vobiz', script: 'brief' });
    const first = await setup.application.until(
      'a frame',
      () => mediaOf(setup.application.streams[0]).length > 0 && setup.application.streams[0],
    );
    first.socket.terminate();
    const second = await setup.application.until(
      'a second start',
      () => setup.application.streams[1]?.messages[0],
    );
    const ids = [first.messages[0], second].map(
      (message) => message?.['start'] as { callId: string; streamId: string },
    );
    expect(ids.map(({ callId }) => callId)).toEqual([call.id, call.id]);
    expect(ids[0]?.streamId).not.toBe(ids[1]?.streamId);
    await call.over;
    expect(callbacks(setup)).toEqual(['StartStream', 'DroppedStream', 'StartStream']);
  });

  it('ends at its timeout, and the call continues', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, 'streamTimeout="1"');
    const { endedReason, streams } = await setup.simulator.startCall({ provider: 'vobiz', script: 'brief' })
      .over;
    expect(streams).toMatchObject([{ status: 'closed', framesSent: 50 }]);
    expect(endedReason).toBe('4000');
  });

  it('ignores messages of the application', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, '');
    const call = setup.simulator.startCall({ provider: 'vobiz', script: 'brief' });
    const stream = await setup.application.until(
      'a frame',
      () => mediaOf(setup.application.streams[0]).length > 0 && setup.application.streams[0],
    );
    stream.socket.send('{"event":"stop"}');
    stream.socket.send('no JSON');
    const count = stream.messages.length;
    await setup.application.until('more frames', () => stream.messages.length > count + 10);
    expect(call.state().streams).toMatchObject([{ status: 'open' }]);
  });
});

describe.concurrent('a two-way stream', () => {
  it('holds the call until it is stopped, then the next verb runs', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, `bidirectional="true" keepCallAlive="true" ${statusTo(setup)}`, '<Hangup/>');
    const call = setup.simulator.startCall({ provider: 'vobiz', script: 'hello' });
    const stream = await setup.application.until(
      'a frame',
      () => mediaOf(setup.application.streams[0]).length > 20 && setup.application.streams[0],
    );
    expect(call.state().status).toBe('in-progress');
    const streamId = (stream.messages[0]?.['start'] as { streamId: string } | undefined)?.streamId;
    stream.socket.send(JSON.stringify({ event: 'stop', streamId }));
    const { endedReason } = await call.over;
    expect([endedReason, stream.closeCode]).toEqual(['4000', 1000]);
    expect(setup.application.forms('Hangup')[0]).toMatchObject({ HangupSource: 'Answer XML' });
    expect(callbacks(setup)).toEqual(['StartStream', 'StopStream']);
  });

  it('carries the caller, without a callee', async (context) => {
    const setup = await createSetup(context);
    answerWith(setup, 'bidirectional="true" keepCallAlive="true"', '');
    const { transcript, endedReason } = await setup.simulator.startCall({
      provider: 'vobiz',
      script: 'hello',
    }).over;
    expect(transcript.map(({ text }) => text)).toEqual(['When do you close?']);
    expect(endedReason).toBe('4000');
  });
});
