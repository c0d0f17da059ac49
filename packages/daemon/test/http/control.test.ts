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
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(it.url(`calls/${callId}/control`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

describe('a control by POST', () => {
  test('asks the provider, and is the command that GraphQL tells of', async () => {
    const callId = await it.aCall();
    const { status, answer } = await post(callId, { type: 'say', message: 'One moment' });
    expect([status, answer]).toEqual([200, { status: 'ACCEPTED', commandId: expect.any(String) }]);
    expect(it.script.asked).toEqual([
      { control: 'say', args: { content: 'One moment', endCallAfterSpoken: false, interrupt: false } },
    ]);
    const told = await it.query('query ($id: ID!) { command(id: $id) { kind status requestedBy } }', {
      id: answer['commandId'],
    });
    expect(told.data.command).toEqual({ kind: 'SAY', status: 'ACCEPTED', requestedBy: 'local' });
  });

  test('with the same Idempotency-Key is one command, and with other words a conflict', async () => {
    const callId = await it.aCall();
    const key = { 'idempotency-key': 'k1' };
    const first = await post(callId, { type: 'say', content: 'Hi' }, key);
    const again = await post(callId, { type: 'say', content: 'Hi' }, key);
    const other = await post(callId, { type: 'say', content: 'Bye' }, key);
    expect(again).toEqual(first);
    expect([other.status, other.answer['code']]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
    expect(it.script.asked.length).toBe(1);
  });

  test.each<[FailureCode, number]>([
    ['PROVIDER_REFUSED', 502],
    ['PROVIDER_UNREACHABLE', 502],
    ['PROVIDER_TIMEOUT', 504],
    ['PROVIDER_RATE_LIMITED', 429],
    ['CALL_NOT_LIVE', 409],
  ])('that fails with %s is a %i with the code, a remedy and the command', async (code, status) => {
    const callId = await it.aCall();
    it.script.control = () => Promise.reject(new FaultError(code, 'so it is'));
    const failed = await post(callId, { type: 'end-call' });
    expect(failed).toEqual({
      status,
      answer: { code, message: 'so it is', remedy: expect.any(String), commandId: expect.any(String) },
    });
  });

  test('to a call that there is not is a 404, to one that is over a 409, and of what it cannot do a 409', async () => {
    const callId = await it.aCall();
    expect(await post('call_x', { type: 'end-call' })).toMatchObject({
      status: 404,
      answer: { code: 'CALL_NOT_FOUND' },
    });
    const switched = await post(callId, { type: 'control', control: 'mute-assistant' });
    expect(switched).toMatchObject({ status: 409, answer: { code: 'CAPABILITY_MISSING' } });
    it.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await it.committed();
    expect(await post(callId, { type: 'end-call' })).toMatchObject({
      status: 409,
      answer: { code: 'CALL_NOT_LIVE' },
    });
    expect(it.script.asked).toEqual([]);
  });

  test.each([
    ['{', 'body'],
    ['null', 'body'],
    ['{"type":"dance"}', 'type'],
    ['{"type":"say","content":" "}', 'content'],
    ['{"type":"transfer","destination":{"type":"number"}}', 'destination.number'],
  ])('of %s is a 400 that names the field', async (body, argument) => {
    const refused = await post(await it.aCall(), body);
    expect(refused).toMatchObject({ status: 400, answer: { code: 'INPUT_INVALID', argument } });
    expect(it.script.asked).toEqual([]);
  });

  test('with a key that cannot be one is a 400', async () => {
    const refused = await post(
      await it.aCall(),
      { type: 'end-call' },
      { 'idempotency-key': 'x'.repeat(201) },
    );
    expect(refused).toMatchObject({ status: 400, answer: { argument: 'Idempotency-Key' } });
  });

  test('that fails by a mistake of ours says no more than an id, which is in the log', async () => {
    const callId = await it.aCall();
    it.daemon.parts.resolve(tokens.COMMAND_SERVICE).run = () => Promise.reject(new Error('select secret'));
    const { status, answer } = await post(callId, { type: 'end-call' });
    expect([status, answer['message']]).toEqual([500, 'internal server error']);
    expect(it.lines.find(({ fields }) => fields['id'] === answer['id'])?.level).toBe('error');
  });
});

describe('the address of control', () => {
  test.each([
    ['GET', 405],
    ['DELETE', 405],
  ])('knows no %s', async (method, status) => {
    const response = await fetch(it.url('calls/call_x/control'), { method });
    expect([response.status, response.headers.get('allow')]).toEqual([status, 'POST']);
  });

  test('takes nothing but JSON, and not too much of it', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect(await post('call_x', { type: 'end-call' }, headers)).toMatchObject({ status: 415 });
    expect(await post('call_x', { type: 'say', content: 'x'.repeat(2 ** 20) })).toMatchObject({
      status: 413,
      answer: { code: 'WIRE_TOO_LARGE' },
    });
  });

  test('takes nothing from a page from elsewhere', async () => {
    const callId = await it.aCall();
    const refused = await post(callId, { type: 'end-call' }, { origin: 'https://evil.example' });
    expect(refused).toMatchObject({ status: 403, answer: { code: 'REQUEST_FORBIDDEN' } });
    expect(it.script.asked).toEqual([]);
  });
});
