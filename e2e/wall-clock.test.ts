/** The wall clock of the daemon is set while calls play: timestamps change, and nothing else. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  collect,
  connect,
  problemsIn,
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type Json,
} from './support/daemon.ts';
import { simulator } from './support/process.ts';
import { samplesOf } from './support/tone.ts';
import { STAYS } from './support/vobiz.ts';
import { createWallClock, hasWallClock, WALL_CLOCK_SKIP_REASON } from './support/wall-clock.ts';

const STEPS_MS = [-300_000, -2000, 2000, 3_600_000, 39_600_000];
/** Less than the smallest step, and more than a loaded machine delays events. */
const TOLERANCE_MS = 1900;
/** On a loaded machine, pauses of the provider split the tone: each part may count as a block more. Less than the steps. */
const TONE_TOLERANCE_MS = 1000;
/** Louder than speech, for all steps. */
const TONE = { track: 'inbound', hz: 1010, dbfs: -1, ms: 10_000 };
/** Louder than any sample of speech. */
const TONE_PEAK = 25_000;
const BLOCK_MS = 10;
const BLOCK_SAMPLES = 160;
const HEADER_BYTES = 44;
const FRAMES_PER_STEP = 50;
/** Levels of 100 ms on a loaded machine, which may skip some. */
const FRAMES_PER_LEVEL = 10;

interface PlayedCall {
  readonly provider: 'vapi' | 'vobiz';
  readonly id: string;
  /** Whether the tone is played, which a transcriber cannot understand. */
  readonly hasTone: boolean;
  readonly frames: Buffer[];
  readonly texts: Json[];
}

/** Returns the duration of the tone in the customer's channel, ms. */
function toneMs(stereo: Int16Array): number {
  const customer = stereo.filter((_, index) => index % 2 === 0);
  let blocks = 0;
  for (let at = 0; at + BLOCK_SAMPLES <= customer.length; at += BLOCK_SAMPLES) {
    if (customer.subarray(at, at + BLOCK_SAMPLES).some((sample) => sample > TONE_PEAK)) blocks++;
  }
  return blocks * BLOCK_MS;
}

