import { FaultError, providerCallId, type Call, type IngressRequest, type Socket } from '@sidetone/core';
import { createFakeSocket } from '@sidetone/testkit';
import { describe, expect, test, vi } from 'vitest';
import { HEALTH_TIMEOUT_MS, STOP_TIMEOUT_MS } from '../../../src/plugins/supervision/plugin-instance.ts';
import {
  LOOK_MS,
  MOST_REPLACEMENTS,
  MOST_THROWS,
  REPLACEMENTS_WINDOW_MS,
  THROWS_WINDOW_MS,
  PLUGIN_BACK_OFF,
} from '../../../src/plugins/supervision/plugin-lifecycle.ts';
import { supervise, type Supervised } from '../../support/supervised.ts';

const forever = (): Promise<never> => new Promise(() => undefined);
const failing = (reason: string) => (): Promise<never> => Promise.reject(new Error(reason));
const request = { method: 'POST', path: 'hook' } as IngressRequest;
const call = { id: 'call_1', providerCallId: providerCallId('x'), status: 'IN_PROGRESS' } as Call;

/** Makes the provider throw so often while it is asked for something. */
async function provoke({ provider }: Supervised, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await provider.request(request).catch(() => undefined);
}

const throwing = (): Supervised => supervise(() => ({ ingress: { request: failing('out of sorts') } }));

describe('a provider that cannot start', () => {
  test('is tried again as a new instance, and says when, until one starts', async () => {
    const it = supervise((_host, instance) => (instance < 3 ? { start: failing('no network') } : {}));
    await it.provider.start();
    expect(it.provider.state).toBe('FAILED');
    const soon = new Date(it.clock.now() + 1000).toISOString();
    expect(it.provider.stateMessage).toMatch(/^no network\. .*credential/);
    expect(it.provider.stateMessage).toContain(`The next attempt is at ${soon}.`);
    await it.clock.advance(999);
    expect(it.leases.length).toBe(1);
    await it.clock.advance(1);
    expect([it.leases.length, it.provider.state]).toEqual([2, 'FAILED']);
    await it.clock.advance(2000);
    expect([it.leases.length, it.provider.state, it.provider.stateMessage]).toEqual([
      3,
      'RUNNING',
      undefined,
    ]);
    expect(it.lines.at(-1)).toMatchObject({ level: 'info', fields: { failures: 2 } });
    expect(it.leases.map((lease) => [lease.isOpen, lease.isOver])).toEqual([
      [false, true],
      [false, true],
      [true, false],
    ]);
  });

  test('is tried for as long as it takes, less and less often', async () => {
    const starts: number[] = [];
    const it = supervise(() => ({
      start: async () => {
        starts.push(it.clock.now());
        throw new Error('no');
      },
    }));
    await it.provider.start();
    await it.clock.advance(60 * 60_000);
    const waits = starts.slice(1).map((at, i) => at - starts[i]!);
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(new Set(waits.slice(9))).toEqual(new Set([PLUGIN_BACK_OFF.maxMs]));
    expect(waits.length).toBeGreaterThan(15);
  });

  test('because its configuration is wrong is not tried again', async () => {
    const wrong = new FaultError('CONFIG_INVALID', 'options.apiKey: found none');
    const it = supervise(() => ({ start: () => Promise.reject(wrong) }));
    await it.provider.start();
    await it.clock.advance(PLUGIN_BACK_OFF.maxMs);
    expect([it.leases.length, it.clock.pending, it.provider.state]).toEqual([1, 0, 'FAILED']);
    expect(it.provider.stateMessage).toContain('not tried again until the daemon restarts');
  });

  test('leaves nothing running when the daemon stops between two attempts', async () => {
    const it = supervise(({ clock }) => ({
      async start() {
        clock.schedule(10_000, () => undefined);
        throw new Error('no');
      },
    }));
    await it.provider.start();
    expect(it.clock.pending).toBe(1);
    await it.provider.stop();
    expect(it.clock.pending).toBe(0);
    await it.clock.advance(PLUGIN_BACK_OFF.maxMs);
    expect([it.leases.length, it.provider.state]).toEqual([1, 'STOPPED']);
  });

  test('is left alone when the daemon stops during an attempt, and does not run when that succeeds', async () => {
    let begin = (): void => undefined;
    let signal: AbortSignal | undefined;
    const it = supervise(() => ({
      start: (given) => ((signal = given), new Promise<void>((resolve) => (begin = resolve))),
    }));
    const started = it.provider.start();
    await it.provider.stop();
    begin();
    await started;
    expect([it.provider.state, signal?.aborted, it.clock.pending]).toEqual(['STOPPED', true, 0]);
    expect(it.leases[0]?.isOver).toBe(true);
  });

  test('in the very moment in which the daemon stops is stopped, too', async () => {
    let begin = (): void => undefined;
    const stop = vi.fn(async () => undefined);
    const it = supervise(() => ({ start: () => new Promise<void>((resolve) => (begin = resolve)), stop }));
    const started = it.provider.start();
    begin();
    await Promise.all([it.provider.stop(), started]);
    expect([it.provider.state, stop.mock.calls.length, it.clock.pending]).toEqual(['STOPPED', 1, 0]);
  });

  test('because nobody asked it to is not stopped', async () => {
    const stop = vi.fn(async () => undefined);
    const it = supervise(() => ({ stop }));
    await it.provider.stop();
    expect([it.provider.state, stop.mock.calls.length]).toEqual(['STOPPED', 0]);
    expect(it.leases[0]?.isOver).toBe(true);
  });

  test('has its live calls reconciled once it is back', async () => {
    const asked: string[] = [];
    const it = supervise(
      (_host, instance) => ({
        ...(instance === 1 && { start: failing('no') }),
        reconcile: async (calls) => void asked.push(...calls.map(({ id }) => `${id} by ${instance}`)),
      }),
      { liveCalls: () => [call] },
    );
    await it.provider.start();
    expect(asked).toEqual([]);
    await it.clock.advance(1000);
    expect(asked).toEqual(['call_1 by 2']);
  });
});

