import { decodeMulaw } from '@sidetone/core';
import { SOUND_TIMEOUT_MS } from '@sidetone/plugin-kit';
import { NEVER } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { LEAD_MS, CHECKPOINT_TIMEOUT_MS } from '../../src/relay/sound-player.ts';
import {
  CALL_ID,
  CLEAR,
  CLEARED,
  command,
  confirmed,
  eventsAt,
  FRAME,
  media,
  out,
  say,
  signal,
  START,
  startRelay,
  STOP,
  deliver,
  wav,
  type OpenRelay,
  type RelayOptions,
} from './relay-harness.ts';
import { CALL, frame, STREAM } from '../samples.ts';

const SOUND = 'https://media.example.in/hold.wav';

interface Played {
  readonly event: string;
  readonly name?: string;
  readonly media?: { readonly contentType: string; readonly sampleRate: number; readonly payload: string };
}
const sent = ({ vobiz }: OpenRelay): readonly Played[] =>
  vobiz.received.map((text) => JSON.parse(String(text)) as Played);
const audio = (relay: OpenRelay): readonly Played[] =>
  sent(relay).filter(({ event }) => event === 'playAudio');
const checkpoints = (relay: OpenRelay): readonly string[] =>
  sent(relay).flatMap(({ event, name }) => (event === 'checkpoint' ? [name!] : []));

/** Starts a relay and plays a sound of `samples` at 8 kHz. */
async function startPlaying(samples: number, options: RelayOptions = {}, start = START): Promise<OpenRelay> {
  const open = await startRelay(options, start);
  open.host.respond('GET', SOUND, { bytes: wav(samples) });
  void open.relay().playSound(SOUND, command('play'), signal);
  await open.host.clock.settle();
  return open;
}

