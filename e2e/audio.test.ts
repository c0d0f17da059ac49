/** What is heard of a call, live and later: known tones are found on the right party, at their level, at their time. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  collect,
  connect,
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type Json,
} from './support/daemon.ts';
import { simulator } from './support/process.ts';
import { samplesOf, toneLevelDb } from './support/tone.ts';

const RATE = 16_000;
const WINDOW = RATE / 5;
/** A tone on each party: frequencies that speech hardly has for a fifth of a second, both louder than it. */
const TONES = {
  CUSTOMER: { track: 'inbound', hz: 1500, dbfs: -6 },
  ASSISTANT: { track: 'outbound', hz: 2500, dbfs: -9 },
} as const;
const CHANNELS = ['CUSTOMER', 'ASSISTANT'] as const;

const channelOf = (interleaved: Int16Array, channel: number): Int16Array =>
  interleaved.filter((_, index) => index % 2 === channel);

/** The loudest that a tone is in any fifth of a second, dBFS, and when it is first near that, ms. */
function loudest(samples: Int16Array, hz: number): { db: number; fromMs: number } {
  const windows = Array.from({ length: Math.floor(samples.length / WINDOW) }, (_, index) =>
    toneLevelDb(samples.subarray(index * WINDOW, (index + 1) * WINDOW), RATE, hz),
  );
  const db = Math.max(-120, ...windows);
  return { db, fromMs: windows.findIndex((level) => level > db - 3) * 200 };
}

/** Both tones stand in their channel at their level, in the other not at all, and begin together. */
function expectTones(interleaved: Int16Array): void {
  const heard = CHANNELS.map((party, channel) => loudest(channelOf(interleaved, channel), TONES[party].hz));
  for (const [channel, party] of CHANNELS.entries()) {
    expect(
      Math.abs(heard[channel]!.db - TONES[party].dbfs),
      `${party} at ${heard[channel]!.db}`,
    ).toBeLessThan(1);
    const elsewhere = loudest(channelOf(interleaved, 1 - channel), TONES[party].hz);
    expect(elsewhere.db, `${party} on the other side`).toBeLessThan(TONES[party].dbfs - 30);
  }
  expect(Math.abs(heard[0]!.fromMs - heard[1]!.fromMs)).toBeLessThanOrEqual(200);
}

const FIELDS =
  'id status listenUrl capabilities recording { url durationMs channels sampleRate bytes } waveform(points: 100) { party peaksDb }';
const callOf = async (url: string, provider: string, theirs: string): Promise<Json> =>
  (
    await query(
      url,
      `{ callByProviderId(providerId: "${provider}", providerCallId: "${theirs}") { ${FIELDS} } }`,
    )
  ).callByProviderId;

async function start(): Promise<{
  cloud: Awaited<ReturnType<typeof simulator>>;
  daemon: Awaited<ReturnType<typeof startDaemon>>;
  config: string;
  recordings: string;
}> {
  const cloud = await simulator();
  const dir = tempDir();
  const recordings = join(dir, 'recordings');
  const extra = `log: { level: warn }\nrecording: { enabled: true, path: '${recordings}' }`;
  const config = writeConfig(dir, cloud, { extra });
  const daemon = await startDaemon(config);
  await cloud.pointAt(daemon.url);
  return { cloud, daemon, config, recordings };
}

test.each(['vapi', 'vobiz'] as const)(
  'a call of %s is heard live, recorded and drawn as it sounded',
  { timeout: 60_000 },
  async (provider) => {
    const { cloud, daemon } = await start();
    const theirs = await cloud.startCall(provider, 'plumber');
    const call = await until(async () => {
      const known = await callOf(daemon.url, provider, theirs);
      return known?.listenUrl && known.capabilities.includes('LISTEN') ? known : undefined;
    }, 'the call can be heard');

    // The sample client that everybody has: bytes are sound, texts are JSON.
    const bytes: Buffer[] = [];
    const told: Json[] = [];
    const socket = new WebSocket(call.listenUrl);
    socket.on('message', (data: Buffer, isBinary) =>
      isBinary ? bytes.push(data) : told.push(JSON.parse(data.toString())),
    );
    await until(() => bytes.length > 0, 'audio comes');
    expect(told[0]).toMatchObject({
      type: 'format',
      encoding: 'pcm_s16le',
      sampleRate: RATE,
      channels: 2,
      channelParties: [...CHANNELS],
    });
    const levels = collect(
      connect(daemon.url),
      'subscription { audioLevels(intervalMs: 100) { levels { parties { party rmsDb } } } }',
    );
    for (const party of CHANNELS) {
      await cloud.send('POST', `calls/${theirs}/tone`, { ...TONES[party], ms: 2000 });
    }
    const from = bytes.length;
    await until(() => bytes.length > from + 150, 'three seconds more of audio');
    expectTones(samplesOf(Buffer.concat(bytes)));
    // The rms of a sine is 3.01 dB below its peak.
    for (const party of CHANNELS) {
      const readings = levels.items.flatMap(({ audioLevels }) =>
        audioLevels.levels.flatMap(({ parties }: Json) => parties as { party: string; rmsDb: number }[]),
      );
      const isThere = readings.some(
        (level) => level.party === party && Math.abs(level.rmsDb - (TONES[party].dbfs - 3.01)) < 0.5,
      );
      expect(isThere, `${party} in the levels`).toBe(true);
    }

    await cloud.send('POST', `calls/${theirs}/hangup`, {});
    await until(() => told.at(-1)?.type === 'ended', 'the listener is told of the end');
    const over = await until(async () => {
      const known = await callOf(daemon.url, provider, theirs);
      return known.status === 'ENDED' && known.recording ? known : undefined;
    }, 'it is over');
    expect(over.listenUrl).toBeNull();
    expect(over.recording).toMatchObject({ channels: 2, sampleRate: RATE });

    const wav = Buffer.from(await (await fetch(over.recording.url)).arrayBuffer());
    expect(wav.length).toBe(over.recording.bytes);
    expectTones(samplesOf(wav.subarray(44)));
    const part = await fetch(over.recording.url, { headers: { range: 'bytes=8-11' } });
    expect([part.status, await part.text()]).toEqual([206, 'WAVE']);

    for (const { party, peaksDb } of over.waveform as { party: keyof typeof TONES; peaksDb: number[] }[]) {
      expect(Math.max(...peaksDb), party).toBeGreaterThan(TONES[party].dbfs - 1);
    }
    expect(over.waveform).toHaveLength(2);
  },
);

test('a recording that a kill has cut off is whole again after the start', { timeout: 60_000 }, async () => {
  const { cloud, daemon, config, recordings } = await start();
  const theirs = await cloud.startCall('vobiz', 'plumber');
  const fileIn = (dir: string): string | undefined =>
    existsSync(dir) ? readdirSync(dir).find((name) => name.endsWith('.wav')) : undefined;
  await until(() => {
    const file = fileIn(recordings);
    return file !== undefined && readFileSync(join(recordings, file)).length > 44 + 3 * RATE * 4;
  }, 'three seconds are recorded');
  await daemon.end('SIGKILL');
  await cloud.send('POST', `calls/${theirs}/hangup`, {});
  const again = await startDaemon(config);
  const call = await until(async () => {
    const known = await callOf(again.url, 'vobiz', theirs);
    return known?.status === 'ENDED' && known.recording ? known : undefined;
  }, 'the call is over');
  const wav = Buffer.from(await (await fetch(call.recording.url)).arrayBuffer());
  expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  expect(call.recording.durationMs).toBeGreaterThanOrEqual(3000);
});
