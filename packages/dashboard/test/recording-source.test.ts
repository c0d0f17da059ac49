import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRecordingSource, RecordingError } from '../page/playback/recording-source.ts';

const PATH = '/calls/call_1/recording.wav';

/** Answers as the daemon would; the requests that came. */
function daemon(answer: () => Response) {
  const asked = vi.fn((..._args: Parameters<typeof fetch>) => Promise.resolve(answer()));
  vi.stubGlobal('fetch', asked);
  return asked;
}
const file = (): Response =>
  new Response(new Uint8Array([1, 2, 3, 4]), { headers: { 'content-length': '4' } });

afterEach(() => vi.unstubAllGlobals());

describe('the sound of a recording', () => {
  test('is read by the browser itself where no token is needed', async () => {
    const asked = daemon(file);
    expect(await createRecordingSource(PATH, undefined).open(() => undefined)).toBe(PATH);
    expect(asked).not.toHaveBeenCalled();
  });

  test('is fetched with the token in a header, once, and played from memory', async () => {
    const asked = daemon(file);
    const source = createRecordingSource(PATH, 'secret');
    const shares: number[] = [];
    const url = await source.open((share) => shares.push(share));
    expect(await source.open(() => undefined)).toBe(url);
    expect(url).toMatch(/^blob:/);
    expect(asked.mock.calls.map(([address, init]) => [address, init!.headers])).toEqual([
      [PATH, { authorization: 'Bearer secret' }],
    ]);
    expect(shares.at(-1)).toBe(1);
  });

  test.each([
    [404, 'The recording is no longer there.'],
    [403, 'Your token may not hear recordings.'],
    [500, 'The recording cannot be fetched now.'],
  ])('that is answered with %i is a failure in words', async (status, words) => {
    daemon(() => new Response('', { status }));
    const failed = createRecordingSource(PATH, 'secret').open(() => undefined);
    await expect(failed).rejects.toThrow(new RecordingError(words));
  });

  test('that failed is tried again by the next who asks', async () => {
    let status = 500;
    const asked = daemon(() => (status === 200 ? file() : new Response('', { status })));
    const source = createRecordingSource(PATH, 'secret');
    await source.open(() => undefined).catch(() => undefined);
    status = 200;
    expect(await source.open(() => undefined)).toMatch(/^blob:/);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test('is given back, and fetched anew afterwards', async () => {
    const asked = daemon(file);
    const revoked = vi.spyOn(URL, 'revokeObjectURL');
    const source = createRecordingSource(PATH, 'secret');
    const url = await source.open(() => undefined);
    source.release();
    await vi.waitFor(() => expect(revoked).toHaveBeenCalledWith(url));
    await source.open(() => undefined);
    expect(asked).toHaveBeenCalledTimes(2);
  });
});
