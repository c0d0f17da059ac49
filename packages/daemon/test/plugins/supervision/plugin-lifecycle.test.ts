import { FaultError } from '@sidetone/core';
import { describe, expect, test, vi } from 'vitest';
import { HEALTH_TIMEOUT_MS, STOP_TIMEOUT_MS } from '../../../src/plugins/supervision/plugin-instance.ts';
import {
  EXCEPTIONS_WINDOW_MS,
  GIVEN_UP_BACK_OFF,
  HEALTH_INTERVAL_MS,
  MAX_EXCEPTIONS,
  MAX_REPLACEMENTS,
  PLUGIN_BACK_OFF,
  REPLACEMENTS_WINDOW_MS,
} from '../../../src/plugins/supervision/plugin-lifecycle.ts';
import {
  call,
  failing,
  forever,
  raise,
  request,
  requestTimes,
  throwTimes,
  throwing,
} from '../../support/failing-plugins.ts';
import { supervise } from '../../support/supervised.ts';

describe('a provider that cannot start', () => {
  test('is retried with new instances until one starts, and reports the next attempt', async () => {
    const it = supervise((_host, instance) => (instance < 3 ? { start: failing('no network') } : {}));
    await it.provider.start();
    expect(it.provider.state).toBe('FAILED');
    const soon = new Date(it.clock.now() + 1000).toISOString();
    const failedAt = it.clock.now();
    expect(it.provider.stateMessage).toMatch(/^no network\. .*credential/);
    expect(it.provider.stateMessage).toContain(`The next attempt is at ${soon}.`);
    await it.clock.advance(999);
    expect(it.leases.length).toBe(1);
    await it.clock.advance(1);
    expect([it.leases.length, it.provider.state]).toEqual([2, 'FAILED']);
    expect(it.provider.stateSince).toBe(failedAt);
    await it.clock.advance(2000);
    expect(it.provider.stateSince).toBe(it.clock.now());
    expect([it.leases.length, it.provider.state, it.provider.stateMessage]).toEqual([
      3,
      'RUNNING',
      undefined,
    ]);
    expect(it.lines.at(-1)).toMatchObject({ level: 'info', fields: { failures: 2 } });
    expect(it.leases.map((lease) => [lease.isOpen, lease.isEnded])).toEqual([
      [false, true],
      [false, true],
      [true, false],
    ]);
  });

  test('is retried without a limit, with increasing delays', async () => {
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

  test('is not retried if its configuration is invalid', async () => {
    const invalid = new FaultError('CONFIG_INVALID', 'options.apiKey: expected a string');
    const it = supervise(() => ({ start: () => Promise.reject(invalid) }));
    await it.provider.start();
    await it.clock.advance(PLUGIN_BACK_OFF.maxMs);
    expect([it.leases.length, it.clock.pending, it.provider.state]).toEqual([1, 0, 'FAILED']);
    expect(it.provider.stateMessage).toContain('not retried until the daemon restarts');
  });

  test('leaves no timer if the daemon stops between two attempts', async () => {
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

  test('does not run if the daemon stops during an attempt that then succeeds', async () => {
    let resolveStart = (): void => undefined;
    let signal: AbortSignal | undefined;
    const it = supervise(() => ({
      start: (given) => ((signal = given), new Promise<void>((resolve) => (resolveStart = resolve))),
    }));
    const started = it.provider.start();
    await it.provider.stop();
    resolveStart();
    await started;
    expect([it.provider.state, signal?.aborted, it.clock.pending]).toEqual(['STOPPED', true, 0]);
    expect(it.leases[0]?.isEnded).toBe(true);
  });

  test('is stopped if it starts at the moment at which the daemon stops', async () => {
    let resolveStart = (): void => undefined;
    const stop = vi.fn(async () => undefined);
    const it = supervise(() => ({
      start: () => new Promise<void>((resolve) => (resolveStart = resolve)),
      stop,
    }));
    const started = it.provider.start();
    resolveStart();
    await Promise.all([it.provider.stop(), started]);
    expect([it.provider.state, stop.mock.calls.length, it.clock.pending]).toEqual(['STOPPED', 1, 0]);
  });

  test('is not stopped if it was never started', async () => {
    const stop = vi.fn(async () => undefined);
    const it = supervise(() => ({ stop }));
    await it.provider.stop();
    expect([it.provider.state, stop.mock.calls.length]).toEqual(['STOPPED', 0]);
    expect(it.leases[0]?.isEnded).toBe(true);
  });

  test('reconciles its live calls when it has started', async () => {
    const reconciled: string[] = [];
    const it = supervise(
      (_host, instance) => ({
        ...(instance === 1 && { start: failing('no') }),
        reconcile: async (calls) => void reconciled.push(...calls.map(({ id }) => `${id} by ${instance}`)),
      }),
      { liveCalls: () => [call] },
    );
    await it.provider.start();
    expect(reconciled).toEqual([]);
    await it.clock.advance(1000);
    expect(reconciled).toEqual(['call_1 by 2']);
  });
});

describe('a provider that runs', () => {
  test('is STARTING until its first health check has ended, although it already accepts requests', async () => {
    let pass = (): void => undefined;
    const it = supervise(() => ({
      health: () => new Promise((resolve) => (pass = resolve)),
      ingress: { request: async () => ({ status: 204 }) },
    }));
    await it.provider.start();
    expect([it.provider.state, it.provider.stateMessage]).toEqual(['STARTING', undefined]);
    expect(it.provider.isRunning).toBe(true);
    expect(await it.provider.request(request)).toEqual({ status: 204 });
    pass();
    await it.provider.checked;
    expect(it.provider.state).toBe('RUNNING');
  });

  test('is RUNNING at once if it has no health check', async () => {
    const it = supervise(() => ({}));
    await it.provider.start();
    expect(it.provider.state).toBe('RUNNING');
    await it.provider.checked;
  });

  test('is DEGRADED as soon as its first health check fails, can be used, and is RUNNING again afterwards', async () => {
    let health: () => Promise<void> = failing('the key was rejected.');
    const it = supervise(() => ({
      health: () => health(),
      ingress: { request: async () => ({ status: 204 }) },
    }));
    await it.provider.start();
    await it.provider.checked;
    expect(it.provider.state).toBe('DEGRADED');
    expect(it.provider.stateMessage).toBe('Health check failed: the key was rejected.');
    expect(await it.provider.request(request)).toEqual({ status: 204 });
    await it.clock.advance(HEALTH_INTERVAL_MS);
    health = async () => undefined;
    await it.clock.advance(HEALTH_INTERVAL_MS);
    expect([it.provider.state, it.provider.stateMessage]).toEqual(['RUNNING', undefined]);
    expect(it.lines.map(({ message }) => message)).toEqual([
      'health check failed',
      'health check succeeded again',
    ]);
  });

  test('is DEGRADED if its first health check throws instead of rejecting', async () => {
    const it = supervise(() => ({ health: raise }));
    await it.provider.start();
    await it.provider.checked;
    expect(it.provider.stateMessage).toBe('Health check failed: unavailable.');
  });

  test('is DEGRADED if its health check times out, and is checked again', async () => {
    const health = vi.fn(forever);
    const it = supervise(() => ({ health }));
    await it.provider.start();
    expect(it.provider.state).toBe('STARTING');
    await it.clock.advance(HEALTH_TIMEOUT_MS);
    expect(it.provider.stateMessage).toContain('health check timed out after 10 s');
    await it.clock.advance(HEALTH_INTERVAL_MS);
    expect(health).toHaveBeenCalledTimes(2);
    await it.provider.stop();
    expect(it.clock.pending).toBe(0);
  });

  test('checks a new instance at once, also if the one before was healthy', async () => {
    const it = supervise((_host, instance) => ({
      controlsFor: raise,
      health: instance === 1 ? async () => undefined : failing('the key was revoked'),
    }));
    await it.provider.start();
    throwTimes(it, MAX_EXCEPTIONS);
    await it.clock.advance(PLUGIN_BACK_OFF.firstMs);
    await it.provider.checked;
    expect(it.leases.length).toBe(2);
    expect(it.provider.stateMessage).toContain('Health check failed: the key was revoked.');
  });

  test('is DEGRADED while its events are dropped, with one line in the log', async () => {
    const it = supervise(() => ({}));
    await it.provider.start();
    for (let i = 0; i < 100; i++) it.dropEvent();
    expect(it.provider.state).toBe('DEGRADED');
    expect(it.provider.stateMessage).toMatch(
      /invalid events dropped: 100, last reason: type: unknown event type\. Report it to the author/,
    );
    expect(it.lines).toMatchObject([{ level: 'warn', fields: { code: 'PLUGIN_EVENT_INVALID' } }]);
    await it.clock.advance(HEALTH_INTERVAL_MS);
    expect(it.provider.state).toBe('DEGRADED');
    await it.clock.advance(HEALTH_INTERVAL_MS);
    expect(it.provider.state).toBe('RUNNING');
  });
});

describe('a provider that throws', () => {
  test('a few times continues, and reports the exceptions', async () => {
    const it = throwing();
    await it.provider.start();
    throwTimes(it, MAX_EXCEPTIONS - 1);
    await it.clock.settle();
    expect([it.leases.length, it.provider.state]).toEqual([1, 'DEGRADED']);
    expect(it.provider.stateMessage).toContain(
      'exceptions in the plugin: 19, the last one in controlsFor: unavailable',
    );
  });

  test('rarely is not replaced', async () => {
    const it = throwing();
    await it.provider.start();
    for (let i = 0; i < 3 * MAX_EXCEPTIONS; i++) {
      throwTimes(it, 1);
      await it.clock.advance(EXCEPTIONS_WINDOW_MS / (MAX_EXCEPTIONS - 1));
    }
    expect(it.leases.length).toBe(1);
  });

  test('often is stopped and replaced by a new instance', async () => {
    const stopped: number[] = [];
    const it = supervise((_host, instance) => ({
      stop: async () => void stopped.push(instance),
      ...(instance === 1 && { controlsFor: raise }),
      ingress: { request: async () => ({ status: 200 }) },
    }));
    await it.provider.start();
    throwTimes(it, MAX_EXCEPTIONS);
    await it.clock.settle();
    expect(stopped).toEqual([1]);
    expect(it.provider.state).toBe('FAILED');
    expect(it.provider.stateMessage).toMatch(
      /^20 exceptions in the plugin within 60 s, .* The next attempt is at /,
    );
    await expect(it.provider.request(request)).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await it.clock.advance(1000);
    expect(await it.provider.request(request)).toEqual({ status: 200 });
    expect(it.leases.map(({ isEnded }) => isEnded)).toEqual([true, false]);
  });

  test('often is replaced even if its stop hangs', async () => {
    const it = supervise((_host, instance) => ({
      ...(instance === 1 && { stop: forever }),
      controlsFor: raise,
    }));
    await it.provider.start();
    throwTimes(it, MAX_EXCEPTIONS);
    await it.clock.advance(STOP_TIMEOUT_MS - 1);
    expect(it.leases[0]?.isEnded).toBe(false);
    await it.clock.advance(1 + 1000);
    expect([it.leases.length, it.leases[0]?.isEnded]).toEqual([2, true]);
  });

  test('often after each replacement is given up, and retried after an increasing number of hours', async () => {
    const it = throwing();
    await it.provider.start();
    const giveUp = async (): Promise<number> => {
      const before = it.leases.length;
      for (let i = 0; i <= MAX_REPLACEMENTS; i++) {
        throwTimes(it, MAX_EXCEPTIONS);
        await it.clock.settle();
        if (i < MAX_REPLACEMENTS) await it.clock.advance(40_000);
      }
      expect([it.leases.length, it.provider.state]).toEqual([before + MAX_REPLACEMENTS, 'FAILED']);
      const retryAt = /The next attempt is at (.*)\.$/.exec(it.provider.stateMessage ?? '')?.[1] ?? '';
      return Date.parse(retryAt) - it.clock.now();
    };
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      waits.push(await giveUp());
      await it.clock.advance(waits.at(-1)! - 1);
      expect(it.provider.state).toBe('FAILED');
      await it.clock.advance(1);
      expect(it.provider.state).toBe('DEGRADED');
    }
    const { firstMs, maxMs } = GIVEN_UP_BACK_OFF;
    expect(waits).toEqual([firstMs, 2 * firstMs, 4 * firstMs, maxMs, maxMs]);
  });

  test('often, but with long pauses, is replaced every time', async () => {
    const it = throwing();
    await it.provider.start();
    for (let i = 0; i < 2 * MAX_REPLACEMENTS; i++) {
      throwTimes(it, MAX_EXCEPTIONS);
      await it.clock.advance(REPLACEMENTS_WINDOW_MS / MAX_REPLACEMENTS);
    }
    expect(it.leases.length).toBe(1 + 2 * MAX_REPLACEMENTS);
  });

  test('faults for invalid requests is not replaced', async () => {
    const refusal = new FaultError('WEBHOOK_UNAUTHENTICATED', 'invalid signature');
    const it = supervise(() => ({ ingress: { request: () => Promise.reject(refusal) } }));
    await it.provider.start();
    await requestTimes(it, 10 * MAX_EXCEPTIONS);
    await it.clock.settle();
    expect([it.leases.length, it.provider.state, it.provider.failedRequests]).toEqual([1, 'RUNNING', 0]);
  });

  test('is not affected by exceptions of an earlier instance', async () => {
    const it = supervise((_host, instance) => ({
      ...(instance === 1 && { controlsFor: raise }),
    }));
    const [lease] = it.leases;
    await it.provider.start();
    throwTimes(it, MAX_EXCEPTIONS);
    await it.clock.advance(EXCEPTIONS_WINDOW_MS);
    expect(it.leases.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    lease?.run('timer', raise);
    const thrown = it.lines.filter(({ fields }) => 'where' in fields);
    expect(new Set(thrown.map(({ fields }) => fields['where']))).toEqual(new Set(['controlsFor']));
  });

  test('is not replaced if the daemon stops while the instance is ending', async () => {
    const it = supervise(() => ({ stop: forever, controlsFor: raise }));
    await it.provider.start();
    throwTimes(it, MAX_EXCEPTIONS);
    const stopped = it.provider.stop();
    await it.clock.advance(STOP_TIMEOUT_MS);
    await stopped;
    await it.clock.advance(PLUGIN_BACK_OFF.maxMs);
    expect([it.leases.length, it.provider.state, it.clock.pending]).toEqual([1, 'STOPPED', 0]);
  });
});

describe('when an instance ends', () => {
  test('pending requests are rejected as retryable, and commands have an unknown outcome', async () => {
    const it = supervise(() => ({
      controls: { endCall: forever },
      controlsFor: raise,
      ingress: { request: forever },
    }));
    await it.provider.start();
    const hook = it.provider.request(request).catch((error: unknown) => error);
    const command = it.provider
      .control('endCall', call, {}, 'cmd_1' as never)
      .catch((error: unknown) => error);
    throwTimes(it, MAX_EXCEPTIONS);
    expect(await hook).toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    expect(await command).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });
});
