import { fetchSound, MAX_SOUND_BYTES, SOUND_TIMEOUT_MS } from '../src/index.ts';
import { connectionFailure, createFakeHost, NEVER, type FakeReply } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';

const URL_OF_SOUND = 'https://files.example.com/hello.wav';
const signal = new AbortController().signal;

/** A WAV file of 16-bit mono sound at 8 kHz, all samples 7. */
function wav(samples: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + samples * 2);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from('RIFF____WAVEfmt '));
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint16(34, 16, true);
  bytes.set(Buffer.from('data'), 36);
  view.setUint32(40, samples * 2, true);
  for (let i = 0; i < samples; i++) view.setInt16(44 + i * 2, 7, true);
  return bytes;
}

describe('fetchSound', () => {
  it('returns the samples and leaves no timer', async () => {
    const host = createFakeHost();
    host.respond('GET', URL_OF_SOUND, { bytes: wav(3) });
    expect(await fetchSound(host, URL_OF_SOUND, signal)).toEqual({
      sampleRate: 8000,
      samples: Int16Array.of(7, 7, 7),
    });
    expect(host.requests[0]?.redirect).toBe('manual');
    expect(host.clock.pending).toBe(0);
  });

  it.each<[string, FakeReply | undefined]>([
    ['ftp://files.example.com/x.wav', undefined],
    ['nonsense', undefined],
    [URL_OF_SOUND, { status: 404 }],
    [URL_OF_SOUND, { status: 302, headers: { location: 'http://10.0.0.1/' } }],
    [URL_OF_SOUND, { text: 'ID3, not WAV' }],
    [URL_OF_SOUND, { bytes: wav(MAX_SOUND_BYTES / 2) }],
  ])('rejects %s as an invalid argument (case %#)', async (url, reply) => {
    const host = createFakeHost();
    if (reply) host.respond('GET', url, reply);
    await expect(fetchSound(host, url, signal)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'url' },
    });
  });

  it('rejects an unreachable server as an invalid argument', async () => {
    const host = createFakeHost();
    host.respond('GET', URL_OF_SOUND, () => Promise.reject(connectionFailure('ECONNREFUSED')));
    await expect(fetchSound(host, URL_OF_SOUND, signal)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('uses the guarded connection', async () => {
    const host = createFakeHost();
    host.respond('GET', URL_OF_SOUND, { bytes: wav(3) });
    const guarded = { ...host.guarded, fetch: () => Promise.reject(new Error('not a public address')) };
    await expect(fetchSound({ ...host, guarded }, URL_OF_SOUND, signal)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    expect(host.requests).toEqual([]);
  });

  it('fails with the same message, whatever the reason is, and logs the reason', async () => {
    const replies = [
      { status: 404 },
      { status: 500 },
      { text: 'not WAV' },
      () => Promise.reject(connectionFailure('ECONNREFUSED')),
      NEVER,
    ];
    const messages = new Set<string>();
    const reasons = new Set<unknown>();
    for (const reply of replies) {
      const host = createFakeHost();
      host.respond('GET', URL_OF_SOUND, reply);
      const failed = fetchSound(host, URL_OF_SOUND, signal).catch((error: Error) => error.message);
      await host.clock.advance(SOUND_TIMEOUT_MS);
      messages.add((await failed) as string);
      reasons.add(host.logs[0]?.fields['reason']);
    }
    expect(messages.size).toBe(1);
    expect(reasons.size).toBe(replies.length);
  });

  it('rejects with INPUT_INVALID on a timeout, and PROVIDER_UNREACHABLE on an abort', async () => {
    const host = createFakeHost();
    host.respond('GET', URL_OF_SOUND, NEVER);
    const slow = fetchSound(host, URL_OF_SOUND, signal).catch((error: unknown) => error);
    await host.clock.advance(SOUND_TIMEOUT_MS);
    expect(await slow).toMatchObject({ code: 'INPUT_INVALID' });
    const abort = new AbortController();
    const aborted = fetchSound(host, URL_OF_SOUND, abort.signal).catch((error: unknown) => error);
    await host.clock.settle();
    abort.abort();
    expect(await aborted).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(host.clock.pending).toBe(0);
  });
});
