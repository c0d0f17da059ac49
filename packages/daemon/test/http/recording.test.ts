/** Recordings over HTTP: complete, in ranges, while they are being written, and after they were erased. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { Server } from 'node:http';
import { join } from 'node:path';
import { decodeWav } from '@sidetone/plugin-kit';
import { providerCallId } from '@sidetone/core';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { rangeIn } from '../../src/http/recordings/file.ts';
import type { Recording } from '../../src/recording/ports.ts';
import { createAuditReader } from '../../src/store/audit/reader.ts';
import { auditLog } from '../../src/store/schema.ts';
import * as tokens from '../../src/tokens.ts';
import { bytesOf, peakOf, tone } from '../audio/signals.ts';
import { databaseOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { scripts } from '../fixtures/scripted-plugin.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
});

const RECORDING = 'url state durationMs channels sampleRate bytes startedAt';

/** Starts a daemon that records a live call, and waits until a second is written. */
async function recorded(settings: Record<string, unknown> = {}): Promise<{ it: TestDaemon; callId: string }> {
  const it = await startTestDaemon(dir, {
    recording: { enabled: true, path: join(dir, 'recordings') },
    ...settings,
  });
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  await it.committed();
  const callId = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live()[0]!.id;
  const recordings = it.daemon.parts.resolve(tokens.RECORDING_SERVICE);
  await until(() => recordings.size === 1, 'the recording session exists');
  const stream = it.script.host.openStream({
    providerCallId: providerCallId('their-call'),
    encoding: 'pcm_s16le',
    sampleRate: 16_000,
    parties: ['CUSTOMER'],
  });
  let i = 0;
  const timer = setInterval(
    () => stream.write('CUSTOMER', bytesOf(tone(500, 16_000, 20, 16_000, i++ * 320))),
    20,
  );
  await until(
    () => ((recordings.find(callId) as Recording | undefined)?.bytes ?? 0) >= 64_000,
    'a second is written',
  );
  clearInterval(timer);
  stream.end('closed');
  return { it, callId };
}

async function end(it: TestDaemon): Promise<void> {
  it.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: Date.now() }));
  await until(() => it.daemon.parts.resolve(tokens.RECORDING_SERVICE).size === 0, 'the file is finished');
  await it.committed();
}

