/**
 * Measures compressed recordings: their size, the CPU time of compression, and how long a part from the middle of a long recording
 * takes, as WAV from a WAV file and from a FLAC file. Uses the thread of the built daemon.
 * `npm run bench -- compression --minutes 120 --requests 200`
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { CallId } from '@sidetone/core';
import { createCodec } from '../../packages/daemon/src/recording/compression/codec-threads.ts';
import { RecordingFiles } from '../../packages/daemon/src/recording/recording-files.ts';
import { systemClock } from '../../packages/daemon/src/system-clock.ts';
import { createRandom } from '../history/random.ts';
import { ROOT } from '../support/programs.ts';
import { percentile, printJson, printTable } from '../support/report.ts';
import { FORMAT, writeRecording, type Line } from './recording.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '120' },
    requests: { type: 'string', default: '200' },
  },
});
const [minutes, requests] = [Number(values.minutes), Number(values.requests)];
/** Of each request: what a browser reads at once. */
const PART_BYTES = 64 * 1024;

const LINES = {
  'one after the other': { noise: 0, isSimultaneous: false, isSilent: false },
  'with noise of the line': { noise: 40, isSimultaneous: false, isSilent: false },
  'both all the time, noise': { noise: 40, isSimultaneous: true, isSilent: false },
  silence: { noise: 0, isSimultaneous: false, isSilent: true },
} as const satisfies Readonly<Record<string, Line>>;

const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-'));
const module = pathToFileURL(join(ROOT, 'packages/daemon/dist/recording/compression/codec-thread.js'));
const codec = createCodec(systemClock, { module });
const files = new RecordingFiles(folder, codec);
const frames = minutes * 60 * FORMAT.sampleRate;
const hours = minutes / 60;

/** The CPU time of the whole process, s. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function compress(name: keyof typeof LINES) {
  const callId = 'call' as CallId;
  const [source, target] = [files.pathOf(callId, 'WAV'), files.pathOf(callId, 'FLAC')];
  rmSync(target, { force: true });
  writeRecording(source, minutes, LINES[name]);
  const before = cpuSeconds();
  const { bytes } = await codec.compress({ source, target, format: FORMAT, frames });
  const cpu = cpuSeconds() - before;
  return { wavBytes: statSync(source).size, flacBytes: bytes, cpuSecondsPerHour: cpu / hours };
}

/** Returns how long parts take, ms. The first one, which starts the thread, is separate. */
async function request(): Promise<{ readonly first: number; readonly times: readonly number[] }> {
  const random = createRandom(2);
  const bytes = frames * FORMAT.channels * 2;
  const recording = {
    callId: 'call' as CallId,
    state: 'COMPLETE',
    ...FORMAT,
    startedAt: 0,
    endedAt: 0,
    durationMs: 0,
    bytes,
  } as const;
  const times: number[] = [];
  for (let i = 0; i <= requests; i++) {
    // In the middle half.
    const from = Math.floor(bytes * (0.25 + random.next() / 2));
    const since = performance.now();
    const file = (await files.open(recording))!;
    const part = await buffer(file.read(from, Math.min(file.bytes, from + PART_BYTES)));
    if (part.length === 0) throw new Error('nothing was read');
    times.push(performance.now() - since);
  }
  const [first = NaN, ...others] = times;
  return { first, times: others };
}

const sizes = Object.fromEntries(
  await (async () => {
    const measured = [];
    for (const name of Object.keys(LINES) as (keyof typeof LINES)[])
      measured.push([name, await compress(name)] as const);
    return measured;
  })(),
);
// The last compressed recording is replaced by a realistic one.
await compress('with noise of the line');
const wav = await request();
rmSync(files.pathOf('call' as CallId, 'WAV'));
const flac = await request();
await codec.close();
rmSync(folder, { recursive: true });

printTable(
  Object.entries(sizes).map(([name, { wavBytes, flacBytes, cpuSecondsPerHour }]) => ({
    conversation: name,
    'WAV, MB an hour': Math.round(wavBytes / hours / 1e6),
    'FLAC, %': ((100 * flacBytes) / wavBytes).toFixed(1),
    'CPU, s an hour': cpuSecondsPerHour.toFixed(1),
  })),
);
printTable(
  Object.entries({ WAV: wav, FLAC: flac }).map(([stored, { first, times }]) => ({
    'stored as': stored,
    'first, ms': first.toFixed(1),
    'p50, ms': percentile(times, 0.5).toFixed(1),
    'p99, ms': percentile(times, 0.99).toFixed(1),
  })),
);
const timesOf = ({ first, times }: typeof wav) => ({
  first,
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
});
printJson('compression', { sizes, parts: { wav: timesOf(wav), flac: timesOf(flac) } });