describe('playSound', () => {
  it('plays in real time, slightly ahead, once the agent’s audio is cleared', async () => {
    const open = await startPlaying(8000);
    const { host, vobiz } = open;
    expect(vobiz.received).toEqual([CLEAR]);
    await deliver(host, vobiz, CLEARED);
    expect(audio(open)).toHaveLength(1 + LEAD_MS / 20);
    await host.clock.advance(100);
    expect(audio(open)).toHaveLength(6 + LEAD_MS / 20);
    await host.clock.advance(2000);
    expect(audio(open)).toHaveLength(50);
    expect(eventsAt(vobiz).at(-1)).toBe('checkpoint');
    expect(open.agent().received).toEqual([START]);
    expect(host.clock.pending).toBe(0);
    host.verify();
  });

  it('sends audio in the format of the stream', async () => {
    const open = await startPlaying(160);
    await deliver(open.host, open.vobiz, CLEARED);
    const [first] = audio(open);
    const sample = JSON.parse(out('play_audio_mulaw_60ms')) as object;
    expect(Object.keys(first!)).toEqual(Object.keys(sample));
    expect(first).toMatchObject({
      streamId: STREAM,
      media: { contentType: 'audio/x-mulaw', sampleRate: 8000 },
    });
    const samples = decodeMulaw(Buffer.from(first!.media!.payload, 'base64'));
    expect(samples).toHaveLength(160);
    expect(samples.every((value) => Math.abs(value - 1000) < 40)).toBe(true);
    const mark = sent(open).at(-1)!;
    expect(Object.keys(mark)).toEqual(Object.keys(JSON.parse(out('checkpoint')) as object));
    expect(JSON.parse(CLEAR)).toEqual(JSON.parse(out('clear_audio')));
    expect(JSON.parse(STOP)).toEqual(JSON.parse(out('stop')));
  });

  it.each([
    ['auto', 'readInt16LE'],
    ['le', 'readInt16LE'],
    ['be', 'readInt16BE'],
  ] as const)('sends 16-bit audio with byte order %s for %s', async (byteOrder, read) => {
    const open = await startPlaying(160, { byteOrder }, frame('start_nested_rate_as_string'));
    await deliver(open.host, open.vobiz, CLEARED);
    const { media: played } = audio(open)[0]!;
    expect(played).toMatchObject({ contentType: 'audio/x-l16', sampleRate: 16_000 });
    const bytes = Buffer.from(played!.payload, 'base64');
    expect(bytes).toHaveLength(640);
    expect(Math.abs(bytes[read](320) - 1000)).toBeLessThan(10);
  });

  it('plays after a timeout if Vobiz does not confirm the clear', async () => {
    const open = await startPlaying(160);
    await open.host.clock.advance(999);
    expect(audio(open)).toHaveLength(0);
    await open.host.clock.advance(1);
    expect(audio(open)).toHaveLength(1);
  });

  it('is confirmed by its checkpoint, which is not forwarded to the agent', async () => {
    const open = await startPlaying(160);
    const { host, vobiz, agent } = open;
    await deliver(host, vobiz, CLEARED);
    expect(confirmed(host)).toEqual([]);
    await deliver(host, vobiz, JSON.stringify({ event: 'playedStream', name: checkpoints(open)[0] }));
    await deliver(host, vobiz, frame('played_stream'));
    expect(confirmed(host)).toEqual(['cmd_play']);
    expect(agent().received).toEqual([START, frame('played_stream')]);
    await deliver(host, agent(), say(FRAME));
    expect(vobiz.received.at(-1)).toBe(say(FRAME));
    expect(host.clock.pending).toBe(0);
  });

  it('is confirmed by a status callback, also after the stream ended', async () => {
    const open = await startPlaying(160);
    const { host, vobiz, relays } = open;
    await deliver(host, vobiz, CLEARED);
    const [name] = checkpoints(open);
    relays.statusCallback({ callId: CALL, event: 'PlayedStream', streamId: STREAM, name: 'turn-7-end' });
    relays.statusCallback({ callId: CALL, event: 'StopStream', streamId: STREAM, name: name! });
    expect(confirmed(host)).toEqual([]);
    vobiz.cut();
    await host.clock.settle();
    relays.statusCallback({ callId: CALL, event: 'PlayedStream', streamId: STREAM, name: name! });
    expect(confirmed(host)).toEqual(['cmd_play']);
  });

  it('ends with a status callback', async () => {
    const open = await startPlaying(160);
    const { host, vobiz, relays, agent } = open;
    await deliver(host, vobiz, CLEARED);
    const [name] = checkpoints(open);
    relays.statusCallback({ callId: CALL, event: 'PlayedStream', streamId: STREAM, name: name! });
    await deliver(host, agent(), say(FRAME));
    expect(vobiz.received.at(-1)).toBe(say(FRAME));
    expect(host.clock.pending).toBe(0);
  });

  it('drops audio and clears of the agent until it ends', async () => {
    const open = await startPlaying(160);
    const { host, vobiz, agent } = open;
    await deliver(host, agent(), say(FRAME));
    await deliver(host, vobiz, CLEARED);
    await deliver(host, agent(), say(FRAME), CLEAR, out('checkpoint'));
    expect(eventsAt(vobiz)).toEqual(['clearAudio', 'playAudio', 'checkpoint', 'checkpoint']);
    expect(agent().received).toEqual([START, CLEARED]);
    await host.clock.advance(CHECKPOINT_TIMEOUT_MS);
    await deliver(host, agent(), say(FRAME));
    expect(vobiz.received.at(-1)).toBe(say(FRAME));
    vobiz.close();
    await host.clock.settle();
    expect(host.logs.find(({ message }) => message === 'relay closed')?.fields).toMatchObject({
      droppedAgentAudio: 2,
    });
  });

  it('queues a second sound, with one clear and a checkpoint each', async () => {
    const open = await startPlaying(1600);
    const { host, vobiz, relay } = open;
    await relay().mute('ASSISTANT', command('mute'));
    void relay().playSound(SOUND, command('second'), signal);
    await deliver(host, vobiz, CLEARED);
    await host.clock.advance(600);
    expect(audio(open)).toHaveLength(20);
    expect(eventsAt(vobiz).filter((event) => event === 'clearAudio')).toHaveLength(1);
    expect(checkpoints(open)).toHaveLength(2);
    expect(new Set(checkpoints(open)).size).toBe(2);
    expect(eventsAt(vobiz).indexOf('checkpoint')).toBe(11);
  });

  it('ends with the last queued sound', async () => {
    const open = await startPlaying(160);
    const { host, vobiz, agent, relay } = open;
    void relay().playSound(SOUND, command('second'), signal);
    await host.clock.settle();
    await deliver(host, vobiz, CLEARED);
    const [first, second] = checkpoints(open);
    const played = (name?: string): string => JSON.stringify({ event: 'playedStream', name });
    await deliver(host, vobiz, played(first));
    await deliver(host, agent(), say(FRAME));
    expect(eventsAt(vobiz).at(-1)).toBe('checkpoint');
    await deliver(host, vobiz, played(second));
    await deliver(host, agent(), say(FRAME));
    expect(vobiz.received.at(-1)).toBe(say(FRAME));
  });

  it('rejects an unsupported format of the stream', async () => {
    const mediaFormat = { encoding: 'audio/opus', sampleRate: 48_000 };
    const start = JSON.stringify({ event: 'start', start: { callId: CALL, streamId: STREAM, mediaFormat } });
    const { host, relay, vobiz, agent } = await startRelay({}, start);
    host.respond('GET', SOUND, { bytes: wav(160) });
    await expect(relay().playSound(SOUND, command('play'), signal)).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
    await deliver(host, agent(), say(FRAME));
    expect(vobiz.received).toEqual([say(FRAME)]);
  });

  it('stops when cleared, while playing or being prepared', async () => {
    const open = await startPlaying(8000);
    const { host, vobiz, relay } = open;
    await deliver(host, vobiz, CLEARED);
    await host.clock.advance(100);
    await relay().clear(command('clear'));
    const count = audio(open).length;
    await host.clock.advance(500);
    expect(audio(open)).toHaveLength(count);
    expect(confirmed(host)).toEqual([]);
    await deliver(host, vobiz, CLEARED);
    expect(confirmed(host)).toEqual(['cmd_clear']);
    void relay().playSound(SOUND, command('again'), signal);
    await host.clock.settle();
    await relay().clear(command('clear-again'));
    await deliver(host, vobiz, CLEARED, CLEARED);
    expect(audio(open)).toHaveLength(count);
    expect(host.clock.pending).toBe(0);
  });

  it('rejects a missing or slow file, and clears nothing', async () => {
    const { host, relay, vobiz } = await startRelay();
    host.respond('GET', SOUND, { status: 404 });
    await expect(relay().playSound(SOUND, command('play'), signal)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'url' },
    });
    host.respond('GET', SOUND, NEVER);
    const slow = relay()
      .playSound(SOUND, command('play'), signal)
      .catch((error: unknown) => error);
    await host.clock.advance(SOUND_TIMEOUT_MS);
    expect(await slow).toMatchObject({ code: 'INPUT_INVALID' });
    expect(vobiz.received).toEqual([]);
  });

  it('aborts fetching when the stream ends', async () => {
    const { host, relay, vobiz } = await startRelay();
    host.respond('GET', SOUND, NEVER);
    const failed = relay()
      .playSound(SOUND, command('play'), signal)
      .catch((error: unknown) => error);
    await host.clock.settle();
    vobiz.cut();
    expect(await failed).toMatchObject({ code: 'CALL_NOT_LIVE' });
    expect(host.clock.pending).toBe(0);
  });

  it('fails when its stream ends', async () => {
    const { host, relay, vobiz } = await startRelay();
    host.respond('GET', SOUND, { bytes: wav(8000) });
    const playing = relay().playSound(SOUND, command('play'), signal);
    const failed = playing.catch((error: unknown) => error);
    await host.clock.settle();
    vobiz.cut();
    expect(await failed).toMatchObject({ code: 'CALL_NOT_LIVE' });
    expect(host.clock.pending).toBe(0);
  });
});

