import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebhookSender, MAX_IN_FLIGHT } from '../../src/http/webhook-sender.ts';

const CLOSED = 'http://127.0.0.1:1/';
let statuses: number[] = [];
let asked = 0;
const server = createServer((request, response) => {
  asked += 1;
  if (request.url === '/silent') return;
  response.writeHead(statuses.shift() ?? 200).end('thanks');
});
let url = '';

beforeEach(async () => {
  asked = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
});

const delivery = (target: string) => ({ url: target, headers: {}, body: 'news', timeoutMs: 1_000 });

describe('a courier', () => {
  it('delivers once, and gives what came back', async () => {
    const courier = createWebhookSender();
    expect(await courier.deliver(delivery(url))).toMatchObject({ text: 'thanks' });
    expect(courier.counts).toEqual({ sent: 1, delivered: 1, failed: 0, lastFailure: null });
  });

  it('does not try again unless it is told to', async () => {
    statuses = [500];
    const courier = createWebhookSender();
    expect(await courier.deliver(delivery(url))).toBeUndefined();
    expect(asked).toBe(1);
    expect(courier.counts).toMatchObject({ failed: 1, lastFailure: 'HTTP 500' });
  });

  it('tries again after each pause, and counts one message', async () => {
    statuses = [500, 503];
    const courier = createWebhookSender();
    expect(await courier.deliver({ ...delivery(url), retryPausesMs: [5, 5, 5] })).toBeDefined();
    expect(asked).toBe(3);
    expect(courier.counts).toMatchObject({ sent: 1, delivered: 1, failed: 0 });
  });

  it('gives up on whoever does not answer, and on whoever is not there, without throwing', async () => {
    const courier = createWebhookSender();
    await courier.deliver({ ...delivery(`${url}/silent`), timeoutMs: 30 });
    expect(courier.counts.lastFailure).toBe('timeout');
    await courier.deliver(delivery(CLOSED));
    expect(courier.counts).toMatchObject({ failed: 2, lastFailure: 'unreachable' });
  });

  it('takes no more than so many at a time', async () => {
    const courier = createWebhookSender();
    for (let count = 0; count < MAX_IN_FLIGHT; count += 1) void courier.deliver(delivery(`${url}/silent`));
    await courier.deliver(delivery(url));
    expect(courier.counts).toMatchObject({ failed: 1, lastFailure: 'too many under way' });
    courier.close();
    await courier.drained();
    expect(courier.counts.failed).toBe(MAX_IN_FLIGHT + 1);
  });
});
