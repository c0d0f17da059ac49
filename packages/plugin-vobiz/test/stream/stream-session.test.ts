import { LATE_AUDIO_MS } from '@sidetone/plugin-kit';
import { describe, expect, it } from 'vitest';
import type { FakeHost, FakeSocket } from '@sidetone/testkit';
import { EARLY_MESSAGES_MS, MAX_EARLY_MESSAGES } from '../../src/stream/early-messages.ts';
import { IDLE_SOCKET_MS, NO_MEDIA_MS } from '../../src/stream/stream-session.ts';
import { start, type Harness } from '../harness.ts';
import { CALL, form, frame, STREAM } from '../samples.ts';

const signal = new AbortController().signal;

interface Streaming extends Harness {
  readonly peer: FakeSocket;
}

/** Starts an instance with an answered call, an open stream socket and demand for its audio. */
async function startOpen(options: object = {}): Promise<Streaming> {
  const harness = await start(options);
  harness.host.setDemand('audio', CALL, true);
  const peer = harness.open(await harness.answer());
  return { ...harness, peer };
}

async function startStreaming(options: object = {}): Promise<Streaming> {
  const streaming = await startOpen(options);
  await streaming.peer.send(frame('start_nested_mulaw_8k'));
  return streaming;
}

async function sendAll(peer: FakeSocket, ...names: readonly string[]): Promise<void> {
  for (const name of names) await peer.send(frame(name));
}

const media = (fields: object, streamId = STREAM): string =>
  JSON.stringify({ event: 'media', streamId, media: { payload: '//8=', ...fields } });

const written = (host: FakeHost, index = 0) =>
  host.streams[index]?.writes.map(({ party, bytes, positionMs }) => [party, bytes.length, positionMs]);

const counted = (host: FakeHost) =>
  host.logs.find(({ message }) => message === 'stream socket closed')?.fields;

