/** Listening, levels and recordings: known tones are on the right party, at their level, at their time. */
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
/** A tone for each party: frequencies that speech rarely contains for a fifth of a second, both louder than speech. */
const TONES = {
  CUSTOMER: { track: 'inbound', hz: 1500, dbfs: -6 },
  ASSISTANT: { track: 'outbound', hz: 2500, dbfs: -9 },
} as const;
/** A tone of the customer during a pause of the capture. */
const SECRET = { track: 'inbound', hz: 3500, dbfs: -6 } as const;
const CHANNELS = ['CUSTOMER', 'ASSISTANT'] as const;

const channelOf = (interleaved: Int16Array, channel: number): Int16Array =>
  interleaved.filter((_, index) => index % 2 === channel);

/** Returns the highest level of a tone in any fifth of a second, dBFS, and when it first nears that level, ms. */
function loudest(samples: Int16Array, hz: number): { db: number; fromMs: number } {
  const windows = Array.from({ length: Math.floor(samples.length / WINDOW) }, (_, index) =>
    toneLevelDb(samples.subarray(index * WINDOW, (index + 1) * WINDOW), RATE, hz),
  );
  const db = Math.max(-120, ...windows);
  return { db, fromMs: windows.findIndex((level) => level > db - 3) * 200 };
}

/** Both tones are in their channel at their level, not in the other one, and start at the same time. */
function expectTones(interleaved: Int16Array): void {
  const levels = CHANNELS.map((party, channel) => loudest(channelOf(interleaved, channel), TONES[party].hz));
  for (const [channel, party] of CHANNELS.entries()) {
    expect(
      Math.abs(levels[channel]!.db - TONES[party].dbfs),
      `${party} at ${levels[channel]!.db}`,
    ).toBeLessThan(1);
    const elsewhere = loudest(channelOf(interleaved, 1 - channel), TONES[party].hz);
    expect(elsewhere.db, `${party} on the other side`).toBeLessThan(TONES[party].dbfs - 30);
  }
  expect(Math.abs(levels[0]!.fromMs - levels[1]!.fromMs)).toBeLessThanOrEqual(200);
}

/** Returns the highest level of a tone of the customer in interleaved audio, dBFS. */
const loudestOf = (audio: Buffer, hz: number): number => loudest(channelOf(samplesOf(audio), 0), hz).db;

async function capture(url: string, mutation: string, callId: string): Promise<Json> {
  const outcome = await query(
    url,
    `mutation { done: ${mutation}(input: { callId: "${callId}" }) { failure { code } call { capturePause { parts } } } }`,
  );
  expect(outcome.done.failure).toBeNull();
  return outcome.done.call;
}

const FIELDS =
  'id status listenUrl capabilities recording { url flacUrl: url(format: FLAC) durationMs channels sampleRate bytes } waveform(points: 100) { party peaksDb }';
const callOf = async (url: string, provider: string, providerCallId: string): Promise<Json> =>
  (
    await query(
      url,
      `{ callByProviderId(providerId: "${provider}", providerCallId: "${providerCallId}") { ${FIELDS} } }`,
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
  'a call of %s is listened to live, recorded and drawn as it sounded',
  async (provider) => {
    const { cloud, daemon } = await start();
    const providerCallId = await cloud.startCall(provider, 'plumber');
    const call = await until(async () => {
      const known = await callOf(daemon.url, provider, providerCallId);
      return known?.listenUrl && known.capabilities.includes('LISTEN') ? known : undefined;
    }, 'the listen URL');

    // The documented sample client: binary messages are audio, text messages are JSON.
    const bytes: Buffer[] = [];
    const messages: Json[] = [];
    const socket = new WebSocket(call.listenUrl);
    socket.on('message', (data: Buffer, isBinary) =>
      isBinary ? bytes.push(data) : messages.push(JSON.parse(data.toString())),
    );
    await until(() => bytes.length > 0, 'audio');
    expect(messages[0]).toMatchObject({
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
      await cloud.send('POST', `calls/${providerCallId}/tone`, { ...TONES[party], ms: 2000 });
    }
    const from = bytes.length;
    await until(() => bytes.length > from + 150, 'three more seconds of audio');
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

    const secretFrom = bytes.length;
    await capture(daemon.url, 'pauseCapture', call.id);
    await cloud.send('POST', `calls/${providerCallId}/tone`, { ...SECRET, ms: 1000 });
    await until(() => bytes.length > secretFrom + 75, 'the audio of the pause');
    expect(await capture(daemon.url, 'resumeCapture', call.id)).toEqual({ capturePause: null });
    expect(loudestOf(Buffer.concat(bytes.slice(secretFrom)), SECRET.hz)).toBeLessThan(SECRET.dbfs - 30);

    await cloud.send('POST', `calls/${providerCallId}/hangup`, {});
    await until(() => messages.at(-1)?.type === 'ended', 'the end of the call at the listener');
    const over = await until(async () => {
      const known = await callOf(daemon.url, provider, providerCallId);
      return known.status === 'ENDED' && known.recording ? known : undefined;
    }, 'it is over');
    expect(over.listenUrl).toBeNull();
    expect(over.recording).toMatchObject({ channels: 2, sampleRate: RATE });

    const wav = Buffer.from(await (await fetch(over.recording.url)).arrayBuffer());
    expect(wav.length).toBe(over.recording.bytes);
    expectTones(samplesOf(wav.subarray(44)));
    expect(loudestOf(wav.subarray(44), SECRET.hz)).toBeLessThan(SECRET.dbfs - 30);
    const part = await fetch(over.recording.url, { headers: { range: 'bytes=8-11' } });
    expect([part.status, await part.text()]).toEqual([206, 'WAVE']);
    const flac = Buffer.from(await (await fetch(over.recording.flacUrl)).arrayBuffer());
    expect(flac.toString('latin1', 0, 4)).toBe('fLaC');
    // STREAMINFO: the last 36 of these 64 bits are the number of samples of each channel.
    expect(Number(flac.readBigUInt64BE(18) & 0xfffffffffn)).toBe((wav.length - 44) / 4);
    expect(flac.length).toBeLessThan(wav.length / 2);

    for (const { party, peaksDb } of over.waveform as { party: keyof typeof TONES; peaksDb: number[] }[]) {
      expect(Math.max(...peaksDb), party).toBeGreaterThan(TONES[party].dbfs - 1);
    }
    expect(over.waveform).toHaveLength(2);
  },
);

test('repairs a recording after a restart if a kill cut it off', async () => {
  const { cloud, daemon, config, recordings } = await start();
  const providerCallId = await cloud.startCall('vobiz', 'plumber');
  const fileIn = (dir: string): string | undefined =>
    existsSync(dir) ? readdirSync(dir).find((name) => name.endsWith('.wav')) : undefined;
  await until(() => {
    const file = fileIn(recordings);
    return file !== undefined && readFileSync(join(recordings, file)).length > 44 + 3 * RATE * 4;
  }, 'three seconds are recorded');
  await daemon.end('SIGKILL');
  await cloud.send('POST', `calls/${providerCallId}/hangup`, {});
  const again = await startDaemon(config);
  const call = await until(async () => {
    const known = await callOf(again.url, 'vobiz', providerCallId);
    return known?.status === 'ENDED' && known.recording ? known : undefined;
  }, 'the end of the call');
  const wav = Buffer.from(await (await fetch(call.recording.url)).arrayBuffer());
  expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  expect(call.recording.durationMs).toBeGreaterThanOrEqual(3000);
});