describe('a recording', () => {
  test('has one audit entry for each download, whatever its first range', async () => {
    const { it, callId } = await recorded();
    await end(it);
    const { db } = databaseOf(it);
    const entries = () => db.select({ action: auditLog.action }).from(auditLog).all();
    const url = it.url(`calls/${callId}/recording.wav`);
    for (const range of ['bytes=1-99', 'bytes=100-199']) {
      const part = await fetch(url, { headers: { range } });
      expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([
        206,
        range.startsWith('bytes=1-') ? 99 : 100,
      ]);
    }
    expect(entries()).toEqual([{ action: 'DOWNLOAD_RECORDING' }]);
    await (await fetch(url)).arrayBuffer();
    expect(entries()).toHaveLength(2);
    expect(createAuditReader(db.$client).verify()).toMatchObject({ intact: true });
  });

  test('that has just been downloaded delays no stop of the daemon', async () => {
    const { it, callId } = await recorded();
    await end(it);
    const terminate = vi.spyOn(Server.prototype, 'closeAllConnections');
    await (await fetch(it.url(`calls/${callId}/recording.wav`))).arrayBuffer();
    await it.daemon.stop();
    // Connections are terminated only if they do not end by themselves.
    expect(terminate).not.toHaveBeenCalled();
    terminate.mockRestore();
  });

  test('is served completely and in ranges, during and after the call', async () => {
    const { it, callId } = await recorded();
    const whileLive = (await it.query(`{ calls { nodes { recording { ${RECORDING} } } } }`)).data.calls
      .nodes[0];
    expect(whileLive.recording).toMatchObject({ state: 'RECORDING', channels: 2, sampleRate: 16_000 });
    const early = Buffer.from(await (await fetch(whileLive.recording.url)).arrayBuffer());
    expect(decodeWav(early).ok).toBe(true);
    expect(early.readUInt32LE(40)).toBe(early.length - 44);
    await end(it);

    const { recording } = (await it.query(`{ calls { nodes { recording { ${RECORDING} } } } }`)).data.calls
      .nodes[0];
    expect(recording.state).toBe('COMPLETE');
    expect(recording.url).toBe(it.url(`calls/${callId}/recording.wav`));
    const response = await fetch(recording.url);
    const whole = Buffer.from(await response.arrayBuffer());
    expect(whole.length).toBe(recording.bytes);
    const wav = decodeWav(whole);
    expect(wav.ok && peakOf(wav.sound.samples)).toBeGreaterThan(7000);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'audio/wav',
      'content-length': String(whole.length),
      'content-disposition': `attachment; filename="${recording.startedAt.slice(0, 10)}-${callId}.wav"`,
      'accept-ranges': 'bytes',
      etag: `"${callId}-${whole.length}"`,
    });

    const range = async (value: string, headers = {}): Promise<[number, string | null, Buffer]> => {
      const got = await fetch(recording.url, { headers: { range: value, ...headers } });
      return [got.status, got.headers.get('content-range'), Buffer.from(await got.arrayBuffer())];
    };
    const { length } = whole;
    expect(await range('bytes=0-43')).toEqual([206, `bytes 0-43/${length}`, whole.subarray(0, 44)]);
    expect(await range('bytes=40-99')).toEqual([206, `bytes 40-99/${length}`, whole.subarray(40, 100)]);
    expect(await range('bytes=1000-')).toEqual([
      206,
      `bytes 1000-${length - 1}/${length}`,
      whole.subarray(1000),
    ]);
    expect(await range('bytes=-10')).toEqual([
      206,
      `bytes ${length - 10}-${length - 1}/${length}`,
      whole.subarray(-10),
    ]);
    expect((await range(`bytes=${length}-`)).slice(0, 2)).toEqual([416, `bytes */${length}`]);
    expect((await range('bytes=0-1,5-6'))[0]).toBe(200);
    expect((await range('bytes=0-43', { 'if-range': '"another"' }))[0]).toBe(200);
    expect((await range('bytes=0-43', { 'if-range': response.headers.get('etag') }))[0]).toBe(206);

    const head = await fetch(recording.url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), (await head.arrayBuffer()).byteLength]).toEqual([
      200,
      String(length),
      0,
    ]);
    const again = await fetch(recording.url, { headers: { 'if-none-match': response.headers.get('etag')! } });
    expect(again.status).toBe(304);
    expect((await fetch(recording.url, { method: 'POST' })).status).toBe(405);
  });

  test('has a waveform', async () => {
    const { it } = await recorded();
    await end(it);
    const queryWaveform = (points: number) =>
      it.query('query($p: Int) { calls { nodes { waveform(points: $p) { party peaksDb } } } }', {
        p: points,
      });
    const [{ party, peaksDb }] = (await queryWaveform(10)).data.calls.nodes[0].waveform;
    expect([party, peaksDb.length]).toEqual(['CUSTOMER', 10]);
    expect(Math.max(...peaksDb)).toBeCloseTo(-6, 0);
    for (const points of [0, 2001])
      expect((await queryWaveform(points)).errors?.[0]?.extensions['code']).toBe('INPUT_INVALID');
  });

  test('is erased with its call', async () => {
    const { it, callId } = await recorded();
    await end(it);
    expect((await it.query('mutation($id: ID!) { deleteCall(callId: $id) }', { id: callId })).data).toEqual({
      deleteCall: true,
    });
    expect((await fetch(it.url(`calls/${callId}/recording.wav`))).status).toBe(404);
    expect(existsSync(join(dir, 'recordings', `${callId}.wav`))).toBe(false);
    const { $client } = databaseOf(it).db;
    for (const table of ['recordings', 'waveforms', 'listenings', 'events'])
      expect($client.prepare(`select count(*) from ${table}`).pluck().get()).toBe(0);
  });

  test('returns 404 if there is none, for any id', async () => {
    const it = await startTestDaemon(dir);
    const callId = await it.aCall();
    for (const id of [callId, 'call_unknown', '..%2f..%2fetc%2fpasswd'])
      expect((await fetch(it.url(`calls/${id}/recording.wav`))).status).toBe(404);
    expect(
      (await it.query('{ calls { nodes { recording { url } waveform { party } } } }')).data.calls.nodes,
    ).toEqual([{ recording: null, waveform: [] }]);
  });

  test('needs a token with the scope LISTEN', async () => {
    const token = (name: string): string => `${name}-0123456789-0123456789-0123456789`;
    const { it, callId } = await recorded({
      auth: {
        tokens: [
          { name: 'ears', token: token('ears'), scopes: ['listen'] },
          { name: 'eyes', token: token('eyes'), scopes: ['read'] },
        ],
      },
    });
    await end(it);
    const url = it.url(`calls/${callId}/recording.wav`);
    const statusWith = async (name: string): Promise<number> =>
      (await fetch(url, { headers: { authorization: `Bearer ${token(name)}` } })).status;
    expect([(await fetch(url)).status, await statusWith('eyes'), await statusWith('ears')]).toEqual([
      401, 403, 200,
    ]);
    expect((await fetch(`${url}?token=${token('ears')}`)).status).toBe(200);
  });

  test.each([
    [false, undefined, 0],
    [false, true, 1],
    [true, undefined, 1],
    [true, false, 0],
  ])(
    'with recording.enabled %s and %s for the provider makes %d recordings',
    async (enabled, ofProvider, recordings) => {
      const key = randomUUID();
      const it = await startTestDaemon(dir, {
        recording: { enabled, path: join(dir, 'recordings') },
        providers: {
          test: { plugin: './scripted-plugin.ts', options: { key }, recording: { enabled: ofProvider } },
        },
      });
      scripts.get(key)!.host.emit(event('call.status', { status: 'IN_PROGRESS' }));
      await it.committed();
      const [callId] = it.daemon.parts
        .resolve(tokens.CALL_REGISTRY)
        .live()
        .map(({ id }) => id);
      const hasDemand = () => it.daemon.parts.resolve(tokens.DEMAND).has('audio', callId!);
      await until(() => hasDemand() === recordings > 0, 'the audio has demand, or not');
      expect(it.daemon.parts.resolve(tokens.RECORDING_SERVICE).size).toBe(recordings);
    },
  );
});

describe('rangeIn', () => {
  test('returns a range within the file, or none, for any header', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1000), (header, bytes) => {
        const range = rangeIn(header, bytes);
        if (typeof range !== 'object') return;
        expect(range.from).toBeLessThan(range.to);
        expect(range.to).toBeLessThanOrEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.nat(50), (first, last, bytes) => {
        const range = rangeIn(`bytes=${first}-${last}`, bytes);
        if (last < first) expect(range).toBeUndefined();
        else if (first >= bytes) expect(range).toBe('unsatisfiable');
        else expect(range).toEqual({ from: first, to: Math.min(last + 1, bytes) });
      }),
    );
    expect([
      rangeIn('bytes=-0', 5),
      rangeIn('bytes=-9', 5),
      rangeIn('bytes=-', 5),
      rangeIn('lines=1-2', 5),
    ]).toEqual(['unsatisfiable', { from: 0, to: 5 }, undefined, undefined]);
  });
});