describe('a provider that runs', () => {
  test('is DEGRADED while it says that it does not do well, can be used, and is RUNNING when it does', async () => {
    let health: () => Promise<void> = failing('the key is not accepted');
    const it = supervise(() => ({
      health: () => health(),
      ingress: { request: async () => ({ status: 204 }) },
    }));
    await it.provider.start();
    expect(it.provider.state).toBe('RUNNING');
    await it.clock.advance(LOOK_MS);
    expect(it.provider.state).toBe('DEGRADED');
    expect(it.provider.stateMessage).toBe('It does not do well: the key is not accepted.');
    expect(await it.provider.request(request)).toEqual({ status: 204 });
    health = async () => undefined;
    await it.clock.advance(LOOK_MS);
    expect([it.provider.state, it.provider.stateMessage]).toEqual(['RUNNING', undefined]);
  });

  test('is DEGRADED when it does not say how it does in time, and is asked again', async () => {
    const health = vi.fn(forever);
    const it = supervise(() => ({ health }));
    await it.provider.start();
    await it.clock.advance(LOOK_MS);
    expect(it.provider.state).toBe('RUNNING');
    await it.clock.advance(HEALTH_TIMEOUT_MS);
    expect(it.provider.stateMessage).toContain('no answer within 10 s');
    await it.clock.advance(LOOK_MS);
    expect(health).toHaveBeenCalledTimes(2);
    await it.provider.stop();
    expect(it.clock.pending).toBe(0);
  });

  test('is DEGRADED while events of it are dropped, with one line in the log', async () => {
    const it = supervise(() => ({}));
    await it.provider.start();
    for (let i = 0; i < 100; i++) it.lose();
    expect(it.provider.state).toBe('DEGRADED');
    expect(it.provider.stateMessage).toMatch(
      /none: 100, the last because type: unknown event type\. Report it to the author/,
    );
    expect(it.lines).toMatchObject([{ level: 'warn', fields: { code: 'PLUGIN_EVENT_INVALID' } }]);
    await it.clock.advance(LOOK_MS);
    expect(it.provider.state).toBe('DEGRADED');
    await it.clock.advance(LOOK_MS);
    expect(it.provider.state).toBe('RUNNING');
  });
});

