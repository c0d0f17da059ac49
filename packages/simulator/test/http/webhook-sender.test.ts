import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebhookSender, MAX_IN_FLIGHT } from '../../src/http/webhook-sender.ts';

const CLOSED = 'http://127.0.0.1:1/';
let statuses: number[] = [];
let requestCount = 0;
const server = createServer((request, response) => {
  requestCount += 1;
  if (request.url === '/silent') return;
  response.writeHead(statuses.shift() ?? 200).end('thanks');
});
let url = '';

beforeEach(async () => {
  requestCount = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
});

const delivery = (target: string) => ({ url: target, headers: {}, body: 'event', timeoutMs: 1_000 });

describe('the webhook sender', () => {
  it('delivers once and returns the response', async () => {
    const sender = createWebhookSender();
    expect(await sender.deliver(delivery(url))).toMatchObject({ text: 'thanks' });
    expect(sender.counts).toEqual({ sent: 1, delivered: 1, failed: 0, lastFailure: null });
  });

  it('does not retry by default', async () => {
    statuses = [500];
    const sender = createWebhookSender();
    expect(await sender.deliver(delivery(url))).toBeUndefined();
    expect(requestCount).toBe(1);
    expect(sender.counts).toMatchObject({ failed: 1, lastFailure: 'HTTP 500' });
  });

  it('retries after each pause and counts one message', async () => {
    statuses = [500, 503];
    const sender = createWebhookSender();
    expect(await sender.deliver({ ...delivery(url), retryPausesMs: [5, 5, 5] })).toBeDefined();
    expect(requestCount).toBe(3);
    expect(sender.counts).toMatchObject({ sent: 1, delivered: 1, failed: 0 });
  });

  it('reports a timeout and an unreachable server without throwing', async () => {
    const sender = createWebhookSender();
    await sender.deliver({ ...delivery(`${url}/silent`), timeoutMs: 30 });
    expect(sender.counts.lastFailure).toBe('timeout');
    await sender.deliver(delivery(CLOSED));
    expect(sender.counts).toMatchObject({ failed: 2, lastFailure: 'unreachable' });
  });

  it('limits the messages in flight', async () => {
    const sender = createWebhookSender();
    for (let count = 0; count < MAX_IN_FLIGHT; count += 1) void sender.deliver(delivery(`${url}/silent`));
    await sender.deliver(delivery(url));
    expect(sender.counts).toMatchObject({ failed: 1, lastFailure: 'too many in flight' });
    sender.close();
    await sender.drained();
    expect(sender.counts.failed).toBe(MAX_IN_FLIGHT + 1);
  });
});
