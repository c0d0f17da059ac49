import { connectionFailure, NEVER, type FakeReply, type FakeResponder } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { CHECK_TIMEOUT_MS } from '../../src/rest/api.ts';
import { KEY, start } from '../harness.ts';

const URL = 'https://api.deepgram.com/v1/auth/token';

/** Returns the result of the health check for a response. */
async function health(reply: FakeReply | FakeResponder): Promise<unknown> {
  const { host, transcriber } = await start();
  host.respond('GET', URL, reply);
  const result = transcriber.health!(new AbortController().signal).then(
    () => 'healthy',
    (error: unknown) => error,
  );
  await host.clock.advance(CHECK_TIMEOUT_MS);
  expect(host.requests.at(-1)?.headers['authorization']).toBe(`Token ${KEY}`);
  expect(host.clock.pending).toBe(0);
  return result;
}

describe('health', () => {
  it('resolves if the key is accepted or the URL does not exist', async () => {
    expect(await health({ json: {} })).toBe('healthy');
    expect(await health({ status: 404 })).toBe('healthy');
  });

  it('rejects if the key is rejected', async () => {
    for (const status of [401, 403]) {
      expect(await health({ status, json: { err_msg: 'Invalid credentials.' } })).toMatchObject({
        code: 'PROVIDER_REFUSED',
        message: 'Deepgram rejected the API key',
        details: { status },
      });
    }
  });

  it('rejects if the service fails or cannot be reached', async () => {
    expect(await health({ status: 503 })).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(await health({ status: 302, headers: { location: 'https://example.com' } })).toMatchObject({
      code: 'PROVIDER_REFUSED',
    });
    expect(await health(NEVER)).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
    const broken = () => Promise.reject(connectionFailure('ECONNREFUSED'));
    expect(await health(broken)).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
  });
});