describe('the audio played to the caller', () => {
  const positions = ({ host }: OpenRelay) =>
    host.streams[0]!.writes.filter(({ party }) => party === 'ASSISTANT').map(({ positionMs }) => positionMs);

  it('is written as the assistant in real time, however fast it was sent', async () => {
    const open = await startRelay();
    const { host, agent } = open;
    host.setDemand('levels', CALL, true);
    await deliver(host, agent(), say(FRAME), say(FRAME), say(FRAME));
    await host.clock.advance(60);
    expect(positions(open)).toEqual([]);
    await host.clock.advance(40);
    expect(positions(open)).toEqual([0, 20]);
    await host.clock.advance(500);
    expect(positions(open)).toEqual([0, 20, 40]);
    const [first] = host.streams[0]!.writes;
    expect(Buffer.from(first!.bytes)).toEqual(Buffer.from(FRAME, 'base64'));
    expect(host.clock.pending).toBe(0);
    host.verify();
  });

  it('is truncated by a clear of the agent or of this daemon', async () => {
    for (const isAgent of [true, false]) {
      const open = await startRelay();
      const { host, agent, relay } = open;
      host.setDemand('audio', CALL, true);
      await deliver(host, agent(), ...Array.from({ length: 50 }, () => say(FRAME)));
      await host.clock.advance(100);
      if (isAgent) await deliver(host, agent(), CLEAR);
      else await relay().clear(command('clear'));
      await host.clock.advance(2000);
      expect(positions(open)).toEqual([0, 20, 40, 60, 80]);
    }
  });

  it('is written from the current position when demand starts later', async () => {
    const open = await startRelay();
    const { host, agent } = open;
    await deliver(host, agent(), ...Array.from({ length: 20 }, () => say(FRAME)));
    await host.clock.advance(200);
    expect(host.clock.pending).toBe(0);
    host.setDemand('levels', CALL, true);
    await host.clock.advance(1000);
    expect(positions(open)).toEqual([140, 160, 180, 200, 220, 240, 260, 280, 300, 320, 340, 360, 380]);
  });

  it('contains no audio of a muted assistant, but sounds of this daemon', async () => {
    const open = await startRelay();
    const { host, agent, relay, vobiz } = open;
    host.setDemand('levels', CALL, true);
    await relay().mute('ASSISTANT', command('mute'));
    await deliver(host, agent(), say(FRAME));
    await deliver(host, vobiz, CLEARED);
    await host.clock.advance(200);
    expect(positions(open)).toEqual([]);
    host.respond('GET', SOUND, { bytes: wav(320) });
    void relay().playSound(SOUND, command('play'), signal);
    await host.clock.settle();
    await deliver(host, vobiz, CLEARED);
    await host.clock.advance(500);
    expect(positions(open)).toHaveLength(2);
  });

  it('is on the same timeline and stream as the audio of the caller', async () => {
    const { host, agent, vobiz } = await startRelay();
    host.setDemand('levels', CALL, true);
    await deliver(host, vobiz, media(FRAME, { timestamp: '1790000000020', chunk: 1 }));
    await deliver(host, agent(), say(FRAME));
    await host.clock.advance(100);
    expect(host.streams).toHaveLength(1);
    expect(host.streams[0]!.writes.map(({ party, positionMs }) => [party, positionMs])).toEqual([
      ['CUSTOMER', 0],
      ['ASSISTANT', 0],
    ]);
    vobiz.cut();
    await host.clock.settle();
    expect(host.streams[0]!.endReason).toBe('the stream socket closed with 1006');
    expect(host.streams[0]!.lateWrites).toBe(0);
  });

  it('excludes messages for another stream', async () => {
    const open = await startRelay();
    open.host.setDemand('levels', CALL, true);
    const foreign = say(FRAME).replace(STREAM, 'another');
    await deliver(open.host, open.agent(), foreign);
    await open.host.clock.advance(200);
    expect(open.vobiz.received).toEqual([foreign]);
    expect(positions(open)).toEqual([]);
  });
});

