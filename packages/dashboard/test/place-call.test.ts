import { expect, test } from 'vitest';
import { CALL_ATTEMPTS, placeCall } from '../page/place/place-call.ts';

const INPUT = { providerId: 'vapi', to: '+15005550001' };
const ok = (data: unknown) => ({ toPromise: async () => ({ data }) });
/** A client that answers the mutation with `payload`, and each query with the next command. */
function clientOf(payload: object | undefined, commands: readonly object[] = []) {
  let asked = 0;
  const client = {
    mutation: () =>
      payload
        ? ok({ placeCall: { call: null, command: null, failure: null, ...payload } })
        : { toPromise: async () => ({ error: { graphQLErrors: [] } }) },
    query: () => ok({ command: { call: null, failure: null, ...commands[asked++] } }),
  };
  return { client: client as unknown as Parameters<typeof placeCall>[0], asked: () => asked };
}
const noPause = async () => undefined;

test('returns the call of the provider', async () => {
  const { client } = clientOf({ call: { id: 'call_1' } });
  expect(await placeCall(client, INPUT, noPause)).toEqual({ callId: 'call_1' });
});

test('waits for a call that is reported later', async () => {
  const { client, asked } = clientOf({ command: { id: 'cmd_1' } }, [{}, { call: { id: 'call_1' } }]);
  expect(await placeCall(client, INPUT, noPause)).toEqual({ callId: 'call_1' });
  expect(asked()).toBe(2);
});

test('ends the wait, and says that the call may exist', async () => {
  const { client, asked } = clientOf({ command: { id: 'cmd_1' } });
  expect(await placeCall(client, INPUT, noPause)).toMatchObject({
    retry: 'same',
    remedy: expect.stringContaining('may have been placed'),
  });
  expect(asked()).toBe(CALL_ATTEMPTS);
});

test('returns the reason of a refusal with its remedy; a retry is a new command', async () => {
  const failure = { code: 'PROVIDER_REFUSED', message: 'number not verified', retryable: false };
  const { client } = clientOf({ failure });
  expect(await placeCall(client, INPUT, noPause)).toEqual({
    message: 'Number not verified.',
    remedy: 'The message of the provider states the reason.',
    retry: 'new',
  });
});

test('a retry without a connection has the same key, so that no second call is placed', async () => {
  const { client } = clientOf(undefined);
  expect(await placeCall(client, INPUT, noPause)).toMatchObject({ retry: 'same' });
});
