import { describe, expect, test } from 'vitest';
import { AudioError, createUrlSource } from '../page/api/signed-url.ts';

interface Data {
  readonly url?: string;
}

/** Creates a source whose client answers every query with this result. */
function sourceWith(result: unknown) {
  const queries: unknown[] = [];
  const client = {
    query(...query: unknown[]) {
      queries.push(query);
      return { toPromise: () => Promise.resolve(result) };
    },
  };
  const source = createUrlSource<Data>({
    client: client as never,
    document: 'query',
    callId: 'call_1',
    urlIn: (data) => data?.url,
    missing: 'There is no audio.',
  });
  return { source, queries };
}

describe('createUrlSource', () => {
  test.each([
    ['https://other.example.com/calls/call_1/recording.wav?expires=1&signature=a'],
    ['wss://other.example.com:4000/calls/call_1/recording.wav?expires=1&signature=a'],
  ])('returns path and query, for the host of the page: %s', async (url) => {
    expect(await sourceWith({ data: { url } }).source()).toBe(
      '/calls/call_1/recording.wav?expires=1&signature=a',
    );
  });

  test('requests a new URL each time, past the cache', async () => {
    const { source, queries } = sourceWith({ data: { url: 'http://localhost/a?b' } });
    await source();
    await source();
    const query = ['query', { id: 'call_1' }, { requestPolicy: 'network-only' }];
    expect(queries).toEqual([query, query]);
  });

  test('rejects with the message of the API, or if there is no audio', async () => {
    const graphQLErrors = [{ message: 'unknown access token', extensions: { code: 'AUTH_REQUIRED' } }];
    await expect(sourceWith({ error: { graphQLErrors } }).source()).rejects.toThrow(
      new AudioError('Unknown access token.'),
    );
    await expect(sourceWith({ error: { graphQLErrors: [] } }).source()).rejects.toThrow(
      new AudioError('The daemon is not reachable.'),
    );
    for (const data of [{}, undefined])
      await expect(sourceWith({ data }).source()).rejects.toThrow(new AudioError('There is no audio.'));
  });
});
