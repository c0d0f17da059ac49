/** The byte orders of an account's 16-bit audio, remembered across streams and restarts. */
import type { ProviderHost } from '@sidetone/core';
import { boundedWrite } from '../calls/durable-state.ts';
import { createByteOrder, type ByteOrder, type ByteOrderOf } from './byte-order.ts';

const STATE_PREFIX = 'byte-order/';

/** Whose audio: that which Vobiz sends, or that of agents. Their orders may differ. */
type AudioSource = 'vobiz' | 'agent';

export interface ByteOrders {
  readonly configured: ByteOrder | 'auto';
  /** Loads the orders that were measured before a restart. */
  load(): Promise<void>;
  /** Creates the byte order of one stream. */
  create(source: AudioSource, sampleRate: number): ByteOrderOf;
}

const isByteOrder = (value: string | undefined): value is ByteOrder => value === 'le' || value === 'be';

/** Creates orders that are not known; `load` adds what was measured before a restart. */
export function createByteOrders(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log'>,
  configured: ByteOrder | 'auto',
): ByteOrders {
  const known: Partial<Record<AudioSource, ByteOrder>> = {};

  function remember(source: AudioSource, order: ByteOrder): void {
    if (known[source] === order) return;
    known[source] = order;
    host.log.info('byte order of L16 audio was measured', { source, order });
    void boundedWrite(host, host.state.set(STATE_PREFIX + source, order));
  }

  return {
    configured,
    async load() {
      for (const source of ['vobiz', 'agent'] as const) {
        const order = await host.state.get(STATE_PREFIX + source);
        if (isByteOrder(order)) known[source] = order;
      }
    },
    create: (source, sampleRate) =>
      createByteOrder({
        configured,
        sampleRate,
        remembered: known[source],
        onMeasured: (order) => remember(source, order),
      }),
  };
}