describe('the start message', () => {
  it('opens a stream and reports the call as in progress', async () => {
    const { host } = await startStreaming();
    expect(host.streams[0]?.options).toEqual({
      providerCallId: CALL,
      providerStreamId: STREAM,
      encoding: 'mulaw',
      sampleRate: 8000,
      parties: ['CUSTOMER', 'ASSISTANT'],
    });
    expect(host.eventsOf('call.status')).toMatchObject([{ providerCallId: CALL, status: 'IN_PROGRESS' }]);
    host.verify();
  });

  it('in the older form reports the parties', async () => {
    const { host, post, open } = await start();
    const { body } = await post('answer', { ...form('answer_minimal_fields'), CallUUID: 'CALL_7h2k9' });
    const peer = open(/stream\/[^<]+/.exec(String(body))![0]);
    await peer.send(frame('start_flat_older_both_16k'));
    expect(host.eventsOf('call.started').at(-1)).toMatchObject({
      details: { direction: 'OUTBOUND', from: '+918000000001', to: '+919000000002' },
    });
    expect(host.streams[0]?.options).toMatchObject({ encoding: 'pcm_s16le', sampleRate: 16_000 });
  });

  it('without a format has the requested one', async () => {
    const { host, peer } = await startOpen({ contentType: 'audio/x-l16;rate=16000' });
    await peer.send(JSON.stringify({ event: 'start', streamId: STREAM }));
    expect(host.streams[0]?.options).toMatchObject({ encoding: 'pcm_s16le', sampleRate: 16_000 });
  });

  it('of another call closes the socket', async () => {
    const { host, peer } = await startOpen();
    await peer.send(JSON.stringify({ event: 'start', start: { callId: 'other-call', streamId: STREAM } }));
    expect(peer.closing?.code).toBe(1008);
    expect(host.streams).toEqual([]);
    expect(host.eventsOf('call.status')).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });

  it('is ignored if repeated, and opens a new stream if it names another one', async () => {
    const { host, peer } = await startOpen();
    await sendAll(peer, 'seq04_start_first', 'seq04_start_duplicate_same_stream');
    expect(host.streams).toHaveLength(1);
    await peer.send(JSON.stringify({ event: 'start', start: { callId: CALL, streamId: 'another' } }));
    expect(host.streams).toHaveLength(2);
    expect(host.streams[0]?.endReason).toBe('another stream was started on its socket');
  });

  it('with an unsupported format is logged, and has no other effect', async () => {
    const { host, peer } = await startOpen();
    const mediaFormat = { encoding: 'audio/opus', sampleRate: 48_000 };
    await peer.send(
      JSON.stringify({ event: 'start', start: { callId: CALL, streamId: STREAM, mediaFormat } }),
    );
    await peer.send(media({}));
    expect(host.streams).toEqual([]);
    expect(host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('closes the socket if it is not received in time', async () => {
    const { host, peer } = await startOpen();
    await host.clock.advance(IDLE_SOCKET_MS);
    expect(peer.closing?.code).toBe(1008);
    expect(host.clock.pending).toBe(0);
  });
});

describe('audio', () => {
  it('of each track is written for its party at its position', async () => {
    const { host, peer } = await startStreaming();
    await sendAll(peer, 'seq01_both_inbound', 'seq01_both_outbound', 'seq01_both_inbound_next');
    expect(written(host)).toEqual([
      ['CUSTOMER', 160, 0],
      ['ASSISTANT', 160, 0],
      ['CUSTOMER', 160, 20],
    ]);
    host.verify();
  });

  it('is counted but not decoded without demand, and keeps its position', async () => {
    const { host, peer } = await startStreaming();
    host.setDemand('audio', CALL, false);
    await sendAll(peer, 'seq01_both_inbound', 'seq01_both_outbound');
    expect(written(host)).toEqual([]);
    expect(host.streams[0]?.skips).toEqual([160, 160]);
    host.setDemand('levels', CALL, true);
    await sendAll(peer, 'seq01_both_inbound_next');
    expect(written(host)).toEqual([['CUSTOMER', 160, 20]]);
    expect(host.streams[0]?.gaps).toEqual([]);
  });

  it('before the start is written after it, up to a limit', async () => {
    const { host, peer } = await startOpen();
    await sendAll(peer, 'seq02_media_before_start', 'seq02_start_late', 'seq02_media_after_start');
    expect(written(host)).toEqual([
      ['CUSTOMER', 160, 0],
      ['CUSTOMER', 160, 20],
    ]);
    const { host: flooded, peer: flooding } = await startOpen();
    for (let chunk = 1; chunk <= MAX_EARLY_MESSAGES + 5; chunk++) await flooding.send(media({ chunk }));
    await flooding.send(frame('start_nested_mulaw_8k'));
    expect(flooded.streams[0]?.writes).toHaveLength(MAX_EARLY_MESSAGES);
    flooding.close();
    await flooded.clock.settle();
    expect(counted(flooded)).toMatchObject({ early: 5 });
  });

  it('long before the start is dropped', async () => {
    const { host, peer } = await startOpen();
    await peer.send(frame('seq02_media_before_start'));
    await host.clock.advance(EARLY_MESSAGES_MS);
    await peer.send(frame('seq02_start_late'));
    expect(written(host)).toEqual([]);
  });

  it('that is missing is a gap; repeated and late frames are dropped', async () => {
    const { host, peer } = await startStreaming();
    await sendAll(peer, 'seq03_chunk_gap_first', 'seq03_chunk_gap_second_after_loss');
    await sendAll(peer, 'seq03_chunk_repeated', 'seq03_chunk_out_of_order');
    expect(written(host)).toHaveLength(2);
    expect(host.streams[0]?.gaps).toEqual([{ party: 'CUSTOMER', durationMs: 120, frames: 6 }]);
    peer.close();
    await host.clock.settle();
    expect(counted(host)).toMatchObject({ repeated: 2 });
  });

  it.each([
    'media_bad_base64',
    'media_empty_payload',
    'media_payload_not_a_string',
    'media_without_media_object',
  ])('with an invalid payload is a gap of one frame: %s', async (name) => {
    const { host, peer } = await startStreaming();
    await peer.send(frame(name));
    expect(written(host)).toEqual([]);
    expect(host.streams[0]?.gaps).toEqual([{ party: 'CUSTOMER', durationMs: 20, frames: 1 }]);
    peer.close();
    await host.clock.settle();
    expect(counted(host)).toMatchObject({ badPayload: 1 });
    host.verify();
  });

  it('is accepted without padding and in frames of other lengths', async () => {
    const { host, peer } = await startStreaming();
    await sendAll(peer, 'media_60ms_long_frame', 'media_base64_without_padding');
    expect(written(host)).toMatchObject([
      ['CUSTOMER', 480, 0],
      ['CUSTOMER', 160, 80],
    ]);
  });

  it('of 16 bits loses half a sample at the end', async () => {
    const { host, peer } = await startOpen({ l16ByteOrder: 'le' });
    await sendAll(peer, 'start_nested_rate_as_string', 'media_odd_length_l16');
    expect(host.streams[0]?.writes[0]?.bytes.length).toBe(318);
    host.verify();
  });

  it('of 16 bits is byte-swapped if configured', async () => {
    const little = await startOpen({ l16ByteOrder: 'le' });
    await sendAll(little.peer, 'start_nested_rate_as_string', 'media_current_l16_8k_tone');
    const big = await startOpen({ l16ByteOrder: 'be' });
    await sendAll(big.peer, 'start_nested_rate_as_string', 'media_current_l16_8k_tone_be');
    expect(big.host.streams[0]?.writes[0]?.bytes).toEqual(little.host.streams[0]?.writes[0]?.bytes);
  });

  it('of another stream is dropped', async () => {
    const { host, peer } = await startStreaming();
    await sendAll(peer, 'media_other_stream_id', 'stop_other_stream_id');
    expect(written(host)).toEqual([]);
    expect(host.streams[0]?.endReason).toBeUndefined();
  });

  it('without a track belongs to the only track of the stream', async () => {
    const { host, peer } = await startStreaming();
    await peer.send(frame('media_missing_track_timestamp_chunk'));
    expect(written(host)).toEqual([['CUSTOMER', 160, undefined]]);
  });

  it('without a track, in a stream of both, belongs to an unknown party', async () => {
    const { host, peer } = await startOpen();
    const flat = { event: 'start', streamId: STREAM, callId: CALL, audioTrack: 'both' };
    await peer.send(JSON.stringify({ ...flat, contentType: 'audio/x-mulaw;rate=8000' }));
    await sendAll(peer, 'media_older_mulaw', 'seq01_both_inbound');
    expect(host.streams.map(({ options }) => options.parties)).toEqual([
      ['CUSTOMER', 'ASSISTANT'],
      ['UNKNOWN'],
    ]);
    expect(written(host, 1)).toEqual([['UNKNOWN', 160, 0]]);
    host.verify();
  });
});

describe('a stream without audio', () => {
  const silent = (host: FakeHost) =>
    host.eventsOf('notice').filter(({ code }) => code === 'VOBIZ_STREAM_WITHOUT_MEDIA');

  it('is reported', async () => {
    const { host } = await startStreaming();
    await host.clock.advance(NO_MEDIA_MS - 1);
    expect(silent(host)).toEqual([]);
    await host.clock.advance(1);
    expect(silent(host)).toMatchObject([{ providerCallId: CALL, dedupeKey: 'VOBIZ_STREAM_WITHOUT_MEDIA' }]);
  });

  it.each<[string, (streaming: Streaming) => Promise<void> | void]>([
    ['there is audio', ({ peer }) => peer.send(media({}))],
    ['the socket is closed', ({ peer }) => peer.close(1000)],
    ['the stream is stopped', ({ peer }) => peer.send(frame('stop_older_call_ended'))],
    ['the provider stops', ({ provider }) => provider.stop(signal)],
  ])('is not reported if %s', async (_what, act) => {
    const streaming = await startStreaming();
    await act(streaming);
    await streaming.host.clock.advance(NO_MEDIA_MS * 2);
    expect(silent(streaming.host)).toEqual([]);
  });

  it('is not reported if its audio arrived before the start', async () => {
    const { host, peer } = await startOpen();
    await peer.send(media({}));
    await peer.send(frame('start_nested_mulaw_8k'));
    await host.clock.advance(NO_MEDIA_MS);
    expect(silent(host)).toEqual([]);
  });
});

describe('other messages', () => {
  it('report DTMF digits', async () => {
    const { host, peer } = await startStreaming();
    await sendAll(peer, 'dtmf_plivo_shape', 'dtmf_flat_digit', 'dtmf_missing_digit');
    expect(host.eventsOf('dtmf')).toMatchObject([
      { digits: '5', occurredAt: 1_790_000_001_500, dedupeKey: `dtmf:${STREAM}:88` },
      { digits: '#', occurredAt: host.clock.now() },
    ]);
  });

  it('are counted if they are invalid, and never stop the stream', async () => {
    const { host, peer } = await startStreaming();
    await sendAll(peer, 'raw_truncated_json', 'event_not_a_string', 'error_hypothetical', 'played_stream');
    await peer.send(new Uint8Array([1, 2, 3]));
    await peer.send(frame('seq01_both_inbound'));
    expect(written(host)).toHaveLength(1);
    peer.close();
    await host.clock.settle();
    expect(counted(host)).toMatchObject({ malformed: 2, unknown: 1, errors: 1 });
  });
});

describe('the end of a stream', () => {
  it('is its stop or the close of the socket, but never the end of the call', async () => {
    const { host, peer } = await startStreaming();
    await sendAll(peer, 'seq06_stop_first', 'seq06_stop_duplicate', 'seq06_media_after_stop');
    expect(host.streams[0]?.endReason).toBe('call_ended');
    peer.close();
    await host.clock.settle();
    expect(host.streams).toMatchObject([{ endReason: 'call_ended', lateWrites: 0, writes: [] }]);
    expect(host.eventsOf('call.ended')).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });

  it('does not affect the next stream of its socket', async () => {
    const { host, peer } = await startStreaming();
    await sendAll(peer, 'seq06_stop_first', 'seq06_media_after_stop');
    await peer.send(JSON.stringify({ event: 'start', start: { callId: CALL, streamId: 'second' } }));
    expect(host.streams).toHaveLength(2);
    expect(written(host, 1)).toEqual([]);
  });

  it('without a stop is the close, with its code', async () => {
    const { host, peer } = await startStreaming();
    peer.cut();
    await host.clock.settle();
    expect(host.streams[0]?.endReason).toBe('the stream socket closed with 1006');
  });

  it('closes the socket if Vobiz does not close it', async () => {
    const { host, peer } = await startStreaming();
    await peer.send(frame('seq06_stop_first'));
    await host.clock.advance(IDLE_SOCKET_MS);
    expect(peer.closing?.code).toBe(1000);
  });

  it('follows the end of the call, which also revokes the token', async () => {
    const { host, peer, post, open, answer } = await startStreaming();
    const path = await answer();
    await post('hangup', form('hangup_normal_caller'));
    expect(() => open(path)).toThrow('not admitted: 404');
    expect(host.state.entries.size).toBe(0);
    await host.clock.advance(LATE_AUDIO_MS - 1);
    expect(peer.closing).toBeUndefined();
    await host.clock.advance(1);
    expect(peer.closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('the call ended');
    expect(host.eventsOf('notice')).toEqual([]);
  });

  it('after the end of the call follows the last audio, and the close by Vobiz', async () => {
    const { host, peer, post } = await startStreaming();
    await peer.send(media({ track: 'inbound', chunk: 1 }));
    await post('hangup', form('hangup_normal_caller'));
    await host.clock.advance(3000);
    await peer.send(media({ track: 'inbound', chunk: 2 }));
    expect(written(host)).toHaveLength(2);
    peer.close(1000);
    await host.clock.settle();
    expect(host.streams[0]?.endReason).toBe('the stream socket closed with 1000');
  });

  it('follows the end of the call at once without a start', async () => {
    const { peer, post } = await startOpen();
    await post('hangup', form('hangup_normal_caller'));
    expect(peer.closing?.code).toBe(1000);
  });

  it('follows a stop of the instance, which leaves no timer', async () => {
    const { host, peer, provider } = await startStreaming();
    const { peer: waiting } = await startOpen();
    await provider.stop(signal);
    expect(peer.closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('the provider stopped');
    expect(host.clock.pending).toBe(0);
    expect(waiting.closing).toBeUndefined();
  });
});

describe('a reconnect', () => {
  it('opens a new stream of the same call', async () => {
    const { host, peer, open, answer } = await startStreaming();
    peer.cut();
    const again = open(await answer());
    await again.send(JSON.stringify({ event: 'start', start: { callId: CALL, streamId: 'second' } }));
    expect(host.streams.map(({ options }) => options.providerStreamId)).toEqual([STREAM, 'second']);
    host.verify();
  });

  it('is admitted after a restart of the daemon', async () => {
    const before = await startStreaming();
    const path = await before.answer();
    await before.provider.stop(signal);
    const { clock, state } = before.host;
    const { host, open } = await start({}, { clock, state });
    await open(path).send(frame('start_nested_mulaw_8k'));
    expect(host.streams).toHaveLength(1);
  });
});
