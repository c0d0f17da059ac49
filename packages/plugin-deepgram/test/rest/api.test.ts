import { connectionFailure, NEVER, type FakeReply, type FakeResponder } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { CHECK_TIMEOUT_MS } from '../../src/rest/api.ts';
import { KEY, start } from '../harness.ts';

const URL = 'https://api.deepgram.com/v1/auth/token';

/** How the health of an instance is, when the service answers so. */
async function health(reply: FakeReply | FakeResponder): Promise<unknown> {
  const { host, transcriber } = await start();
  host.respond('GET', URL, reply);
  const asked = transcriber.health!(new AbortController().signal).then(
    () => 'well',
    (error: unknown) => error,
  );
  await host.clock.advance(CHECK_TIMEOUT_MS);
  expect(host.requests.at(-1)?.headers['authorization']).toBe(`Token ${KEY}`);
  expect(host.clock.pending).toBe(0);
  return asked;
}

describe('the health of an instance', () => {
  it('is well when the service takes the key, and where it has no such address', async () => {
    expect(await health({ json: {} })).toBe('well');
    expect(await health({ status: 404 })).toBe('well');
  });

  it('is not when the key is refused', async () => {
    for (const status of [401, 403]) {
      expect(await health({ status, json: { err_msg: 'Invalid credentials.' } })).toMatchObject({
        code: 'PROVIDER_REFUSED',
        message: 'Deepgram does not accept the API key',
        details: { status },
      });
    }
  });

  it('is not when the service is in trouble, or is not there', async () => {
    expect(await health({ status: 503 })).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(await health({ status: 302, headers: { location: 'https://example.com' } })).toMatchObject({
      code: 'PROVIDER_REFUSED',
    });
    expect(await health(NEVER)).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
    const broken = () => Promise.reject(connectionFailure('ECONNREFUSED'));
    expect(await health(broken)).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
  });
});
