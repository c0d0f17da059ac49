import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRecordingSource, RecordingError } from '../page/playback/recording-source.ts';

const PATH = '/calls/call_1/recording.wav';

/** Stubs `fetch` with a response. Returns the mock. */
function stubFetch(respond: () => Response) {
  const fetched = vi.fn((..._args: Parameters<typeof fetch>) => Promise.resolve(respond()));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}
const file = (): Response =>
  new Response(new Uint8Array([1, 2, 3, 4]), { headers: { 'content-length': '4' } });

afterEach(() => vi.unstubAllGlobals());

describe('createRecordingSource', () => {
  test('lets the browser stream the file without a token', async () => {
    const fetched = stubFetch(file);
    expect(await createRecordingSource(PATH, undefined).open(() => undefined)).toBe(PATH);
    expect(fetched).not.toHaveBeenCalled();
  });

  test('fetches the file once with the token in a header', async () => {
    const fetched = stubFetch(file);
    const source = createRecordingSource(PATH, 'secret');
    const fractions: number[] = [];
    const url = await source.open((fraction) => fractions.push(fraction));
    expect(await source.open(() => undefined)).toBe(url);
    expect(url).toMatch(/^blob:/);
    expect(fetched.mock.calls.map(([address, init]) => [address, init!.headers])).toEqual([
      [PATH, { authorization: 'Bearer secret' }],
    ]);
    expect(fractions.at(-1)).toBe(1);
  });

  test.each([
    [404, 'The recording no longer exists.'],
    [403, 'Your token lacks the scope listen.'],
    [500, 'The recording could not be loaded.'],
  ])('rejects status %i with a message', async (status, message) => {
    stubFetch(() => new Response('', { status }));
    const failed = createRecordingSource(PATH, 'secret').open(() => undefined);
    await expect(failed).rejects.toThrow(new RecordingError(message));
  });

  test('retries on the next call after a failure', async () => {
    let status = 500;
    const fetched = stubFetch(() => (status === 200 ? file() : new Response('', { status })));
    const source = createRecordingSource(PATH, 'secret');
    await source.open(() => undefined).catch(() => undefined);
    status = 200;
    expect(await source.open(() => undefined)).toMatch(/^blob:/);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test('revokes the URL on release and fetches again afterwards', async () => {
    const fetched = stubFetch(file);
    const revoked = vi.spyOn(URL, 'revokeObjectURL');
    const source = createRecordingSource(PATH, 'secret');
    const url = await source.open(() => undefined);
    source.release();
    await vi.waitFor(() => expect(revoked).toHaveBeenCalledWith(url));
    await source.open(() => undefined);
    expect(fetched).toHaveBeenCalledTimes(2);
  });
});
