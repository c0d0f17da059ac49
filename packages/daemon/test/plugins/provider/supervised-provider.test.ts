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
const request = { method: 'POST', path: 'hook' } as IngressRequest;

let clock: Supervised['clock'];
let leases: Supervised['leases'];
let lines: Supervised['lines'];

function supervise(made: Partial<Provider>, deps: Partial<SupervisedProviderDeps> = {}): SupervisedProvider {
  const supervised = superviseBy(() => made, deps);
  ({ clock, leases, lines } = supervised);
  return supervised.provider;
}

/** One whose plugin could not be loaded. */
const unloaded = (fault: FaultError): SupervisedProvider =>
  supervise(
    {},
    {
      make: () => {
        throw fault;
      },
    },
  );

describe('a provider', () => {
  test('runs once it has started, and may tell things from then until it has stopped', async () => {
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

  test('that could not be loaded is FAILED and says what to do', () => {
    const provider = unloaded(new FaultError('PLUGIN_NOT_FOUND', 'the plugin x was not found'));
    expect(provider.state).toBe('FAILED');
    expect(provider.stateMessage).toMatch(
      /^the plugin x was not found\. Install the package.* It is not tried again until the daemon restarts\.$/,
    );
    expect(lines).toMatchObject([{ level: 'error', fields: { code: 'PLUGIN_NOT_FOUND' } }]);
  });

  test('that throws while starting is FAILED, with its reason', async () => {
    const provider = supervise({ start: () => Promise.reject(new Error('wrong key')) });
    await provider.start();
    expect([provider.state, leases[0]?.isOpen]).toEqual(['FAILED', false]);
    expect(provider.stateMessage).toContain('wrong key');
  });

  test('that hangs while starting is FAILED after its time, and is told by the signal', async () => {
    let signal: AbortSignal | undefined;
    const provider = supervise({ start: (given) => ((signal = given), forever()) });
    const started = provider.start();
    await clock.advance(15_000);
    await started;
    expect(provider.state).toBe('FAILED');
    expect(provider.stateMessage).toContain('did not start within 15 s');
    expect(signal?.aborted).toBe(true);
  });

  test('that hangs while stopping does not hold up the daemon, and is heard no more', async () => {
    const provider = supervise({ stop: forever });
    await provider.start();
    const stopped = provider.stop();
    await clock.advance(6000);
    await stopped;
    expect(leases[0]?.isOpen).toBe(false);
  });
});

describe('a control', () => {
  test('that hangs is a time-out', async () => {
    const provider = supervise({ controls: { endCall: forever } });
    await provider.start();
    const asked = provider
      .control('endCall', call, {}, 'cmd_1' as CommandId)
      .catch((error: unknown) => error);
    await clock.advance(20_000);
    expect(await asked).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });

  test('that is not there is a capability that is missing', async () => {
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

  test('is one that the provider has; a call may have fewer, an ended one has none', async () => {
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

  test('is to be heard where the plugin says so, or a stream is there, until the call is over', async () => {
    const told = supervise({ controls: { endCall: nothing }, controlsFor: () => ['LISTEN'] });
    const streaming = supervise({ controls: { endCall: nothing } }, { hasAudio: () => true });
    const silent = supervise({ controls: { endCall: nothing } });
    const ended = { ...call, status: 'ENDED' } as const;
    for (const provider of [told, streaming, silent]) await provider.start();
    expect([told, streaming, silent].map((provider) => provider.capabilitiesFor(call))).toEqual([
      ['LISTEN'],
      ['END_CALL', 'LISTEN'],
      ['END_CALL'],
    ]);
    expect([told, streaming].flatMap((provider) => provider.capabilitiesFor(ended))).toEqual([]);
  });
});

describe('taking up a call of others', () => {
  const watch = (provider: SupervisedProvider) => provider.watch!(call.providerCallId, 'cmd_1' as CommandId);

  test('is there only where the provider has it', async () => {
    expect(supervise({}).watch).toBeUndefined();
    expect(unloaded(new FaultError('PLUGIN_NOT_FOUND', 'no')).watch).toBeUndefined();
  });

  test('is not asked of a provider that is not running', async () => {
    const asked = vi.fn(nothing);
    const provider = supervise({ watch: asked });
    await expect(watch(provider)).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await provider.start();
    await watch(provider);
    expect(asked.mock.calls).toEqual([
      ['x', { commandId: 'cmd_1', signal: expect.any(AbortSignal) as AbortSignal }],
    ]);
  });

  test('ends, when the provider does not answer', async () => {
    const provider = supervise({ watch: forever });
    await provider.start();
    const asked = watch(provider).catch((error: unknown) => error);
    await clock.advance(20_000);
    expect(await asked).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });
});

describe('an ingress', () => {
  test('that throws at once rejects like one that rejects', async () => {
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

  test('of a provider that is not running takes nothing', async () => {
    const provider = supervise({ ingress: { request: async () => ({ status: 200 }) } });
    await expect(provider.request(request)).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
  });

  test('that throws when it is given a socket has that socket closed', async () => {
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

  test('of a provider that has gone down since a socket was admitted has that socket closed', () => {
    const close = vi.fn();
    const provider = supervise({ ingress: { socket: () => undefined } });
    provider.socket(request, { close, send: nothing, onMessage: vi.fn(), onClose: vi.fn() });
    expect(close).toHaveBeenCalledWith(1013);
  });

  test('without sockets admits none', async () => {
    const provider = supervise({ ingress: { request: async () => ({ status: 200 }) } });
    await provider.start();
    expect(provider.admitSocket(request)).toEqual({ admit: false, status: 404 });
  });
});
