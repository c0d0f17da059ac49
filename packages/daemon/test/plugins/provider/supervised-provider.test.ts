import {
  FaultError,
  providerCallId,
  type CallId,
  type CommandId,
  type IngressRequest,
  type Provider,
} from '@sidetone/core';
import { describe, expect, test, vi } from 'vitest';
import type {
  SupervisedProvider,
  SupervisedProviderDeps,
} from '../../../src/plugins/provider/supervised-provider.ts';
import { supervise as superviseBy, type Supervised } from '../../support/supervised.ts';

const forever = (): Promise<never> => new Promise(() => undefined);
const nothing = async (): Promise<void> => undefined;
const call = { id: 'call_1' as CallId, providerCallId: providerCallId('x'), status: 'IN_PROGRESS' } as const;
const request = {
  method: 'POST',
  path: 'hook',
  body: new Uint8Array(),
} as Partial<IngressRequest> as IngressRequest;

let clock: Supervised['clock'];
let leases: Supervised['leases'];
let lines: Supervised['lines'];

function supervise(
  provider: Partial<Provider>,
  deps: Partial<SupervisedProviderDeps> = {},
): SupervisedProvider {
  const supervised = superviseBy(() => provider, deps);
  ({ clock, leases, lines } = supervised);
  return supervised.provider;
}

/** A provider whose plugin could not be loaded. */
const unloaded = (fault: FaultError): SupervisedProvider =>
  supervise(
    {},
    {
      create: () => {
        throw fault;
      },
    },
  );

describe('a provider', () => {
  test('runs, and may emit events, from its start to its stop', async () => {
    const provider = supervise({});
    expect(provider.state).toBe('STARTING');
    await provider.start();
    expect([provider.state, leases[0]?.isOpen]).toEqual(['RUNNING', true]);
    await provider.stop();
    expect([provider.state, leases[0]?.isOpen]).toEqual(['STOPPED', false]);
  });

  test('is started once and stopped once', async () => {
    const [start, stop] = [vi.fn(nothing), vi.fn(nothing)];
    const provider = supervise({ start, stop });
    await provider.start();
    await provider.start();
    await provider.stop();
    await provider.stop();
    expect([start.mock.calls.length, stop.mock.calls.length]).toEqual([1, 1]);
  });

  test('that could not be loaded is FAILED, with a remedy', () => {
    const provider = unloaded(new FaultError('PLUGIN_NOT_FOUND', 'plugin x: not found'));
    expect(provider.state).toBe('FAILED');
    expect(provider.stateMessage).toMatch(
      /^plugin x: not found\. Install the package.* It is not retried until the daemon restarts\.$/,
    );
    expect(lines).toMatchObject([{ level: 'error', fields: { code: 'PLUGIN_NOT_FOUND' } }]);
  });

  test('that throws in start is FAILED, with the reason', async () => {
    const provider = supervise({ start: () => Promise.reject(new Error('wrong key')) });
    await provider.start();
    expect([provider.state, leases[0]?.isOpen]).toEqual(['FAILED', false]);
    expect(provider.stateMessage).toContain('wrong key');
  });

  test('whose start times out is FAILED, and its signal aborts', async () => {
    let signal: AbortSignal | undefined;
    const provider = supervise({ start: (given) => ((signal = given), forever()) });
    const started = provider.start();
    await clock.advance(15_000);
    await started;
    expect(provider.state).toBe('FAILED');
    expect(provider.stateMessage).toContain('start timed out after 15 s');
    expect(signal?.aborted).toBe(true);
  });

  test('whose stop hangs does not block the daemon, and may emit no more events', async () => {
    const provider = supervise({ stop: forever });
    await provider.start();
    const stopped = provider.stop();
    await clock.advance(6000);
    await stopped;
    expect(leases[0]?.isOpen).toBe(false);
  });
});