describe('audio of the agent without demand', () => {
  const LONG = Buffer.alloc(24_000, 0x20).toString('base64');

  it.each<[string, (open: OpenRelay) => Promise<void> | void]>([
    ['Vobiz closes the socket', ({ vobiz }) => vobiz.close(1000)],
    ['Vobiz stops the stream', ({ host, vobiz }) => deliver(host, vobiz, STOP)],
    ['the agent stops the stream', ({ host, agent }) => deliver(host, agent(), STOP)],
    ['the agent is closed', ({ agent }) => agent().close(1000)],
    ['the provider stops', ({ relays }) => relays.stop('stopped')],
    ['the call ends', ({ relays }) => relays.forget(CALL_ID)],
  ])('is counted as it was played until %s', async (_end, end) => {
    const open = await startRelay();
    const { host, vobiz, agent } = open;
    await deliver(host, agent(), say(LONG));
    await deliver(host, vobiz, media(FRAME));
    await host.clock.advance(1000);
    await end(open);
    await host.clock.advance(10_000);
    vobiz.close(1000);
    await host.clock.settle();
    // One frame of the caller, and a second of the agent: the rest of its audio was not played.
    expect(host.streams[0]!.skips).toEqual(Array.from({ length: 51 }, () => 160));
    expect(host.streams[0]!.writes).toEqual([]);
  });
});