describe('a provider that throws', () => {
  test('a few times goes on, and says so', async () => {
    const it = throwing();
    await it.provider.start();
    await provoke(it, MOST_THROWS - 1);
    await it.clock.settle();
    expect([it.leases.length, it.provider.state]).toEqual([1, 'DEGRADED']);
    expect(it.provider.stateMessage).toContain(
      'exceptions of the plugin: 19, the last in a request: out of sorts',
    );
  });

  test('now and then is never replaced', async () => {
    const it = throwing();
    await it.provider.start();
    for (let i = 0; i < 3 * MOST_THROWS; i++) {
      await provoke(it, 1);
      await it.clock.advance(THROWS_WINDOW_MS / (MOST_THROWS - 1));
    }
    expect(it.leases.length).toBe(1);
  });

  test('often is stopped, and a new instance takes its place', async () => {
    const stopped: number[] = [];
    const it = supervise((_host, instance) => ({
      stop: async () => void stopped.push(instance),
      ingress: { request: instance === 1 ? failing('out of sorts') : async () => ({ status: 200 }) },
    }));
    await it.provider.start();
    await provoke(it, MOST_THROWS);
    await it.clock.settle();
    expect(stopped).toEqual([1]);
    expect(it.provider.state).toBe('FAILED');
    expect(it.provider.stateMessage).toMatch(
      /^the plugin threw 20 times within 60 s, .* The next attempt is at /,
    );
    await expect(it.provider.request(request)).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await it.clock.advance(1000);
    expect(await it.provider.request(request)).toEqual({ status: 200 });
    expect(it.leases.map(({ isOver }) => isOver)).toEqual([true, false]);
  });

  test('often, and hangs when it is stopped, is replaced all the same', async () => {
    const it = supervise((_host, instance) => ({
      ...(instance === 1 && { stop: forever }),
      ingress: { request: failing('no') },
    }));
    await it.provider.start();
    await provoke(it, MOST_THROWS);
    await it.clock.advance(STOP_TIMEOUT_MS - 1);
    expect(it.leases[0]?.isOver).toBe(false);
    await it.clock.advance(1 + 1000);
    expect([it.leases.length, it.leases[0]?.isOver]).toEqual([2, true]);
  });

  test('again and again is given up', async () => {
    const it = throwing();
    await it.provider.start();
    for (let i = 0; i <= MOST_REPLACEMENTS; i++) {
      await provoke(it, MOST_THROWS);
      await it.clock.advance(40_000);
    }
    expect(it.leases.length).toBe(1 + MOST_REPLACEMENTS);
    expect(it.provider.stateMessage).toContain('It is not tried again until the daemon restarts.');
    await it.clock.advance(REPLACEMENTS_WINDOW_MS);
    expect([it.leases.length, it.provider.state, it.clock.pending]).toEqual([6, 'FAILED', 0]);
  });

  test('often, but seldom so, is replaced every time', async () => {
    const it = throwing();
    await it.provider.start();
    for (let i = 0; i < 2 * MOST_REPLACEMENTS; i++) {
      await provoke(it, MOST_THROWS);
      await it.clock.advance(REPLACEMENTS_WINDOW_MS / MOST_REPLACEMENTS);
    }
    expect(it.leases.length).toBe(1 + 2 * MOST_REPLACEMENTS);
  });

  test('faults at whoever sends rubbish is not blamed for it', async () => {
    const refusal = new FaultError('WEBHOOK_UNAUTHENTICATED', 'the signature is wrong');
    const it = supervise(() => ({ ingress: { request: () => Promise.reject(refusal) } }));
    await it.provider.start();
    await provoke(it, 10 * MOST_THROWS);
    await it.clock.settle();
    expect([it.leases.length, it.provider.state]).toEqual([1, 'RUNNING']);
  });

  test('is not blamed for what an instance throws that is gone', async () => {
    const it = supervise((_host, instance) => ({
      ingress: {
        request: instance === 1 ? failing('no') : async () => ({ status: 200 }),
        socket: (_request, socket) =>
          socket.onClose(() => {
            throw new Error('no');
          }),
      },
    }));
    await it.provider.start();
    let tellClose: Parameters<Socket['onClose']>[0] = () => undefined;
    const { socket } = createFakeSocket();
    it.provider.socket(request, {
      ...socket,
      close: () => undefined,
      onClose: (listener) => (tellClose = listener),
    });
    await provoke(it, MOST_THROWS);
    await it.clock.advance(THROWS_WINDOW_MS);
    expect(it.leases.map(({ isOver }) => isOver)).toEqual([true, false]);
    tellClose(1006, '');
    const thrown = it.lines.filter(({ fields }) => 'where' in fields);
    expect(new Set(thrown.map(({ fields }) => fields['where']))).toEqual(new Set(['a request']));
  });

  test('is not replaced when the daemon stops while it is being ended', async () => {
    const it = supervise(() => ({ stop: forever, ingress: { request: failing('no') } }));
    await it.provider.start();
    await provoke(it, MOST_THROWS);
    const stopped = it.provider.stop();
    await it.clock.advance(STOP_TIMEOUT_MS);
    await stopped;
    await it.clock.advance(PLUGIN_BACK_OFF.maxMs);
    expect([it.leases.length, it.provider.state, it.clock.pending]).toEqual([1, 'STOPPED', 0]);
  });
});