describe('a control', () => {
  test('that hangs times out', async () => {
    const provider = supervise({ controls: { endCall: forever } });
    await provider.start();
    const control = provider
      .control('endCall', call, {}, 'cmd_1' as CommandId)
      .catch((error: unknown) => error);
    await clock.advance(20_000);
    expect(await control).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });

  test('that the provider lacks is rejected with CAPABILITY_MISSING', async () => {
    const provider = supervise({});
    await provider.start();
    await expect(
      provider.control(
        'say',
        call,
        { content: '', endCallAfterSpoken: false, interrupt: false },
        'cmd_1' as CommandId,
      ),
    ).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
  });

  test('is a capability of the provider; a call may have fewer, and an ended call has none', async () => {
    const provider = supervise({
      controls: { say: nothing, endCall: nothing },
      controlsFor: () => ['END_CALL', 'TRANSFER'],
    });
    expect(provider.capabilitiesFor(call)).toEqual([]);
    await provider.start();
    expect(provider.capabilities).toEqual(['SAY', 'END_CALL']);
    expect(provider.capabilitiesFor(call)).toEqual(['END_CALL']);
    expect(provider.capabilitiesFor({ ...call, status: 'ENDED' })).toEqual([]);
  });

  test('LISTEN is available if the plugin permits it or the call has a stream, until the call ends', async () => {
    const permitting = supervise({ controls: { endCall: nothing }, controlsFor: () => ['LISTEN'] });
    const streaming = supervise({ controls: { endCall: nothing } }, { hasAudio: () => true });
    const silent = supervise({ controls: { endCall: nothing } });
    const ended = { ...call, status: 'ENDED' } as const;
    for (const provider of [permitting, streaming, silent]) await provider.start();
    expect([permitting, streaming, silent].map((provider) => provider.capabilitiesFor(call))).toEqual([
      ['LISTEN'],
      ['END_CALL', 'LISTEN'],
      ['END_CALL'],
    ]);
    expect([permitting, streaming].map((provider) => provider.capabilitiesFor(ended))).toEqual([[], []]);
  });
});

describe('watch', () => {
  const watch = (provider: SupervisedProvider) => provider.watch!(call.providerCallId, 'cmd_1' as CommandId);

  test('is absent if the provider does not support it', async () => {
    expect(supervise({}).watch).toBeUndefined();
    expect(unloaded(new FaultError('PLUGIN_NOT_FOUND', 'no')).watch).toBeUndefined();
  });

  test('is rejected while the provider is not running', async () => {
    const watchCall = vi.fn(nothing);
    const provider = supervise({ watch: watchCall });
    await expect(watch(provider)).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await provider.start();
    await watch(provider);
    expect(watchCall.mock.calls).toEqual([
      ['x', { commandId: 'cmd_1', signal: expect.any(AbortSignal) as AbortSignal }],
    ]);
  });

  test('times out', async () => {
    const provider = supervise({ watch: forever });
    await provider.start();
    const result = watch(provider).catch((error: unknown) => error);
    await clock.advance(20_000);
    expect(await result).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });
});

describe('an ingress', () => {
  test('that throws synchronously rejects the request', async () => {
    const provider = supervise({
      ingress: {
        request: () => {
          throw new FaultError('WIRE_MALFORMED', 'no');
        },
      },
    });
    await provider.start();
    await expect(provider.request(request)).rejects.toMatchObject({ code: 'WIRE_MALFORMED' });
  });

  test('of a provider that is not running rejects requests', async () => {
    const provider = supervise({ ingress: { request: async () => ({ status: 200 }) } });
    await expect(provider.request(request)).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
  });

  test('that throws for a socket closes it', async () => {
    const provider = supervise({
      ingress: {
        socket: () => {
          throw new Error('no');
        },
      },
    });
    await provider.start();
    const close = vi.fn();
    provider.socket(request, { close, send: nothing, onMessage: vi.fn(), onClose: vi.fn() });
    expect(close).toHaveBeenCalledWith(1011);
  });

  test('of a provider that stopped after admitting a socket closes it', () => {
    const close = vi.fn();
    const provider = supervise({ ingress: { socket: () => undefined } });
    provider.socket(request, { close, send: nothing, onMessage: vi.fn(), onClose: vi.fn() });
    expect(close).toHaveBeenCalledWith(1013);
  });

  test('without a socket handler admits no socket', async () => {
    const provider = supervise({ ingress: { request: async () => ({ status: 200 }) } });
    await provider.start();
    expect(provider.admitSocket(request)).toEqual({ admit: false, status: 404 });
  });
});