test.skipIf(!hasWallClock)(
  `setting the wall clock during calls changes only timestamps${WALL_CLOCK_SKIP_REASON}`,
  async () => {
    const cloud = await simulator();
    const dir = tempDir();
    const clock = createWallClock(dir);
    const extra = `log: { level: warn }
limits: { mediaLinkSeconds: 604800 }
recording: { enabled: true, path: '${join(dir, 'recordings')}' }`;
    const config = writeConfig(dir, cloud, { extra, deepgram: {} });
    const daemon = await startDaemon(config, undefined, clock.env);
    await cloud.pointAt(daemon.url);
    const ask = async ({ provider, id }: PlayedCall, fields: string): Promise<Json> => {
      const call = `callByProviderId(providerId: "${provider}", providerCallId: "${id}")`;
      return (await query(daemon.url, `{ ${call} { ${fields} } }`)).callByProviderId;
    };

    const start = async (
      provider: PlayedCall['provider'],
      hasTone: boolean,
      behaviour: Record<string, unknown> = {},
    ): Promise<PlayedCall> => {
      const id = await cloud.startCall(provider, 'pizza', { ...STAYS, ...behaviour });
      return { provider, id, hasTone, frames: [], texts: [] };
    };
    const calls = [
      await start('vapi', true, { finalBeforeStoppedMs: 220 }),
      await start('vobiz', true),
      await start('vobiz', false),
      // The clock of the provider is set back as well.
      await start('vobiz', true, { clockStepMs: -2000, clockStepAfterMs: 6000 }),
    ];
    for (const call of calls) {
      const { listenUrl } = await until(async () => {
        const known = await ask(call, 'listenUrl');
        return known?.listenUrl ? known : undefined;
      }, 'the listen URL');
      const socket = new WebSocket(listenUrl);
      socket.on('message', (data: Buffer, isBinary) =>
        isBinary ? call.frames.push(data) : call.texts.push(JSON.parse(data.toString())),
      );
    }
    const fields = 'signedListenUrl(expiresInSeconds: 604800) { url }';
    const link = (await ask(calls[0]!, fields)).signedListenUrl.url as string;
    const levels = collect(
      connect(daemon.url),
      'subscription { audioLevels(intervalMs: 100) { levels { callId } } }',
    );
    const received = (): number[] => [
      levels.items.length * FRAMES_PER_LEVEL,
      ...calls.map(({ frames }) => frames.length),
    ];
    await until(() => received().every((count) => count > FRAMES_PER_STEP), 'levels and audio');
    for (const { id, hasTone } of calls) if (hasTone) await cloud.send('POST', `calls/${id}/tone`, TONE);

    const loggedSteps = (): number[] =>
      [...daemon.stderr().matchAll(/"stepMs":(-?\d+),"msg":"wall clock was set"/g)].map(([, ms]) =>
        Number(ms),
      );
    for (const [index, stepMs] of STEPS_MS.entries()) {
      const before = received();
      clock.step(stepMs);
      await until(
        () => received().every((count, i) => count >= before[i]! + FRAMES_PER_STEP),
        `levels and audio after ${stepMs} ms`,
      );
      await until(() => loggedSteps().length === index + 1, 'the log line');
    }
    // From now on, a call ends after its script and its tone.
    for (const { id } of calls) await cloud.send('PUT', `calls/${id}/behaviour`, { patienceMs: 800 });
    const linked = new WebSocket(link);
    await new Promise((resolve, reject) => void linked.once('open', resolve).once('error', reject));
    linked.terminate();

    for (const call of calls) {
      const { provider, id, hasTone, frames, texts } = call;
      const state = await until(async () => {
        const known = await cloud.state(id);
        return known.over ? known : undefined;
      }, 'the last message about the call');
      const lines = state.transcript as Json[];
      const isTranscribed = provider === 'vapi' || !hasTone;
      const known = await until(async () => {
        const now = await ask(
          call,
          `status durationMs utterances { nodes { party text startMs endMs } } recording { state url }
          streams { missingFrames recordingLostMs listeningLostMs }`,
        );
        const isComplete = now.status === 'ENDED' && now.recording?.state === 'COMPLETE';
        return isComplete && (!isTranscribed || now.utterances.nodes.length >= lines.length)
          ? now
          : undefined;
      }, 'the end of the call');
      const durationMs = (state as Json).endedAt - (state as Json).startedAt;
      expect(Math.abs(known.durationMs - durationMs), 'the duration').toBeLessThan(TOLERANCE_MS);

      const stream = known.streams[0];
      expect(known.streams).toHaveLength(1);
      expect([stream.missingFrames, stream.recordingLostMs]).toEqual([0, 0]);
      if (hasTone) {
        const wav = Buffer.from(await (await fetch(known.recording.url)).arrayBuffer());
        expect(Math.abs(toneMs(samplesOf(wav.subarray(HEADER_BYTES))) - TONE.ms)).toBeLessThan(
          TONE_TOLERANCE_MS,
        );
        const listenedMs = toneMs(samplesOf(Buffer.concat(frames)));
        expect(listenedMs).toBeGreaterThanOrEqual(TONE.ms - stream.listeningLostMs - TONE_TOLERANCE_MS);
        expect(listenedMs).toBeLessThanOrEqual(TONE.ms + TONE_TOLERANCE_MS);
        expect(texts.filter(({ type }) => type === 'lost')).toEqual([]);
      }
      if (!isTranscribed) continue;
      const utterances = known.utterances.nodes as Json[];
      expect(utterances.map(({ party, text }) => [party.toLowerCase(), text])).toEqual(
        lines.map(({ speaker, text }) => [speaker, text]),
      );
      for (const [index, { startMs, endMs }] of utterances.entries()) {
        expect(Math.abs(startMs - lines[index].startMs)).toBeLessThan(TOLERANCE_MS);
        expect(Math.abs(endMs - lines[index].endMs)).toBeLessThan(TOLERANCE_MS);
      }
    }

    expect(loggedSteps().map((ms) => Math.round(ms / 100) * 100)).toEqual(STEPS_MS);
    const warnings = problemsIn(daemon.stderr()).filter(
      (line) => !line.includes('wall clock was set') && !line.includes('publicUrl is missing'),
    );
    expect(warnings).toEqual([]);
  },
);
