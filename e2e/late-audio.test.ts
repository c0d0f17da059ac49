/** Audio that a connection holds up or delivers in clumps: all of it is in the recording and in the transcript. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type DaemonRun,
  type Json,
} from './support/daemon.ts';
import { simulator } from './support/process.ts';

const SAMPLE_RATE = 16_000;
const HEADER_BYTES = 44;
const SOUND = 1000;

interface Received {
  readonly lines: readonly string[];
  readonly soundMs: number;
  readonly streams: readonly Json[];
}

const FIELDS = `id status utterances { nodes { party text } } streams { recordingLostMs transcriptLostMs missingFrames }
  recording { state url }`;

async function callOf({ url }: DaemonRun, id: string): Promise<Json> {
  const { callByProviderId } = await query(
    url,
    `{ callByProviderId(providerId: "vobiz", providerCallId: "${id}") { ${FIELDS} } }`,
  );
  return callByProviderId;
}

/** Returns the length of all blocks of 10 ms with sound, of a file with two channels. */
async function soundIn(url: URL): Promise<number> {
  const wav = Buffer.from(await (await fetch(url)).arrayBuffer());
  const block = (SAMPLE_RATE / 100) * 4;
  let ms = 0;
  for (let at = HEADER_BYTES; at + block <= wav.length; at += block) {
    const samples = Array.from({ length: block / 2 }, (_, i) => Math.abs(wav.readInt16LE(at + i * 2)));
    if (Math.max(...samples) > SOUND) ms += 10;
  }
  return ms;
}

test('is recorded and transcribed completely', async () => {
  const cloud = await simulator();
  const dir = tempDir();
  const extra = `log: { level: warn }\nrecording: { enabled: true, path: '${join(dir, 'recordings')}' }`;
  const daemon = await startDaemon(writeConfig(dir, cloud, { extra, deepgram: {} }));
  await cloud.pointAt(daemon.url);

  const play = async (behaviour: Record<string, unknown>): Promise<Received> => {
    const id = await cloud.startCall('vobiz', 'brief', behaviour);
    const isOver = async () => {
      const call = await callOf(daemon, id);
      const isComplete = call?.recording?.state === 'COMPLETE' && call.utterances.nodes.length > 0;
      return call?.status === 'ENDED' && isComplete ? call : undefined;
    };
    await until(isOver, 'the end of the call');
    // The last final follows the end of the call.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const call = await callOf(daemon, id);
    return {
      lines: (call.utterances.nodes as Json[]).map(({ party, text }) => `${party}: ${text}`),
      soundMs: await soundIn(new URL(call.recording.url as string, daemon.url)),
      streams: call.streams as Json[],
    };
  };

  await play({});
  const undisturbed = await play({});
  expect(undisturbed.lines.length).toBeGreaterThan(0);
  for (const behaviour of [
    { holdAfterMs: 1500, holdMs: 500 },
    { holdAfterMs: 1500, holdMs: 1500 },
    { clumpMs: 500 },
  ]) {
    const late = await play(behaviour);
    expect(late.lines, JSON.stringify(behaviour)).toEqual(undisturbed.lines);
    expect(late.soundMs, JSON.stringify(behaviour)).toBeGreaterThan(undisturbed.soundMs - 100);
    expect(late.streams, JSON.stringify(behaviour)).toEqual(
      late.streams.map(() => ({ recordingLostMs: 0, transcriptLostMs: 0, missingFrames: 0 })),
    );
  }
});
