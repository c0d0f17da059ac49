/** Exceptions and failures of a plugin while it handles requests, sockets and events. */
import type { IngressRequest, Socket } from '@sidetone/core';
import { MAX_JSON_DEPTH, MAX_JSON_VALUES } from '@sidetone/plugin-kit';
import { createFakeSocket } from '@sidetone/testkit';
import { describe, expect, test, vi } from 'vitest';
import { MAX_EXCEPTIONS } from '../../../src/plugins/supervision/plugin-lifecycle.ts';
import { call, failing, forever, raise, request } from '../../support/failing-plugins.ts';
import { supervise, type Supervised } from '../../support/supervised.ts';

describe('is reported as an exception of the plugin:', () => {
  test.each<[string, Parameters<typeof supervise>[0], (it: Supervised) => void | Promise<unknown>]>([
    [
      'an exception in controlsFor',
      () => ({ controlsFor: raise }),
      (it) => void it.provider.capabilitiesFor(call),
    ],
    [
      'a controlsFor that returns no list',
      () => ({ controlsFor: () => 5 as never }),
      (it) => void it.provider.capabilitiesFor(call),
    ],
    [
      'an exception in a timer',
      (host) => ({ start: async () => void host.clock.schedule(10, raise) }),
      (it) => it.clock.advance(10),
    ],
  ])('%s', async (_name, create, act) => {
    const it = supervise(create);
    await it.provider.start();
    await Promise.resolve()
      .then(() => act(it))
      .catch(() => undefined);
    await it.clock.settle();
    expect(it.lines).toMatchObject([
      {
        level: 'error',
        fields: { code: 'PLUGIN_EXCEPTION', error: { stack: expect.stringContaining('\n    at ') } },
      },
    ]);
    expect(it.provider.state).toBe('DEGRADED');
  });
});

describe('is a failure of one request, and does not affect the plugin:', () => {
  const rejecting: () => unknown = failing('no');
  const socketOf = (): Socket => createFakeSocket().socket;
  const messages = (): [Socket, (text: string) => void] => {
    const { socket, peer } = createFakeSocket();
    return [socket, (text) => peer.send(text)];
  };

  test.each<[string, Parameters<typeof supervise>[0], (it: Supervised) => void | Promise<unknown>]>([
    [
      'an exception in a request',
      () => ({ ingress: { request: raise } }),
      (it) => it.provider.request(request),
    ],
    [
      'a response without a status',
      () => ({ ingress: { request: async () => ({}) as never } }),
      (it) => it.provider.request(request),
    ],
    [
      'an exception in admitSocket',
      () => ({ ingress: { admitSocket: raise, socket: () => undefined } }),
      (it) => void it.provider.admitSocket(request),
    ],
    [
      'an admitSocket that returns no admission',
      () => ({ ingress: { admitSocket: () => undefined as never, socket: () => undefined } }),
      (it) => void it.provider.admitSocket(request),
    ],
    [
      'an exception in socket',
      () => ({ ingress: { socket: raise } }),
      (it) => it.provider.socket(request, socketOf()),
    ],
    [
      'a rejection of socket',
      () => ({ ingress: { socket: rejecting } }),
      (it) => it.provider.socket(request, socketOf()),
    ],
    [
      'an exception of a message listener',
      () => ({ ingress: { socket: (_request, socket) => socket.onMessage(raise) } }),
      (it) => {
        const [socket, send] = messages();
        it.provider.socket(request, socket);
        send('x');
      },
    ],
    [
      'an exception of a close listener',
      () => ({ ingress: { socket: (_request, socket) => socket.onClose(raise) } }),
      (it) => {
        let close: Parameters<Socket['onClose']>[0] = () => undefined;
        it.provider.socket(request, { ...socketOf(), onClose: (listener) => (close = listener) });
        close(1006, '');
      },
    ],
    [
      'a request that times out',
      () => ({ ingress: { request: forever } }),
      (it) => {
        const response = it.provider.request(request).catch((error: unknown) => error);
        return it.clock.advance(30_000).then(() => response);
      },
    ],
  ])('%s', async (_name, create, act) => {
    const it = supervise(create);
    await it.provider.start();
    const times = 10 * MAX_EXCEPTIONS;
    for (let i = 0; i < times; i++) {
      await Promise.resolve()
        .then(() => act(it))
        .catch(() => undefined);
      await it.clock.settle();
    }
    expect([it.leases.length, it.provider.state, it.provider.failedRequests]).toEqual([1, 'RUNNING', times]);
    const lines = it.lines.filter(({ fields }) => fields['code'] === 'PLUGIN_REQUEST_FAILED');
    expect(lines[0]).toMatchObject({ level: 'warn' });
    expect(lines.length).toBeLessThan(times);
    await it.provider.stop();
    expect(it.clock.pending).toBe(0);
  });

  test('a request whose exception has no code is rejected with PLUGIN_REQUEST_FAILED', async () => {
    const it = supervise(() => ({
      ingress: { request: failing('no'), admitSocket: raise, socket: () => undefined },
    }));
    await it.provider.start();
    await expect(it.provider.request(request)).rejects.toMatchObject({ code: 'PLUGIN_REQUEST_FAILED' });
    expect(() => it.provider.admitSocket(request)).toThrow('ingress.admitSocket: unavailable');
  });
});

describe('a request with JSON', () => {
  const nested = (depth: number, prefix = ''): IngressRequest => ({
    ...request,
    body: new TextEncoder().encode(`${prefix}{"a":${'['.repeat(depth - 1)}"]}"${']'.repeat(depth - 1)}}`),
  });

  test.each(['', ' \n', '\ufeff', '\u00a0', ' '.repeat(100_000)])(
    'after %j is rejected if it is nested too deep',
    async (prefix) => {
      const handle = vi.fn(async () => ({ status: 200 }));
      const it = supervise(() => ({ ingress: { request: handle } }));
      await it.provider.start();
      await it.provider.request(nested(MAX_JSON_DEPTH, prefix));
      for (const depth of [MAX_JSON_DEPTH + 1, 6000, 500_000]) {
        await expect(it.provider.request(nested(depth, prefix))).rejects.toMatchObject({
          code: 'WIRE_MALFORMED',
        });
      }
      expect([handle.mock.calls.length, it.provider.failedRequests]).toEqual([1, 0]);
    },
  );

  test('is rejected if it has too many values', async () => {
    const handle = vi.fn(async () => ({ status: 200 }));
    const it = supervise(() => ({ ingress: { request: handle } }));
    await it.provider.start();
    const body = new TextEncoder().encode(`{"a":[${'{},'.repeat(MAX_JSON_VALUES)}0]}`);
    const message = `body: expected JSON with at most ${MAX_JSON_VALUES} values`;
    await expect(it.provider.request({ ...request, body })).rejects.toMatchObject({
      code: 'WIRE_MALFORMED',
      message,
    });
    expect([handle.mock.calls.length, it.provider.failedRequests]).toEqual([0, 0]);
  });
});
