import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import {
  MAX_BODIES_PER_SECOND,
  RecentRequests,
  type RequestResult,
} from '../../../src/plugins/requests/recent-requests.ts';
import { safeAddress, safeReason } from '../../../src/plugins/requests/safe-text.ts';

const START = {
  direction: 'RECEIVED',
  kind: 'REQUEST',
  method: 'POST',
  path: '/providers/test/hook',
} as const;
const SOCKET = { ...START, kind: 'SOCKET' } as const;

describe('recent requests', () => {
  const clock = createFakeClock();
  const add = (requests: RecentRequests, result: RequestResult): void => requests.begin(START).end(result);

  test('are listed newest first, with their duration', async () => {
    const requests = new RecentRequests(clock, 10);
    add(requests, { status: 200 });
    await clock.advance(1000);
    const open = requests.begin(START);
    expect(requests.list()[0]).not.toHaveProperty('durationMs');
    await clock.advance(30);
    open.end({ status: 204 });
    expect(requests.list()).toMatchObject([
      { status: 204, durationMs: 30 },
      { status: 200, durationMs: 0 },
    ]);
  });

  test('are limited, and successful ones do not replace failed ones', () => {
    const requests = new RecentRequests(clock, 3);
    add(requests, { status: 401, code: 'WEBHOOK_UNAUTHENTICATED' });
    for (let i = 0; i < 100; i++) add(requests, { status: 200 });
    expect(
      requests
        .list()
        .map(({ status }) => status)
        .toSorted((one = 0, other = 0) => one - other),
    ).toEqual([200, 200, 200, 401]);
    for (let i = 0; i < 100; i++) add(requests, { status: 400, code: 'WIRE_MALFORMED' });
    expect(requests.list().filter(({ status }) => status === 400)).toHaveLength(3);
    expect(requests.list()).toHaveLength(6);
  });

  test('are not kept if their number is 0', () => {
    const requests = new RecentRequests(clock, 0);
    add(requests, { status: 401 });
    expect(requests.list()).toEqual([]);
  });

  test('of sockets are open until they are closed, and fail by their close code', async () => {
    const requests = new RecentRequests(clock, 10);
    const open = requests.begin(SOCKET);
    open.end({ status: 101 });
    expect(requests.list()[0]).not.toHaveProperty('durationMs');
    await clock.advance(5000);
    open.end({ closeCode: 1008, bytes: 640 });
    expect(requests.list()).toMatchObject([{ status: 101, closeCode: 1008, durationMs: 5000, bytes: 640 }]);
  });

  test('have the shape of few bodies a second, and the size of all', async () => {
    const requests = new RecentRequests(clock, 100);
    const send = (): void =>
      requests.begin(START).body(Buffer.from('{"type":"x"}'), 'application/json; charset=utf-8');
    const described = (): number => requests.list().filter(({ body }) => body !== undefined).length;
    for (let i = 0; i < 50; i++) send();
    expect(described()).toBe(MAX_BODIES_PER_SECOND);
    expect(requests.list().every(({ bytes }) => bytes === 12)).toBe(true);
    await clock.advance(1000);
    send();
    expect(described()).toBe(MAX_BODIES_PER_SECOND + 1);
    expect(requests.list()[0]!.contentType).toBe('application/json');
  });
});

test.each([
  ['https://api.vapi.ai/call/3f1c9a0e-8d2b-4c5f', 'api.vapi.ai/call/…'],
  ['https://api.example.com/v1/Account/MA_ABCDEFGH/Call/?key=secret', 'api.example.com/v1/Account/…/Call/'],
  ['https://api.example.com/numbers/+14155550123', 'api.example.com/numbers/…'],
  ['https://api.example.com/v1/phone-number', 'api.example.com/v1/phone-number'],
])('the address %s is shown without ids and secrets', (url, shown) => {
  expect(safeAddress(new URL(url))).toBe(shown);
});

test('a reason is shown without numbers and secrets', () => {
  expect(safeReason('number +1 (415) 555-0123 is not valid')).toBe('number … is not valid');
  expect(safeReason('key sk_live_abcdefghijklmnopqrstuvwxyz0123 rejected')).toBe('key … rejected');
  expect(safeReason('status 401, 3 of 20')).toBe('status 401, 3 of 20');
});
