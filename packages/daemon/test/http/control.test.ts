import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, type FailureCode } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
});

async function post(
  callId: string,
  content: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(it.url(`calls/${callId}/control`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof content === 'string' ? content : JSON.stringify(content),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a control request', () => {
  test('runs the control, and is stored as a command', async () => {
    const callId = await it.aCall();
    const { status, body } = await post(callId, { type: 'say', message: 'One moment' });
    expect([status, body]).toEqual([200, { status: 'ACCEPTED', commandId: expect.any(String) }]);
    expect(it.script.asked).toEqual([
      { control: 'say', args: { content: 'One moment', endCallAfterSpoken: false, interrupt: false } },
    ]);
    const result = await it.query('query ($id: ID!) { command(id: $id) { kind status requestedBy } }', {
      id: body['commandId'],
    });
    expect(result.data.command).toEqual({ kind: 'SAY', status: 'ACCEPTED', requestedBy: 'local' });
  });

  test('with the same Idempotency-Key is one command, and with other content a conflict', async () => {
    const callId = await it.aCall();
    const key = { 'idempotency-key': 'k1' };
    const first = await post(callId, { type: 'say', content: 'Hi' }, key);
    const again = await post(callId, { type: 'say', content: 'Hi' }, key);
    const other = await post(callId, { type: 'say', content: 'Bye' }, key);
    expect(again).toEqual(first);
    expect([other.status, other.body['code']]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
    expect(it.script.asked.length).toBe(1);
  });

  test.each<[FailureCode, number]>([
    ['PROVIDER_REFUSED', 502],
    ['PROVIDER_UNREACHABLE', 502],
    ['PROVIDER_TIMEOUT', 504],
    ['PROVIDER_RATE_LIMITED', 429],
    ['CALL_NOT_LIVE', 409],
  ])('that fails with %s returns %i with code, remedy and command id', async (code, status) => {
    const callId = await it.aCall();
    it.script.control = () => Promise.reject(new FaultError(code, 'the reason'));
    const failed = await post(callId, { type: 'end-call' });
    expect(failed).toEqual({
      status,
      body: { code, message: 'the reason', remedy: expect.any(String), commandId: expect.any(String) },
    });
  });

  test('returns 404 for an unknown call, and 409 for an ended call or a missing capability', async () => {
    const callId = await it.aCall();
    expect(await post('call_x', { type: 'end-call' })).toMatchObject({
      status: 404,
      body: { code: 'CALL_NOT_FOUND' },
    });
    const muted = await post(callId, { type: 'control', control: 'mute-assistant' });
    expect(muted).toMatchObject({ status: 409, body: { code: 'CAPABILITY_MISSING' } });
    it.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await it.committed();
    expect(await post(callId, { type: 'end-call' })).toMatchObject({
      status: 409,
      body: { code: 'CALL_NOT_LIVE' },
    });
    expect(it.script.asked).toEqual([]);
  });

  test.each([
    ['{', 'body'],
    ['null', 'body'],
    ['{"type":"dance"}', 'type'],
    ['{"type":"say","content":" "}', 'content'],
    ['{"type":"transfer","destination":{"type":"number"}}', 'destination.number'],
  ])('with the body %s returns 400 with the field', async (body, argument) => {
    const rejected = await post(await it.aCall(), body);
    expect(rejected).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID', argument } });
    expect(it.script.asked).toEqual([]);
  });

  test('with an invalid Idempotency-Key returns 400', async () => {
    const rejected = await post(
      await it.aCall(),
      { type: 'end-call' },
      { 'idempotency-key': 'x'.repeat(201) },
    );
    expect(rejected).toMatchObject({ status: 400, body: { argument: 'Idempotency-Key' } });
  });

  test('that fails unexpectedly returns only an id, which is in the log', async () => {
    const callId = await it.aCall();
    it.daemon.parts.resolve(tokens.COMMAND_SERVICE).run = () => Promise.reject(new Error('select secret'));
    const { status, body } = await post(callId, { type: 'end-call' });
    expect([status, body['message']]).toEqual([500, 'internal server error']);
    expect(it.lines.find(({ fields }) => fields['id'] === body['id'])?.level).toBe('error');
  });
});

describe('the control endpoint', () => {
  test.each([
    ['GET', 405],
    ['DELETE', 405],
  ])('rejects %s', async (method, status) => {
    const response = await fetch(it.url('calls/call_x/control'), { method });
    expect([response.status, response.headers.get('allow')]).toEqual([status, 'POST']);
  });

  test('rejects other content types, and bodies above the limit', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect(await post('call_x', { type: 'end-call' }, headers)).toMatchObject({ status: 415 });
    expect(await post('call_x', { type: 'say', content: 'x'.repeat(2 ** 20) })).toMatchObject({
      status: 413,
      body: { code: 'WIRE_TOO_LARGE' },
    });
  });

  test('rejects requests from other origins', async () => {
    const callId = await it.aCall();
    const rejected = await post(callId, { type: 'end-call' }, { origin: 'https://evil.example' });
    expect(rejected).toMatchObject({ status: 403, body: { code: 'REQUEST_FORBIDDEN' } });
    expect(it.script.asked).toEqual([]);
  });
});
