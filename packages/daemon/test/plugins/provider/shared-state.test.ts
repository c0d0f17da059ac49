/** A plugin loads what its instances at other nodes have stored, before it is asked about it. */
import type { CommandId, Provider } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { SHARED_READ_MS } from '../../../src/plugins/provider/shared-calls.ts';
import { call, raise, request } from '../../support/failing-plugins.ts';
import { supervise } from '../../support/supervised.ts';

/** A plugin that notes what it is asked, and knows nothing that it has not loaded. */
function aPlugin(asked: string[]): Partial<Provider> {
  const known = new Set<string>();
  return {
    async loadCall(id) {
      asked.push('loadCall');
      known.add(id);
    },
    controls: { endCall: async () => void asked.push('endCall') },
    controlsFor: ({ providerCallId }) => (known.has(providerCallId) ? ['END_CALL'] : []),
    ingress: {
      async loadSocket({ path }) {
        asked.push('loadSocket');
        known.add(path);
      },
      admitSocket: ({ path }) => (known.has(path) ? { admit: true } : { admit: false, status: 404 }),
      socket: () => undefined,
    },
  };
}

const endCall = ({ provider }: ReturnType<typeof supervise>) =>
  provider.control('endCall', call, {}, 'cmd_1' as CommandId);

describe('with a shared state', () => {
  test('a call is loaded before each command, and before its capabilities if they are old', async () => {
    const asked: string[] = [];
    const it = supervise(() => aPlugin(asked), { isStateShared: true });
    await it.provider.start();
    expect(await it.provider.capabilitiesFor(call)).toEqual(['END_CALL']);
    expect(it.provider.capabilitiesFor(call)).toEqual(['END_CALL']);
    await endCall(it);
    await endCall(it);
    expect(asked).toEqual(['loadCall', 'loadCall', 'endCall', 'loadCall', 'endCall']);
    await it.clock.advance(SHARED_READ_MS);
    expect(await it.provider.capabilitiesFor(call)).toEqual(['END_CALL']);
    expect(asked).toHaveLength(6);
  });

  test('a command is executed with what is in memory if its call cannot be loaded', async () => {
    const asked: string[] = [];
    const it = supervise(() => ({ ...aPlugin(asked), loadCall: raise }), { isStateShared: true });
    await it.provider.start();
    await endCall(it);
    expect(await it.provider.capabilitiesFor(call)).toEqual([]);
    expect(asked).toEqual(['endCall']);
    expect(it.provider.state).toBe('RUNNING');
  });

  test('a handshake is loaded before it is admitted, and fails if that fails', async () => {
    const asked: string[] = [];
    const it = supervise(() => aPlugin(asked), { isStateShared: true });
    await it.provider.start();
    expect(await it.provider.admitSocket(request)).toEqual({ admit: true });
    const failing = supervise(() => ({ ingress: { ...aPlugin(asked).ingress, loadSocket: raise } }), {
      isStateShared: true,
    });
    await failing.provider.start();
    await expect(failing.provider.admitSocket(request)).rejects.toMatchObject({
      code: 'PLUGIN_REQUEST_FAILED',
    });
  });
});

test('without a shared state, nothing is loaded', async () => {
  const asked: string[] = [];
  const it = supervise(() => aPlugin(asked));
  await it.provider.start();
  expect(it.provider.capabilitiesFor(call)).toEqual([]);
  expect(it.provider.admitSocket(request)).toEqual({ admit: false, status: 404 });
  await endCall(it);
  expect(asked).toEqual(['endCall']);
});