describe('what counts against a plugin:', () => {
  const rejecting: () => unknown = failing('no');
  const socketOf = (): Socket => createFakeSocket().socket;
  const raise = (): never => {
    throw new Error('no');
  };

  test.each<[string, Parameters<typeof supervise>[0], (it: Supervised) => void | Promise<unknown>]>([
    [
      'an exception in controlsFor',
      () => ({ controlsFor: raise }),
      (it) => void it.provider.capabilitiesFor(call),
    ],
    [
      'no list from controlsFor',
      () => ({ controlsFor: () => 5 as never }),
      (it) => void it.provider.capabilitiesFor(call),
    ],
    [
      'an exception in a request',
      () => ({ ingress: { request: raise } }),
      (it) => it.provider.request(request),
    ],
    [
      'an answer without a status',
      () => ({ ingress: { request: async () => ({}) as never } }),
      (it) => it.provider.request(request),
    ],
    [
      'an exception in admitSocket',
      () => ({ ingress: { admitSocket: raise, socket: () => undefined } }),
      (it) => void it.provider.admitSocket(request),
    ],
    [
      'an admission that is none',
      () => ({ ingress: { admitSocket: () => undefined as never, socket: () => undefined } }),
      (it) => void it.provider.admitSocket(request),
    ],
    [
      'an exception when it is given a socket',
      () => ({ ingress: { socket: raise } }),
      (it) => it.provider.socket(request, socketOf()),
    ],
    [
      'a rejection when it is given a socket',
      () => ({ ingress: { socket: rejecting } }),
      (it) => it.provider.socket(request, socketOf()),
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
    expect(it.lines).toMatchObject([{ level: 'error', fields: { code: 'PLUGIN_EXCEPTION' } }]);
    expect(it.provider.state).toBe('DEGRADED');
  });

  test('a request that hangs', async () => {
    const it = supervise(() => ({ ingress: { request: forever } }));
    await it.provider.start();
    const asked = it.provider.request(request).catch((error: unknown) => error);
    await it.clock.advance(30_000);
    expect(await asked).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
    expect(it.lines).toMatchObject([{ fields: { code: 'PLUGIN_EXCEPTION', where: 'a request' } }]);
  });
});

describe('what an instance was asked when it ends', () => {
  test('is refused so that a provider asks again, and a command has an unknown outcome', async () => {
    const it = supervise(() => ({
      controls: { endCall: forever },
      ingress: { request: ({ path }) => (path === 'hook' ? forever() : failing('no')()) },
    }));
    await it.provider.start();
    const hook = it.provider.request(request).catch((error: unknown) => error);
    const command = it.provider
      .control('endCall', call, {}, 'cmd_1' as never)
      .catch((error: unknown) => error);
    for (let i = 0; i < MOST_THROWS; i++)
      await it.provider.request({ ...request, path: 'other' }).catch(() => undefined);
    expect(await hook).toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    expect(await command).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });
});
